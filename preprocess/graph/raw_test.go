package graph_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

func TestRawGraphKeepsTheCallersOrder(t *testing.T) {
	g, err := graph.ParseRaw(`{"edges": [[2,1],[0,1],[1,2],[1,0]], "edge_features": [[4],[1],[5],[2]],
		"node_features": [[1,2],[3,4],[-5e-1,6]]}`, graph.RawOptions{NodeWidth: 2, EdgeWidth: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(g.Src, []int32{2, 0, 1, 1}) || !slices.Equal(g.Dst, []int32{1, 1, 2, 0}) || !slices.Equal(g.Reverse, []int32{2, 3, 0, 1}) {
		t.Errorf("edges %v → %v, opposites %v", g.Src, g.Dst, g.Reverse)
	}
	if !slices.Equal(g.NodeFeatures, []float32{1, 2, 3, 4, -0.5, 6}) || !slices.Equal(g.EdgeFeatures, []float32{4, 1, 5, 2}) {
		t.Errorf("features %v, %v", g.NodeFeatures, g.EdgeFeatures)
	}
}

func TestRawGraphOfOneNodeNeedsNoEdges(t *testing.T) {
	for _, text := range []string{`{"node_features":[[1]]}`, `{"node_features":[[1]],"edges":[],"edge_features":[]}`} {
		g, err := graph.ParseRaw(text, graph.RawOptions{EdgeWidth: 3})
		if err != nil || g.N != 1 || g.E != 0 || g.EdgeWidth != 3 {
			t.Errorf("%s: %+v, %v", text, g, err)
		}
	}
}

// rawRefusals are texts with the code and a part of the message.
var rawRefusals = []struct{ text, code, message string }{
	{``, "format", "an object"}, {`[]`, "format", "an object"}, {`{}`, "empty", "node_features"}, {`null`, "format", "an object"},
	{`{"node_features":[]}`, "empty", "node_features"},
	{`{"node_features":[[1],[1]],"edges":[[0,1],[1,0]]`, "format", "comma or }"},
	{`{"node_features":[[1]]} x`, "format", "text after"},
	{`{"node_features":[[1]],"Edges":[]}`, "format", `unknown key "Edges"`},
	{`{"node_features":[[1]],"node_features":[[2]]}`, "format", "stands twice"},
	{`{"node_features":[[null]]}`, "format", "null"}, {`{"node_features":[null]}`, "format", "null"},
	{`{"node_features":[["a"]]}`, "format", "rows of numbers"}, {`{"node_features":[[1e39]]}`, "format", "float32"},
	{`{"node_features":[[NaN]]}`, "format", "rows of numbers"},
	{`{"node_features":[[]]}`, "format", "node_features/0"}, {`{"node_features":[[1],[1,2]]}`, "format", "node_features/1"},
	{`{"node_features":[[1]],"edges":[[0]]}`, "format", "edges/0"}, {`{"node_features":[[1]],"edges":[[0,1]]}`, "format", "edges/0"},
	{`{"node_features":[[1]],"edges":[[-1,0]]}`, "format", "edges/0"}, {`{"node_features":[[1]],"edges":[[0,0.5]]}`, "format", "edges"},
	{`{"node_features":[[1]],"edges":[[0,0]]}`, "bond", "itself"},
	{`{"node_features":[[1],[1]],"edges":[[0,1]]}`, "bond", "no opposite"},
	{`{"node_features":[[1],[1]],"edges":[[0,1],[1,0],[0,1]]}`, "bond", "edges/0 already"},
	{`{"node_features":[[1],[1]],"edges":[[0,1],[1,0]],"edge_features":[[1]]}`, "format", "1 rows for 2 edges"},
	{`{"node_features":[[1],[1],[1],[1],[1]]}`, "too_large", "5 nodes"},
}

func TestRawGraphsAreRefusedByPlaceAndReason(t *testing.T) {
	for _, c := range rawRefusals {
		_, err := graph.ParseRaw(c.text, graph.RawOptions{MaxAtoms: 4})
		var refusal *molecule.Error
		if !errors.As(err, &refusal) || string(refusal.Code) != c.code || !strings.Contains(refusal.Message, c.message) {
			t.Errorf("%s: %v, want %s … %s", c.text, err, c.code, c.message)
		}
	}
}

func TestRawGraphOfOtherWidthsIsRefused(t *testing.T) {
	const text = `{"node_features":[[1],[1]],"edges":[[0,1],[1,0]]}`
	for _, o := range []graph.RawOptions{{NodeWidth: 2}, {EdgeWidth: 1}, {MaxEdges: 1}} {
		if _, err := graph.ParseRaw(text, o); err == nil {
			t.Errorf("%+v takes %s", o, text)
		}
	}
}

func FuzzRawGraph(f *testing.F) {
	f.Add(`{"edges": [[1,0],[0,1]], "edge_features": [[4],[1]], "node_features": [[1,2],[3,4]]}`)
	for _, c := range rawRefusals {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := graph.ParseRaw(text, graph.RawOptions{MaxAtoms: 100, MaxEdges: 1000})
		var refusal *molecule.Error
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("%v is no refusal", err)
		}
		if err != nil {
			return
		}
		for k := range g.E {
			if r := g.Reverse[k]; g.Src[r] != g.Dst[k] || g.Dst[r] != g.Src[k] || g.Reverse[r] != int32(k) {
				t.Fatalf("edge %d has the opposite %d", k, r)
			}
		}
		b := graph.Collate([]*graph.Graph{g, g}, graph.Packed, graph.Padding{})
		for _, name := range []string{"node_features", "edge_index", "line_graph_index", "gcn_norm"} {
			if err := b.FillField(graph.Field{Name: name}, new(graph.Tensor)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
