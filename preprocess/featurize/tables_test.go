package featurize_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// sparse is one molecule of testdata/tables_*.json: rows as column, value, column, value, …
type sparse struct {
	SMILES       string
	Refused      bool
	Atoms, Edges [][]float32
	Src, Dst     []int32
}

func readTables(t *testing.T) map[string][]sparse {
	t.Helper()
	files, err := filepath.Glob("testdata/tables_*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string][]sparse{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file := struct{ Tables map[string][]sparse }{all}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(name, err)
		}
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

func named(t testing.TB, name string) *featurize.Featurizer {
	t.Helper()
	f, err := featurize.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTablesEqualTheLibraries(t *testing.T) {
	tables := readTables(t)
	for _, name := range featurize.Names() {
		if tables[name] == nil && name != "chemprop_v2" {
			t.Errorf("%s has no golden molecules", name)
		}
		for _, want := range tables[name] {
			g, err := named(t, name).Graph(parse(t, want.SMILES))
			var refusal *molecule.Error
			if want.Refused {
				if !errors.As(err, &refusal) || refusal.Code != molecule.CodeUnsupported {
					t.Errorf("%s %s: %v, the library raises", name, want.SMILES, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s %s: %v", name, want.SMILES, err)
				continue
			}
			sameGraph(t, name, want, g)
		}
	}
}

func sameGraph(t *testing.T, name string, want sparse, g *graph.Graph) {
	t.Helper()
	if got := dense(want.Atoms, g.NodeWidth); !slices.Equal(got, g.NodeFeatures) {
		t.Errorf("%s %s: atom rows\n%v, want\n%v", name, want.SMILES, g.NodeFeatures, got)
	}
	if got := dense(want.Edges, g.EdgeWidth); !slices.Equal(got, g.EdgeFeatures) {
		t.Errorf("%s %s: edge rows\n%v, want\n%v", name, want.SMILES, g.EdgeFeatures, got)
	}
	if !slices.Equal(g.Src, want.Src) || !slices.Equal(g.Dst, want.Dst) {
		t.Errorf("%s %s: edges %v → %v, want %v → %v", name, want.SMILES, g.Src, g.Dst, want.Src, want.Dst)
	}
}

func dense(rows [][]float32, width int) []float32 {
	out := make([]float32, len(rows)*width)
	for i, row := range rows {
		for c := 0; c < len(row); c += 2 {
			out[i*width+int(row[c])] = row[c+1]
		}
	}
	return out
}

func TestEveryEdgeOfEveryTableHasItsReverse(t *testing.T) {
	for _, name := range featurize.Names() {
		g, err := named(t, name).Graph(parse(t, "C1CC1C(=O)O.[NH4+]"))
		if err != nil {
			t.Fatal(name, err)
		}
		f := named(t, name)
		if g.NodeWidth != f.AtomWidth || g.EdgeWidth != f.BondWidth || len(g.NodeFeatures) != g.N*g.NodeWidth || len(g.EdgeFeatures) != g.E*g.EdgeWidth ||
			len(g.Src) != g.E || len(g.Dst) != g.E || len(g.Reverse) != g.E || len(g.Numbers) != g.N {
			t.Errorf("%s: sizes do not fit: %d atoms, %d edges", name, g.N, g.E)
		}
		for k := range g.E {
			r := g.Reverse[k]
			if g.Src[r] != g.Dst[k] || g.Dst[r] != g.Src[k] || g.Reverse[r] != int32(k) {
				t.Errorf("%s: edge %d: reverse %d is not its opposite", name, k, r)
			}
		}
	}
}

func TestRefusalNamesAtomAndValue(t *testing.T) {
	_, err := named(t, "pyg").Graph(parse(t, "C.[U+7]"))
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Offset != 2 || refusal.Message != "atom 1 (U) has formal charge 7, which pyg has no index for" {
		t.Errorf("%+v", refusal)
	}
}

func TestTooManyPairsAreRefused(t *testing.T) {
	chain := molecule.New(1001)
	for range 1001 {
		chain.AddAtom(molecule.Atom{Z: 6})
	}
	if err := molecule.Perceive(chain, molecule.Implicit); err != nil {
		t.Fatal(err)
	}
	_, err := named(t, "dgllife_weave").Graph(chain)
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Code != molecule.CodeTooLarge {
		t.Errorf("%v", err)
	}
}

func BenchmarkTables(b *testing.B) {
	m := parse(b, "CC(=O)Oc1ccccc1C(=O)O")
	for _, name := range featurize.Names() {
		b.Run(name, func(b *testing.B) {
			f := named(b, name)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Graph(m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
