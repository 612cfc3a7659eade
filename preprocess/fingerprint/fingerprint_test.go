package fingerprint_test

import (
	"maps"
	"testing"

	"molserve/preprocess/fingerprint"
	"molserve/preprocess/internal/goldentest"
	"molserve/preprocess/molecule"
)

// golden is one molecule of testdata/morgan.json.
type golden struct {
	SMILES string
	Counts [2]map[int]int // radius 2, 2,048 bits; radius 3, 1,024 bits
}

func TestMorganEqualsRDKit(t *testing.T) {
	for _, want := range goldentest.Molecules[golden](t, "morgan.json") {
		m := goldentest.Parse(t, want.SMILES)
		for at, f := range []fingerprint.Morgan{{}, {Radius: 3, Size: 1024}} {
			counts, err := f.Counts(m)
			if err != nil || !maps.Equal(counts, want.Counts[at]) {
				t.Errorf("%s: %v %v, want %v", want.SMILES, counts, err, want.Counts[at])
			}
			bits, err := f.Bits(m)
			if err != nil || bits.Count() != len(counts) {
				t.Errorf("%s: %d bits, %d counts, %v", want.SMILES, bits.Count(), len(counts), err)
			}
			for bit := range counts {
				if bits[bit/64]>>(bit%64)&1 == 0 {
					t.Errorf("%s: bit %d is counted and not set", want.SMILES, bit)
				}
			}
		}
	}
}

func TestRadiusZeroHasTheAtomsAlone(t *testing.T) {
	counts, err := fingerprint.Morgan{Radius: -1}.Counts(goldentest.Parse(t, "CCC"))
	if err != nil || len(counts) != 2 {
		t.Errorf("%v %v", counts, err)
	}
}

func TestTanimoto(t *testing.T) {
	var f fingerprint.Morgan
	a, _ := f.Bits(goldentest.Parse(t, "CCO"))
	b, _ := f.Bits(goldentest.Parse(t, "OCC"))
	c, _ := f.Bits(goldentest.Parse(t, "[Xe]"))
	none := make(fingerprint.Bits, len(a))
	for _, pair := range []struct {
		a, b fingerprint.Bits
		want float64
	}{{a, b, 1}, {a, c, 0}, {none, none, 0}, {fingerprint.Bits{0b0111}, fingerprint.Bits{0b1110}, 0.5}} {
		if got := fingerprint.Tanimoto(pair.a, pair.b); got != pair.want {
			t.Errorf("%v, want %v", got, pair.want)
		}
	}
}

func TestHugeMoleculesAreRefused(t *testing.T) {
	m := molecule.New(50_000)
	for i := range 50_000 {
		m.AddAtom(molecule.Atom{Z: 6})
		if i > 0 {
			m.AddBond(molecule.Bond{Begin: int32(i - 1), End: int32(i), Type: molecule.Single})
		}
	}
	if _, err := (fingerprint.Morgan{}).Counts(m); err == nil {
		t.Error("sets of 50,000 × 49,999 bonds are made")
	}
}

func BenchmarkMorgan(b *testing.B) {
	m := goldentest.Parse(b, "CC(=O)Oc1ccccc1C(=O)O")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (fingerprint.Morgan{}).Bits(m); err != nil {
			b.Fatal(err)
		}
	}
}
