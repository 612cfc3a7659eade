package onnx_test

import (
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

func TestLoadOfTensorsCountsGraphsAndAtoms(t *testing.T) {
	dims := func(symbols ...string) (out []onnx.Dim) {
		for _, s := range symbols {
			out = append(out, onnx.Dim{Symbol: s})
		}
		return out
	}
	shape := func(n ...int64) graph.Tensor { return graph.Tensor{DType: graph.Float32, Shape: n} }
	for _, c := range []struct {
		what          string
		dims          [][]onnx.Dim
		tensors       []graph.Tensor
		graphs, atoms int
	}{
		{"packed", [][]onnx.Dim{dims("N", "F"), dims("G")}, []graph.Tensor{shape(7, 3), shape(2)}, 2, 7},
		{"offsets", [][]onnx.Dim{dims("G+1"), dims("N")}, []graph.Tensor{shape(4), shape(9)}, 3, 9},
		{"padded", [][]onnx.Dim{dims("B", "n", "F")}, []graph.Tensor{shape(4, 5, 3)}, 4, 20},
		{"one graph without a size", [][]onnx.Dim{dims("N", "F")}, []graph.Tensor{shape(7, 3)}, 1, 7},
		{"nothing", [][]onnx.Dim{dims("N"), dims("G")}, []graph.Tensor{shape(0), shape(0)}, 1, 0},
	} {
		m := &onnx.Manifest{}
		for _, d := range c.dims {
			m.Inputs = append(m.Inputs, onnx.Input{DType: graph.Float32, Shape: d})
		}
		if l := onnx.TensorLoad(m, c.tensors); l.Graphs != c.graphs || l.Atoms != c.atoms {
			t.Errorf("%s: %d graphs, %d atoms; want %d, %d", c.what, l.Graphs, l.Atoms, c.graphs, c.atoms)
		}
	}
}
