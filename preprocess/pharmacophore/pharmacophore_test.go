package pharmacophore_test

import (
	"slices"
	"testing"

	"molserve/preprocess/internal/goldentest"
	"molserve/preprocess/pharmacophore"
)

// golden is one molecule of testdata/hydrogen_bonds.json.
type golden struct {
	SMILES            string
	Donors, Acceptors []int
}

func TestDonorsAndAcceptorsEqualRDKit(t *testing.T) {
	for _, want := range goldentest.Molecules[golden](t, "hydrogen_bonds.json") {
		m := goldentest.Parse(t, want.SMILES)
		donors, acceptors := []int{}, []int{}
		for i := range m.Atoms {
			if pharmacophore.Donor(m, i) {
				donors = append(donors, i)
			}
			if pharmacophore.Acceptor(m, i) {
				acceptors = append(acceptors, i)
			}
		}
		if !slices.Equal(donors, want.Donors) || !slices.Equal(acceptors, want.Acceptors) {
			t.Errorf("%s: donors %v, acceptors %v, want %v, %v", want.SMILES, donors, acceptors, want.Donors, want.Acceptors)
		}
	}
}

func BenchmarkHydrogenBonds(b *testing.B) {
	m := goldentest.Parse(b, "CC(=O)Oc1ccccc1C(=O)O")
	b.ReportAllocs()
	for b.Loop() {
		for i := range m.Atoms {
			pharmacophore.Donor(m, i)
			pharmacophore.Acceptor(m, i)
		}
	}
}
