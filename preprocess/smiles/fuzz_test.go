package smiles

import (
	"errors"
	"os"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
)

// FuzzParse holds the laws of reading: no panic, every refusal typed and placed, every molecule whole.
func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("testdata/druglike.smi")
	if err != nil {
		f.Fatal(err)
	}
	for text := range strings.FieldsSeq(string(data)) {
		f.Add(text)
	}
	for _, row := range refusals {
		f.Add(row.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range hydrogenModes {
			m, err := Parse(text, Options{Hydrogens: h})
			if err != nil {
				checkRefusal(t, text, err)
				continue
			}
			checkMolecule(t, m)
		}
	})
}

func checkRefusal(t *testing.T, text string, err error) {
	var refusal *molecule.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("%q: %v is no *molecule.Error", text, err)
	}
	placed := refusal.Offset >= 0 || refusal.Code == molecule.CodeUnsupported
	if !placed || refusal.Offset > len(text) || refusal.Message == "" || refusal.Code == "" {
		t.Fatalf("%q: %+v", text, *refusal)
	}
}

// checkMolecule holds what is true of every perceived molecule.
func checkMolecule(t *testing.T, m *molecule.Molecule) {
	ends := 0
	for i := range m.Atoms {
		ends += m.Degree(i)
		for _, k := range m.Incident(i) {
			if j := m.Other(int(k), i); j == i || m.Other(int(k), j) != i {
				t.Fatalf("bond %d does not join atom %d", k, i)
			}
		}
		if m.AtomInRing(i) != (m.Rings.MinSize[i] >= 3) {
			t.Fatalf("atom %d: %d rings, smallest %d", i, m.Rings.AtomCount[i], m.Rings.MinSize[i])
		}
		if m.Atoms[i].Aromatic && !m.AtomInRing(i) {
			t.Fatalf("atom %d is aromatic outside a ring", i)
		}
	}
	if ends != 2*len(m.Bonds) {
		t.Fatalf("%d bond ends of %d bonds", ends, len(m.Bonds))
	}
	_, fragments := m.Fragments()
	if want := len(m.Bonds) - len(m.Atoms) + fragments; len(m.Rings.SSSR) > len(m.Rings.Symmetric) || want < 0 {
		t.Fatalf("%d rings, %d symmetrized, %d independent", len(m.Rings.SSSR), len(m.Rings.Symmetric), want)
	}
	for r, ring := range m.Rings.Symmetric {
		for at, i := range ring {
			if k := m.Rings.Bonds[r][at]; m.Other(int(k), int(i)) != int(ring[(at+1)%len(ring)]) {
				t.Fatalf("ring %v does not run over its bonds", ring)
			}
		}
	}
	molecule.NewRecord(m)
}
