package molfile_test

import (
	"errors"
	"slices"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
)

// FuzzWriteBlock holds the law of writing: what is read is written so that it is read again as it was, or
// refused with a reason. Aromatic bonds of what is no molecule leave traces in perception that a Kekulé form
// has not; all fields are held for what was written once.
func FuzzWriteBlock(f *testing.F) {
	for at, g := range readGoldenStereo(f) {
		if at%5 == 0 {
			f.Add(g.Block)
		}
	}
	for _, g := range readGoldenOdd(f) {
		f.Add(g.Block)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range []molecule.Hydrogens{molecule.Keep, molecule.Implicit} {
			r, err := molfile.Parse(text, molfile.Options{Hydrogens: h, MaxAtoms: 60})
			if err != nil {
				continue
			}
			fields := []string{"z", "q", "iso", "map", "h", "rad", "arom", "chi", "ring", "bonds"}
			if hasUnspecified(r) {
				fields = fields[:len(fields)-1]
			}
			for _, v3000 := range []bool{false, true} {
				once := holdWriting(t, text, r, v3000, fields...)
				if once != nil {
					holdWriting(t, text, once, v3000)
				}
			}
		}
	})
}

// hasUnspecified tells bonds that may have been of type 0, which is written as 8: RDKit perceives their
// neighbours' conjugation differently.
func hasUnspecified(r *molfile.Record) bool {
	return slices.ContainsFunc(r.Mol.Bonds, func(b molecule.Bond) bool { return b.Type == molecule.BondUnspecified })
}

// holdWriting writes a record and reads it again; nil when it is refused. only lists fields, none = all.
func holdWriting(t *testing.T, text string, r *molfile.Record, v3000 bool, only ...string) *molfile.Record {
	t.Helper()
	block, back, err := written(r, molfile.BlockOptions{V3000: v3000})
	switch {
	case errors.Is(err, molfile.ErrStereo), errors.Is(err, molfile.ErrUnwritable):
		return nil
	case err != nil:
		t.Fatalf("%v: %q", err, text)
	}
	if what := differs(r, back, only...); what != "" {
		t.Fatalf("%s of\n%q\nwritten as\n%s", what, text, block)
	}
	return back
}
