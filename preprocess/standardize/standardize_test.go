package standardize_test

import (
	"reflect"
	"testing"

	"molserve/preprocess/internal/goldentest"
	"molserve/preprocess/molecule"
	"molserve/preprocess/standardize"
)

// golden is a row of testdata/standardize.json (tests/parity/golden_standardize.py).
type golden struct {
	SMILES            string
	Steps             []string
	Z, Q, H, Iso, Chi []int
	Hyb               []string
	Error             *struct{ Code string }
}

func TestStepsAreRDKits(t *testing.T) {
	var file struct{ Rows []golden }
	goldentest.Read(t, "standardize.json", &file)
	if len(file.Rows) < 100 {
		t.Fatalf("%d rows", len(file.Rows))
	}
	for _, row := range file.Rows {
		m := goldentest.Parse(t, row.SMILES)
		before := molecule.NewRecord(m)
		s, err := standardize.Apply(m, steps(t, row.Steps...))
		if (err != nil) != (row.Error != nil) {
			t.Errorf("%s %v: %v", row.SMILES, row.Steps, err)
			continue
		}
		if after := molecule.NewRecord(m); !reflect.DeepEqual(after, before) {
			t.Errorf("%s %v changed what it was given", row.SMILES, row.Steps)
		}
		if err != nil {
			continue
		}
		r := molecule.NewRecord(s)
		got := golden{row.SMILES, row.Steps, r.Z, r.Q, r.H, r.Iso, r.Chi, r.Hyb, nil}
		if !reflect.DeepEqual(got, row) {
			t.Errorf("%s %v:\n got %+v\nwant %+v", row.SMILES, row.Steps, got, row)
		}
		r.Changes = nil
		if same := reflect.DeepEqual(r, before); same != (len(s.Changes) == 0) {
			t.Errorf("%s %v: the record is the same: %v, the changes told %q", row.SMILES, row.Steps, same, s.Changes)
		}
	}
}

func TestChangesAreTold(t *testing.T) {
	s, err := standardize.Apply(goldentest.Parse(t, "[13CH3]C(=O)[O-].[Na+]"), steps(t, "neutralize", "strip_isotopes", "largest_fragment"))
	want := []string{"1 of 2 fragments taken away, 1 atoms", "charge of atom 3 (O) from -1 to +0", "isotope label 13 taken off atom 0 (C)"}
	if err != nil || !reflect.DeepEqual(s.Changes, want) {
		t.Errorf("%q, %v", s.Changes, err)
	}
}

func TestUnknownAndRepeatedStepsAreRefused(t *testing.T) {
	for _, words := range [][]string{{"largest"}, {"neutralize", "neutralize"}, {""}} {
		if _, err := standardize.Parse(words); err == nil {
			t.Errorf("%q was taken", words)
		}
	}
}

func steps(t *testing.T, words ...string) []standardize.Step {
	t.Helper()
	s, err := standardize.Parse(words)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
