package graph_test

import (
	"slices"
	"testing"

	"molserve/preprocess/graph"
)

// PyG 2.8.1: add_self_loops(edge_index, edge_attr, fill_value) of ethanol, with the fill values of the rules.
func TestSelfLoopsAreThoseOfPyG(t *testing.T) {
	for _, c := range []struct {
		rule graph.LoopRule
		row  []float32
		want []float32
	}{{"", nil, []float32{0, 0, 0}}, {graph.LoopOnes, nil, []float32{1, 1, 1}}, {graph.LoopMean, nil, []float32{10, 15, 20}},
		{"", []float32{7}, []float32{7, 7, 7}}} {
		g := ethanol()
		g.AddLoops(c.rule, c.row)
		if !slices.Equal(g.EdgeFeatures, append([]float32{10, 10, 20, 20}, c.want...)) {
			t.Errorf("%q %v: %v", c.rule, c.row, g.EdgeFeatures)
		}
		if g.E != 7 || !slices.Equal(g.Src, []int32{0, 1, 1, 2, 0, 1, 2}) || !slices.Equal(g.Dst, []int32{1, 0, 2, 1, 0, 1, 2}) ||
			!slices.Equal(g.Reverse, []int32{1, 0, 3, 2, 4, 5, 6}) {
			t.Errorf("%d edges %v → %v, opposites %v", g.E, g.Src, g.Dst, g.Reverse)
		}
	}
}

func TestAnAtomAloneHasItsLoop(t *testing.T) {
	g := methane()
	g.AddLoops(graph.LoopMean, nil)
	if g.E != 1 || !slices.Equal(g.EdgeFeatures, []float32{0}) || !slices.Equal(g.Reverse, []int32{0}) {
		t.Errorf("%+v", g)
	}
}

func TestLoopsOfStructuresHaveNoLength(t *testing.T) {
	g := structures(true)[4]
	e := g.E
	g.AddLoops(graph.LoopZeros, nil)
	if len(g.Vectors) != g.E || len(g.Lengths) != g.E || len(g.Shifts) != g.E || g.E != e+g.N || slices.Max(g.Lengths[e:]) != 0 {
		t.Errorf("%d edges have %d vectors and lengths %v", g.E, len(g.Vectors), g.Lengths[e:])
	}
}

// With loops every law of a batch holds as without.
func TestBatchesOfLoopedGraphsEqualThoseOfOne(t *testing.T) {
	var graphs []*graph.Graph
	for _, g := range structures(true) {
		g.AddLoops(graph.LoopMean, nil)
		graphs = append(graphs, g)
	}
	for _, name := range []string{"edge_index", "edge_features", "reverse_edge", "edge_graph_index", "degree", "gcn_norm", "laplacian_norm"} {
		f := graph.Field{Name: name}
		b := graph.Collate(graphs, graph.Packed, bucket)
		out := fieldOf(t, b, f)
		for i, g := range graphs {
			alone := graph.Collate([]*graph.Graph{g}, graph.Packed, graph.Padding{})
			if got, want := rowsOf(t, b, f, out, i), rowsOf(t, alone, f, fieldOf(t, alone, f), 0); !same(got, want) {
				t.Errorf("%s: graph %d has %v, alone %v", name, i, got, want)
			}
		}
	}
}
