package smiles

import (
	"errors"
	"os"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
)

// FuzzWrite holds the laws of writing that hold for all that can be read, however odd: no panic, a refusal is
// typed, the text is in the grammar, and what is read from it has the same atoms.
//
// That all of the record comes back is held by TestWrittenIsReadBack for chemistry; perception is not always
// the same for an aromatic and a Kekulé form of what is no molecule, here as in RDKit.
func FuzzWrite(f *testing.F) {
	data, err := os.ReadFile("testdata/druglike.smi")
	if err != nil {
		f.Fatal(err)
	}
	for text := range strings.FieldsSeq(string(data) + " " + handPicked) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse(text, Options{MaxAtoms: 200})
		if err != nil {
			return
		}
		for _, canonical := range []bool{false, true} {
			written, err := Write(m, WriteOptions{Canonical: canonical})
			var refusal *molecule.Error
			if err != nil {
				if !errors.As(err, &refusal) || refusal.Code != molecule.CodeUnsupported {
					t.Fatalf("%q: %v", text, err)
				}
				continue
			}
			back, err := Read(written, Options{MaxAtoms: 200})
			if err != nil {
				t.Fatalf("%q is written as %q: %v", text, written, err)
			}
			if len(back.Atoms) != len(m.Atoms) || len(back.Bonds) != len(m.Bonds) || back.Charge() != m.Charge() {
				t.Fatalf("%q is written as %q", text, written)
			}
		}
	})
}
