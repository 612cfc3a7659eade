package onnx_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

func ints(shape []int64, v ...int64) graph.Tensor {
	return graph.Tensor{DType: graph.Int64, Shape: shape, I64: v}
}

func bools(shape []int64, v ...bool) graph.Tensor {
	return graph.Tensor{DType: graph.Bool, Shape: shape, B: v}
}

func input(field string, d graph.DType, shape ...any) onnx.Input {
	in := onnx.Input{Tensor: field, Field: field, DType: d}
	for _, s := range shape {
		if n, ok := s.(int); ok {
			in.Shape = append(in.Shape, onnx.Dim{Size: int64(n)})
		} else {
			in.Shape = append(in.Shape, onnx.Dim{Symbol: s.(string)})
		}
	}
	return in
}

// tensors go by field.
type tensors map[string]*graph.Tensor

// packedTensors are two graphs: two atoms with an edge both ways, and one atom alone.
func packedTensors() (*onnx.Manifest, tensors) {
	m := &onnx.Manifest{Layout: graph.Packed, Chemistry: onnx.Chemistry{Elements: []string{"H", "C"}}, Inputs: []onnx.Input{
		input("node_features", graph.Float32, "N", 2), input("edge_index", graph.Int64, 2, "E"), input("reverse_edge", graph.Int64, "E"),
		input("graph_index", graph.Int64, "N"), input("edge_graph_index", graph.Int64, "E"), input("graph_ones", graph.Float32, "G"),
		input("atoms_per_graph", graph.Int64, "G"), input("graph_offsets", graph.Int64, "G+1"), input("species", graph.Int64, "N"),
		input("atomic_numbers", graph.Int64, "N"), input("pair_index", graph.Int64, 2, "P"), input("line_graph_index", graph.Int64, 2, "L"),
		input("edge_bond_index", graph.Int64, "E")}}
	return m, byField(m, floats([]int64{3, 2}, 1, 2, 3, 4, 5, 6), ints([]int64{2, 2}, 0, 1, 1, 0), ints([]int64{2}, 1, 0),
		ints([]int64{3}, 0, 0, 1), ints([]int64{2}, 0, 0), floats([]int64{2}, 1, 1), ints([]int64{2}, 2, 1), ints([]int64{3}, 0, 2, 3),
		ints([]int64{3}, 0, 1, 1), ints([]int64{3}, 1, 6, 6), ints([]int64{2, 1}, 0, 2), ints([]int64{2, 0}), ints([]int64{2}, 0, 0))
}

// paddedTensors are one graph of one atom in two slots.
func paddedTensors() (*onnx.Manifest, tensors) {
	m := &onnx.Manifest{Layout: graph.Padded, Inputs: []onnx.Input{input("adjacency", graph.Float32, "B", "n", "n"),
		input("atom_mask", graph.Bool, "B", "n"), input("pair_mask", graph.Bool, "B", "n", "n"), input("atoms_per_graph", graph.Int64, "B")}}
	return m, byField(m, floats([]int64{1, 2, 2}, 0, 0, 0, 0), bools([]int64{1, 2}, true, false), bools([]int64{1, 2, 2}, true, false, false, false), ints([]int64{1}, 1))
}

func byField(m *onnx.Manifest, list ...graph.Tensor) tensors {
	out := tensors{}
	for i := range list {
		out[m.Inputs[i].Field] = &list[i]
	}
	return out
}

func checkTensors(m *onnx.Manifest, in tensors) error {
	var list []graph.Tensor
	for _, i := range m.Inputs {
		list = append(list, *in[i.Field])
	}
	return m.CheckTensors(list, onnx.TensorLimits{Graphs: 4, Atoms: 16, Edges: 8})
}

func TestTensorsThatFitAreTaken(t *testing.T) {
	for _, make := range []func() (*onnx.Manifest, tensors){packedTensors, paddedTensors} {
		if err := checkTensors(make()); err != nil {
			t.Error(err)
		}
	}
}

// violation is a way in which a stranger's tensors can be wrong, and the tensor that is named.
type violation struct {
	name, tensor string
	change       func(tensors)
}

// element sets one integer of a tensor.
func element(field string, i int, v int64) func(tensors) {
	return func(in tensors) { in[field].I64[i] = v }
}

// whole replaces the integers of a tensor.
func whole(field string, v ...int64) func(tensors) {
	return func(in tensors) { copy(in[field].I64, v) }
}

func replace(field string, t graph.Tensor) func(tensors) {
	return func(in tensors) { *in[field] = t }
}

func nan(field string, v float64) func(tensors) {
	return func(in tensors) { in[field].F32[3] = float32(v) }
}

var packedViolations = []violation{
	{"another type", "node_features", replace("node_features", ints([]int64{3, 2}, 1, 2, 3, 4, 5, 6))},
	{"another rank", "node_features", func(in tensors) { in["node_features"].Shape = []int64{6} }},
	{"another width", "node_features", func(in tensors) { in["node_features"].Shape = []int64{2, 3} }},
	{"a negative dimension", "node_features", func(in tensors) { in["node_features"].Shape = []int64{-3, 2} }},
	{"two sizes of N", "graph_index", replace("graph_index", ints([]int64{2}, 0, 1))},
	{"two sizes of G", "graph_offsets", replace("graph_offsets", ints([]int64{2}, 0, 3))},
	{"NaN", "node_features", nan("node_features", math.NaN())},
	{"infinity", "node_features", nan("node_features", math.Inf(-1))},
	{"an atom beyond", "edge_index", element("edge_index", 0, 3)},
	{"a negative atom", "edge_index", element("edge_index", 0, -1)},
	{"a graph beyond", "graph_index", element("graph_index", 2, 2)},
	{"a negative graph", "graph_index", element("graph_index", 0, -1)},
	{"a graph that decreases", "graph_index", whole("graph_index", 0, 1, 0)},
	{"an edge beyond", "reverse_edge", element("reverse_edge", 0, 2)},
	{"a negative edge", "reverse_edge", element("reverse_edge", 0, -1)},
	{"an edge without opposite", "reverse_edge", element("reverse_edge", 0, 0)},
	{"an opposite that is none", "reverse_edge", whole("edge_index", 0, 0, 1, 1)},
	{"an edge of another graph", "edge_graph_index", element("edge_graph_index", 0, 1)},
	{"an edge of no graph", "edge_graph_index", element("edge_graph_index", 0, 2)},
	{"ones that are not", "graph_ones", func(in tensors) { in["graph_ones"].F32[0] = 2 }},
	{"a graph without atoms at the end", "graph_index", whole("graph_index", 0, 0, 0)},
	{"a graph without atoms at the beginning", "graph_index", whole("graph_index", 1, 1, 1)},
	{"counts of others", "atoms_per_graph", whole("atoms_per_graph", 1, 2)},
	{"a negative count", "atoms_per_graph", whole("atoms_per_graph", 4, -1)},
	{"offsets not from 0", "graph_offsets", element("graph_offsets", 0, 1)},
	{"offsets that decrease", "graph_offsets", whole("graph_offsets", 0, 4, 3)},
	{"offsets of a graph without atoms", "graph_offsets", whole("graph_offsets", 0, 0, 3)},
	{"offsets of others", "graph_offsets", whole("graph_offsets", 0, 1, 3)},
	{"no such species", "species", element("species", 0, 2)},
	{"no such element", "atomic_numbers", element("atomic_numbers", 0, 119)},
	{"a pair beyond", "pair_index", element("pair_index", 0, 3)},
	{"a line edge beyond", "line_graph_index", replace("line_graph_index", ints([]int64{2, 1}, 0, 2))},
	{"a bond beyond", "edge_bond_index", element("edge_bond_index", 0, 1)},
	{"too many pairs", "node_features", replace("pair_index", ints([]int64{2, 129}, make([]int64, 258)...))},
}

var paddedViolations = []violation{
	{"an atom behind padding", "atom_mask", func(in tensors) { copy(in["atom_mask"].B, []bool{false, true}) }},
	{"a pair of padding", "pair_mask", func(in tensors) { in["pair_mask"].B[1] = true }},
	{"no atom but one of padding", "atom_mask", func(in tensors) { copy(in["atom_mask"].B, []bool{false, false}) }},
	{"a count of padding", "atoms_per_graph", element("atoms_per_graph", 0, 2)},
	{"two sizes of n", "atom_mask", replace("atom_mask", bools([]int64{1, 1}, true))},
	{"NaN", "adjacency", nan("adjacency", math.NaN())},
}

func TestTensorsThatDoNotFitAreRefused(t *testing.T) {
	refused := func(list []violation, make func() (*onnx.Manifest, tensors)) {
		for _, v := range list {
			m, in := make()
			v.change(in)
			err := checkTensors(m, in)
			if e := (*onnx.TensorError)(nil); !errors.As(err, &e) || e.Tensor != v.tensor {
				t.Errorf("%s: %v, want a fault of %s", v.name, err, v.tensor)
			}
		}
	}
	refused(packedViolations, packedTensors)
	refused(paddedViolations, paddedTensors)
}

// A network may hold what ends the process at an operand without atoms or graphs, since no batch of molecules is one.
func TestRequestsHaveAGraphAndAnAtom(t *testing.T) {
	packed := &onnx.Manifest{Layout: graph.Packed, Inputs: []onnx.Input{input("node_features", graph.Float32, "N", 2), input("graph_ones", graph.Float32, "G"), input("edge_features", graph.Float32, "E", 1)}}
	padded := &onnx.Manifest{Layout: graph.Padded, Inputs: []onnx.Input{input("adjacency", graph.Float32, "B", "n", "n")}}
	none := func(shape ...int64) graph.Tensor { return floats(shape) }
	for _, c := range []struct {
		m    *onnx.Manifest
		in   []graph.Tensor
		want string
	}{
		{packed, []graph.Tensor{none(0, 2), floats([]int64{1}, 1), none(0, 1)}, "N is 0; a request has a graph at least, and a graph an atom"},
		{packed, []graph.Tensor{none(0, 2), none(0), none(0, 1)}, "is 0;"},
		{packed, []graph.Tensor{floats([]int64{1, 2}, 1, 1), none(0), none(0, 1)}, "G is 0;"},
		{padded, []graph.Tensor{none(0, 3, 3)}, "B is 0;"},
		{padded, []graph.Tensor{none(2, 0, 0)}, "n is 0;"},
		{packed, []graph.Tensor{floats([]int64{1, 2}, 1, 1), floats([]int64{1}, 1), none(0, 1)}, ""}, // without edges
	} {
		err := c.m.CheckTensors(c.in, onnx.TensorLimits{Graphs: 4, Atoms: 16, Edges: 8})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: %v, want %q", c.in, err, c.want)
		}
	}
}
