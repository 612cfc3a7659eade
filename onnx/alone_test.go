package onnx_test

import (
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

func TestWhatIsPerBatchIsOfOneMolecule(t *testing.T) {
	m := open(t, "whole", nil)
	graphs := []*graph.Graph{chain(3, 6, 1), chain(1, 7, 5), chain(4, 8, 2)}
	rows, err := m.Predict(t.Context(), graphs)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range graphs {
		wantWhole(t, g, rows[i])
	}
}

// Other providers than the CPU's are given padded batches, whose ghosts would be part of such an output.
func TestWhatIsPerBatchIsNotPadded(t *testing.T) {
	m, g := onnx.Elsewhere(open(t, "whole", nil)), chain(3, 6, 1)
	rows, err := m.PredictBatch(t.Context(), []*graph.Graph{g})
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, g, rows[0])
}

// wantWhole wants a row to be of this molecule alone.
func wantWhole(t *testing.T, g *graph.Graph, row onnx.Row) {
	t.Helper()
	var first, second float64
	for a := range g.N {
		first, second = first+float64(g.NodeFeatures[a*g.NodeWidth]), second+float64(g.NodeFeatures[a*g.NodeWidth+1])
	}
	v := row.Values
	if row.Err != nil || !slices.Equal(v[0].Shape, []int{72}) || v[0].Data[0] != first || v[0].Data[1] != second {
		t.Fatalf("%d atoms: %+v, want sums %v %v", g.N, row, first, second)
	}
	if v[1].Shape != nil || v[1].Data[0] != 0.1*second || v[2].Shape != nil || v[2].Data[0] != float64(g.N) || len(v[3].Data) != g.N {
		t.Errorf("%d atoms: %v", g.N, v[1:])
	}
}

func TestModelsWithAnOutputPerBatchShareNoRun(t *testing.T) {
	m := open(t, "whole", nil)
	g := chain(2, 6, 1)
	if m.Fits(m.LoadOf(g).Plus(m.LoadOf(g))) || m.Network().Mergeable() || m.Batch().Graphs != 1 {
		t.Errorf("limits %+v, mergeable %t", m.Batch(), m.Network().Mergeable())
	}
	before := m.Batch()
	if err := m.Tune(t.Context(), []*graph.Graph{g, chain(3, 6, 1), chain(4, 6, 1), chain(5, 6, 2)}); err != nil || m.Batch() != before {
		t.Errorf("tuned: %v, %+v", err, m.Batch())
	}
	if _, err := m.PredictBatch(t.Context(), []*graph.Graph{g, g}); err == nil || !strings.Contains(err.Error(), "belongs to no graph of a batch of 2") {
		t.Errorf("two in a run: %v", err)
	}
	set := open(t, "whole", func(m *onnx.Manifest) {
		m.Batch = &onnx.BatchLimits{Graphs: 1, Atoms: 7, Edges: 9, Bytes: 1 << 20}
	})
	if got := set.Batch(); got.Graphs != 1 || got.Atoms != 7 {
		t.Errorf("limits of the manifest: %+v", got)
	}
}

func TestRefusalsOfOutputsPerBatch(t *testing.T) {
	for want, change := range map[string]func(*onnx.Manifest){
		"/batch/graphs: is 4, but an output is per batch, so that each graph runs alone; write 1, or leave batch out": func(m *onnx.Manifest) {
			m.Batch = &onnx.BatchLimits{Graphs: 4, Atoms: 7, Edges: 9, Bytes: 1 << 20}
		},
		`/outputs/1/per: is "graph", output sums has rows of the same tensor "sums" per batch; a tensor has rows of one kind`: func(m *onnx.Manifest) { m.Outputs[1].Per = "graph" },
		"/outputs/0/extensive: is for outputs per graph":                                                                      func(m *onnx.Manifest) { m.Outputs[0].Extensive = true },
		"/outputs/1/column: is 72, the network gives 72 columns":                                                              func(m *onnx.Manifest) { c := 72; m.Outputs[1].Column = &c },
		"/outputs/3/tensor: \"h\" has 1 dimensions [-1], which must be 2 for a column per atom":                               func(m *onnx.Manifest) { c := 0; m.Outputs[3].Column = &c },
		"/outputs/3/transform/softmax: is over a row, and the network gives \"h\" one number a row, [-1]": func(m *onnx.Manifest) {
			m.Outputs[3].Transform = &onnx.Transform{Scale: 1, Softmax: true}
		},
		"/outputs/0/tensor: the network has no \"total\"; it has \"sums\", \"atoms\", \"h\"": func(m *onnx.Manifest) { m.Outputs[0].Tensor = "total" },
	} {
		_, err := folder(t, "whole", change).Open()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
