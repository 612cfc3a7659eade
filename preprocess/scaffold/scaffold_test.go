package scaffold_test

import (
	"reflect"
	"slices"
	"testing"

	"molserve/preprocess/internal/goldentest"
	"molserve/preprocess/molecule"
	"molserve/preprocess/scaffold"
)

// golden is one molecule of testdata/murcko.json.
type golden struct {
	SMILES    string
	Refused   bool
	Atoms     []int32 // kept
	Hydrogens []int   // on each of them
}

func TestMurckoEqualsRDKit(t *testing.T) {
	for _, want := range goldentest.Molecules[golden](t, "murcko.json") {
		s, atoms, err := scaffold.Murcko(goldentest.Parse(t, want.SMILES))
		if want.Refused != (err != nil) {
			t.Errorf("%s: %v", want.SMILES, err)
		}
		if err != nil {
			continue
		}
		var hydrogens []int
		for i := range s.Atoms {
			hydrogens = append(hydrogens, s.TotalHs(i))
		}
		if !slices.Equal(atoms, want.Atoms) || !slices.Equal(hydrogens, want.Hydrogens) {
			t.Errorf("%s: atoms %v with %v hydrogens, want %v with %v", want.SMILES, atoms, hydrogens, want.Atoms, want.Hydrogens)
		}
	}
}

func TestScaffoldOfAScaffoldIsItself(t *testing.T) {
	once, _, err := scaffold.Murcko(goldentest.Parse(t, "Cc1ccc(CC(=O)NCC2CC2)cc1"))
	if err != nil {
		t.Fatal(err)
	}
	twice, atoms, err := scaffold.Murcko(once)
	if err != nil || len(atoms) != len(once.Atoms) || !reflect.DeepEqual(molecule.NewRecord(once), molecule.NewRecord(twice)) {
		t.Errorf("%v %v", atoms, err)
	}
}

func BenchmarkMurcko(b *testing.B) {
	m := goldentest.Parse(b, "CC(=O)Oc1ccccc1C(=O)O")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := scaffold.Murcko(m); err != nil {
			b.Fatal(err)
		}
	}
}
