package standardize_test

import (
	"errors"
	"reflect"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
	"molserve/preprocess/standardize"
)

// salt has its counterion between the atoms of the acid.
const salt = "salt\n\n\n  4  2  0  0  0  0  0  0  0  0999 V2000\n    1.0000    0.0000    0.0000 C   0  0\n" +
	"    9.0000    0.0000    0.0000 Na  0  3\n    2.2000    0.5000    0.0000 O   0  0\n    0.0000    1.0000    0.0000 O   0  5\n" +
	"  1  3  2  0\n  1  4  1  0\nM  END\n"

func readSalt(t *testing.T) *molfile.Record {
	t.Helper()
	r, err := molfile.Parse(salt, molfile.Options{Line: 101})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAtomsOfARecordKeepTheirPlaces(t *testing.T) {
	r := readSalt(t)
	places := append([][3]float64{}, r.Positions...)
	s, err := standardize.Record(r, standardize.Steps)
	if err != nil {
		t.Fatal(err)
	}
	if want := [][3]float64{{1, 0, 0}, {2.2, 0.5, 0}, {0, 1, 0}}; !reflect.DeepEqual(s.Positions, want) || len(s.Mol.Changes) != 2 {
		t.Errorf("%v of %q", s.Positions, s.Mol.Changes)
	}
	if !reflect.DeepEqual(r.Positions, places) || len(r.Mol.Atoms) != 4 {
		t.Errorf("the record that was given has %v", r.Positions)
	}
}

func TestRefusalOfARecordHasTheLineOfTheAtom(t *testing.T) {
	r := readSalt(t)
	r.Mol.Bonds[0].Type = molecule.Quadruple // O on line 107
	_, err := standardize.Record(r, []standardize.Step{standardize.LargestFragment})
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Code != molecule.CodeValence || refusal.Line < 105 || refusal.Line > 107 || refusal.Offset != -1 {
		t.Errorf("%+v", err)
	}
}
