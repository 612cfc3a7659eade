package featurize_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
	"molserve/preprocess/smiles"
)

// golden is one molecule of testdata/chemprop_v2.json: rows as the columns that are 1; an atom's row
// ends with its last number as it is.
type golden struct {
	SMILES   string
	Atoms    [][]float32
	Bonds    [][]int
	Src, Dst []int32
}

func readGolden(t *testing.T) []golden {
	t.Helper()
	data, err := os.ReadFile("testdata/chemprop_v2.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Molecules []golden }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Molecules
}

func TestChempropV2EqualsChemprop(t *testing.T) {
	f, err := featurize.Named("chemprop_v2")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range readGolden(t) {
		m, err := smiles.Parse(want.SMILES, smiles.Options{})
		if err != nil {
			t.Errorf("%s: %v", want.SMILES, err)
			continue
		}
		g, err := f.Graph(m)
		if err != nil {
			t.Fatal(err)
		}
		if got := denseAtoms(want.Atoms, g); !slices.Equal(got, g.NodeFeatures) {
			t.Errorf("%s: atom rows\n%v, want\n%v", want.SMILES, g.NodeFeatures, got)
		}
		if got := denseBonds(want.Bonds, g); !slices.Equal(got, g.EdgeFeatures) {
			t.Errorf("%s: bond rows\n%v, want\n%v", want.SMILES, g.EdgeFeatures, got)
		}
		if !slices.Equal(g.Src, want.Src) || !slices.Equal(g.Dst, want.Dst) {
			t.Errorf("%s: edges %v → %v, want %v → %v", want.SMILES, g.Src, g.Dst, want.Src, want.Dst)
		}
	}
}

func denseAtoms(sparse [][]float32, g *graph.Graph) []float32 {
	out := make([]float32, g.N*g.NodeWidth)
	for i, row := range sparse {
		last := len(row) - 1
		for _, c := range row[:last] {
			out[i*g.NodeWidth+int(c)] = 1
		}
		out[(i+1)*g.NodeWidth-1] = row[last]
	}
	return out
}

func denseBonds(sparse [][]int, g *graph.Graph) []float32 {
	out := make([]float32, g.E*g.EdgeWidth)
	for k, row := range sparse {
		for _, c := range row {
			out[k*g.EdgeWidth+c] = 1
		}
	}
	return out
}

func TestEveryEdgeHasItsReverse(t *testing.T) {
	f, _ := featurize.Named("chemprop_v2")
	m, err := smiles.Parse("C1CC1C(=O)O", smiles.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Graph(m)
	if err != nil {
		t.Fatal(err)
	}
	for k := range g.E {
		r := g.Reverse[k]
		if g.Src[r] != g.Dst[k] || g.Dst[r] != g.Src[k] || g.Reverse[r] != int32(k) {
			t.Errorf("edge %d: reverse %d is not its opposite", k, r)
		}
	}
}

func TestUnknownFeaturizerIsRefusedByName(t *testing.T) {
	if _, err := featurize.Named("ecfp"); err == nil {
		t.Error("ecfp is accepted")
	}
}

func BenchmarkChempropV2(b *testing.B) {
	f, _ := featurize.Named("chemprop_v2")
	m, err := smiles.Parse("CC(=O)Oc1ccccc1C(=O)O", smiles.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Graph(m); err != nil {
			b.Fatal(err)
		}
	}
}
