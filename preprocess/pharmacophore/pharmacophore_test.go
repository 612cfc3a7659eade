package pharmacophore_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/pharmacophore"
	"molserve/preprocess/smiles"
)

// golden is one molecule of testdata/hydrogen_bonds.json.
type golden struct {
	SMILES            string
	Donors, Acceptors []int
}

func read(t *testing.T) (all []golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/hydrogen_bonds.json")
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

func TestDonorsAndAcceptorsEqualRDKit(t *testing.T) {
	for _, want := range read(t) {
		m := parse(t, want.SMILES)
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
	m := parse(b, "CC(=O)Oc1ccccc1C(=O)O")
	b.ReportAllocs()
	for b.Loop() {
		for i := range m.Atoms {
			pharmacophore.Donor(m, i)
			pharmacophore.Acceptor(m, i)
		}
	}
}
