package molfile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
)

// written writes a record and reads it again, hydrogens kept.
func written(r *molfile.Record, o molfile.BlockOptions) (string, *molfile.Record, error) {
	o.Dim = r.Dim
	block, err := molfile.AppendBlock(nil, r.Mol, r.Positions, o)
	if err != nil {
		return "", nil, err
	}
	back, err := molfile.Parse(string(block), molfile.Options{Hydrogens: molecule.Keep, MaxAtoms: 1 << 20, MaxBytes: 1 << 30})
	return string(block), back, err
}

// differs names a field of inspect that is not as it was, of those listed, if any are.
func differs(want, got *molfile.Record, only ...string) string {
	if want.Dim != got.Dim {
		return fmt.Sprintf("dimension %d, want %d", got.Dim, want.Dim)
	}
	for i, at := range want.Positions {
		for axis, x := range at {
			if d := math.Abs(got.Positions[i][axis] - x); !(d <= 5.01e-5) { // V2000 has four decimals
				return fmt.Sprintf("atom %d at %v, want %v", i, got.Positions[i], at)
			}
		}
	}
	a, b := molecule.NewRecord(want.Mol), molecule.NewRecord(got.Mol)
	overlook(&a, &b)
	before, after := fields(a), fields(b)
	for name := range before {
		if string(before[name]) != string(after[name]) && (len(only) == 0 || slices.Contains(only, name)) {
			return fmt.Sprintf("%s is %s, want %s", name, after[name], before[name])
		}
	}
	return ""
}

// overlook makes alike what no molfile tells apart: hydrogens of which some are implicit and some are not,
// stereo that is not known and stereo that is not there.
func overlook(want, got *molecule.Record) {
	got.Title = want.Title
	for i, hi := range want.HI {
		if hi > 0 && hi < want.H[i] {
			got.HI[i] = hi
		}
	}
	for _, list := range [][]molecule.BondRow{want.Bonds, got.Bonds} {
		for k := range list {
			if list[k][6] == "ANY" {
				list[k][6] = "NONE"
			}
		}
	}
}

func fields(r molecule.Record) (list map[string]json.RawMessage) {
	data, _ := json.Marshal(r)
	json.Unmarshal(data, &list)
	return list
}

// goldenBlocks are all golden molfiles.
func goldenBlocks(t *testing.T) (blocks []string) {
	for _, g := range readGoldenStereo(t) {
		blocks = append(blocks, g.Block)
	}
	for _, g := range readGoldenOdd(t) {
		blocks = append(blocks, g.Block)
	}
	return blocks
}

func TestWhatIsWrittenIsReadAsItWas(t *testing.T) {
	for _, h := range []molecule.Hydrogens{molecule.Keep, molecule.Implicit} {
		total, lost := 0, 0
		for _, text := range goldenBlocks(t) {
			r, err := molfile.Parse(text, molfile.Options{Hydrogens: h})
			if err != nil {
				continue
			}
			for _, v3000 := range []bool{false, true} {
				total++
				block, back, err := written(r, molfile.BlockOptions{V3000: v3000})
				switch {
				case h != molecule.Keep && errors.Is(err, molfile.ErrStereo): // a hydrogen said it that has no place now
					lost++
				case err != nil:
					t.Errorf("%v of\n%s", err, text)
				default:
					if what := differs(r, back); what != "" {
						t.Errorf("%s of\n%s\nwritten as\n%s", what, text, block)
					}
				}
			}
		}
		t.Logf("hydrogens %v: %d records, stereo of %d cannot be written", h, total, lost)
		if total < 400 || lost > total/20 {
			t.Errorf("hydrogens %v: %d records, stereo of %d cannot be written", h, total, lost)
		}
	}
}
