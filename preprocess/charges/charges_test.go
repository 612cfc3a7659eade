package charges_test

import (
	"math"
	"testing"

	"molserve/preprocess/charges"
	"molserve/preprocess/internal/goldentest"
)

// golden is one molecule of testdata/gasteiger.json.
type golden struct {
	SMILES  string
	Charges []*float64 // e; nil: NaN or infinite
}

func TestGasteigerEqualsRDKit(t *testing.T) {
	for _, want := range goldentest.Molecules[golden](t, "gasteiger.json") {
		for i, got := range charges.Gasteiger(goldentest.Parse(t, want.SMILES)) {
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
	m := goldentest.Parse(b, "CC(=O)Oc1ccccc1C(=O)O")
	b.ReportAllocs()
	for b.Loop() {
		charges.Gasteiger(m)
	}
}
