package charges_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"molserve/preprocess/charges"
	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// golden is one molecule of testdata/gasteiger.json.
type golden struct {
	SMILES  string
	Charges []*float64 // e; nil: NaN or infinite
}

func read(t *testing.T) (all []golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/gasteiger.json")
	if err != nil {
		t.Fatal(err)
	}
	file := struct{ Molecules *[]golden }{&all}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return all
}

func parse(t testing.TB, text string) *molecule.Molecule {
	t.Helper()
	m, err := smiles.Parse(text, smiles.Options{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

func TestGasteigerEqualsRDKit(t *testing.T) {
	for _, want := range read(t) {
		for i, got := range charges.Gasteiger(parse(t, want.SMILES)) {
			switch q := want.Charges[i]; {
			case q == nil:
				if !math.IsNaN(got) && !math.IsInf(got, 0) {
					t.Errorf("%s: atom %d has %v, RDKit none", want.SMILES, i, got)
				}
			case got != *q:
				t.Errorf("%s: atom %d has %v, want %v", want.SMILES, i, got, *q)
			}
		}
	}
}

func BenchmarkGasteiger(b *testing.B) {
	m := parse(b, "CC(=O)Oc1ccccc1C(=O)O")
	b.ReportAllocs()
	for b.Loop() {
		charges.Gasteiger(m)
	}
}
