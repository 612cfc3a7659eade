package onnx_test

import (
	"fmt"
	"slices"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// small are limits that cut nearly everywhere.
var small = onnx.BatchLimits{Graphs: 3, Atoms: 6, Edges: 1 << 10, Bytes: 1 << 20}

// allFields is a manifest of every field of a layout, and what makes its tensors of graphs.
func allFields(t *testing.T, l graph.Layout, leave ...string) (*onnx.Manifest, func(graphs ...*graph.Graph) []graph.Tensor) {
	t.Helper()
	m := &onnx.Manifest{Layout: l, Outputs: []onnx.Output{{Tensor: "y", Per: "graph"}}}
	var fields []graph.Field
	for _, name := range graph.Names(l) {
		if !slices.Contains(leave, name) {
			in, f := inputOf(t, l, name)
			m.Inputs, fields = append(m.Inputs, in), append(fields, f)
		}
	}
	return m, func(graphs ...*graph.Graph) []graph.Tensor {
		b := graph.Collate(graphs, l, graph.Padding{})
		tensors := make([]graph.Tensor, len(fields))
		for i, f := range fields {
			if err := b.FillField(f, &tensors[i]); err != nil {
				t.Fatal(err)
			}
		}
		return tensors
	}
}

func same(t *testing.T, m *onnx.Manifest, got, want []graph.Tensor) {
	t.Helper()
	for i := range want {
		if got[i].String() != want[i].String() || elements(&got[i]) != elements(&want[i]) {
			t.Errorf("%s:\n got %s %s\nwant %s %s", m.Inputs[i].Field, &got[i], elements(&got[i]), &want[i], elements(&want[i]))
		}
	}
}

func elements(t *graph.Tensor) string {
	out := make([]float64, t.Len())
	for i := range out {
		out[i] = t.At(i)
	}
	return fmt.Sprint(out)
}

// What is cut of a request of many graphs is the batch of the graphs it has, in every field there is.
func TestACutRequestIsTheBatchesOfItsGraphs(t *testing.T) {
	graphs := everything(t) // of 3, 1, 5 and 2 atoms
	graphs = append(graphs, graphs[0])
	m, bind := allFields(t, graph.Packed)
	c := onnx.CutAs(m, small, bind(graphs...), "y")
	if c == nil || len(c.Requests) != 3 {
		t.Fatalf("%+v", c)
	}
	same(t, m, c.Requests[0], bind(graphs[0], graphs[1]))
	same(t, m, c.Requests[1], bind(graphs[2]))
	same(t, m, c.Requests[2], bind(graphs[3], graphs[4]))
	if got, want := fmt.Sprint(onnx.Merge(m, c.Requests)), fmt.Sprint(bind(graphs...)); got != want {
		t.Errorf("merged again\n%s\nwant\n%s", got, want)
	}
}

// A rest of less than half a run joins the run before it.
func TestASmallRestIsNoRun(t *testing.T) {
	graphs := everything(t)
	m, bind := allFields(t, graph.Packed)
	c := onnx.CutAs(m, small, bind(graphs...), "y")
	if c == nil || len(c.Requests) != 2 {
		t.Fatalf("%+v", c)
	}
	same(t, m, c.Requests[1], bind(graphs[2], graphs[3]))
}

// Padded graphs of like size run together, with the slots that they need, and the answers stand where the graphs did.
func TestPaddedGraphsAreCutByTheirSize(t *testing.T) {
	graphs := everything(t)
	m, bind := allFields(t, graph.Padded)
	for range 3 { // in memory that is used again
		c := onnx.CutAs(m, small, bind(graphs...), "y")
		if c == nil || len(c.Requests) != 3 {
			t.Fatalf("%+v", c)
		}
		same(t, m, c.Requests[0], bind(graphs[1], graphs[3]))
		same(t, m, c.Requests[1], bind(graphs[0]))
		same(t, m, c.Requests[2], bind(graphs[2]))
		rows := func(v ...float32) []graph.Tensor {
			return []graph.Tensor{{DType: graph.Float32, Shape: []int64{int64(len(v)), 1}, F32: v}}
		}
		y, err := c.Join([][]graph.Tensor{rows(1, 2), rows(3), rows(5)})
		if err != nil || elements(&y[0]) != "[3 1 5 2]" || y[0].String() != "float32[4 1]" {
			t.Errorf("%v, %v", y, err)
		}
		if _, err := c.Join([][]graph.Tensor{rows(1, 2), rows(3, 4), rows(5)}); err == nil {
			t.Error("a row too many is joined")
		}
		c.Release()
	}
}

// An output with rows of slots keeps them all: graphs stay in order and nothing is trimmed.
func TestSlotsOfAnOutputStay(t *testing.T) {
	graphs := everything(t)
	m, bind := allFields(t, graph.Padded)
	m.Outputs[0].Per = "atom"
	whole := bind(graphs...)
	c := onnx.CutAs(m, small, whole, "y")
	if c == nil || len(c.Requests) != 4 {
		t.Fatalf("%+v", c)
	}
	for i := range whole {
		for g, part := range c.Requests {
			if width := whole[i].Len() / 4; elements(&part[i]) != elementsOf(&whole[i], g*width, (g+1)*width) {
				t.Errorf("graph %d has other %s", g, m.Inputs[i].Field)
			}
		}
	}
}

func elementsOf(t *graph.Tensor, from, to int) string {
	part := t.Slice(from, to)
	part.Shape = []int64{int64(to - from)}
	return elements(&part)
}

func TestRequestsThatAreNotCut(t *testing.T) {
	graphs := everything(t)
	at := func(m *onnx.Manifest, in []graph.Tensor, field string) *graph.Tensor {
		return &in[slices.IndexFunc(m.Inputs, func(i onnx.Input) bool { return i.Field == field })]
	}
	ends := []string{"edge_list", "edge_src", "edge_dst", "reverse_edge"} // edge_index alone tells them
	for name, c := range map[string]struct {
		leave  []string
		change func(m *onnx.Manifest, in []graph.Tensor)
		limits onnx.BatchLimits
	}{
		"no larger than a run":                 {nil, nil, onnx.BatchLimits{Graphs: 4, Atoms: 11, Edges: 1 << 10, Bytes: 1 << 20}},
		"nobody tells G":                       {[]string{"graph_ones", "graph_offsets", "atoms_per_graph", "auxiliary", "cell", "laplacian_max_eigenvalue", "spin_multiplicity", "total_charge"}, nil, small},
		"nobody tells which atoms a graph has": {[]string{"graph_index", "graph_offsets", "atoms_per_graph"}, nil, small},
		"nobody tells which edges a graph has": {append(ends, "edge_index"), nil, small},
		"an edge between two graphs": {ends, func(m *onnx.Manifest, in []graph.Tensor) {
			at(m, in, "edge_index").I64[0] = 10
		}, small},
		"edges not graph after graph": {ends, func(m *onnx.Manifest, in []graph.Tensor) {
			t := at(m, in, "edge_index").I64
			n := len(t) / 2
			t[0], t[n-1], t[n], t[2*n-1] = t[n-1], t[0], t[2*n-1], t[n]
		}, small},
		"bonds of another graph": {nil, func(m *onnx.Manifest, in []graph.Tensor) {
			t := at(m, in, "edge_bond_index").I64
			t[0], t[len(t)-1] = t[len(t)-1], t[0]
		}, small},
		"two numbers of atoms": {[]string{"graph_index"}, func(m *onnx.Manifest, in []graph.Tensor) {
			t := at(m, in, "atoms_per_graph").I64
			t[0], t[1] = t[1], t[0]
		}, small},
	} {
		m, bind := allFields(t, graph.Packed, c.leave...)
		in := bind(graphs...)
		if c.change != nil {
			c.change(m, in)
		}
		if cut := onnx.CutAs(m, c.limits, in, "y"); cut != nil {
			t.Errorf("%s: cut into %d", name, len(cut.Requests))
		}
	}
}

// A graph without atoms is in no run of its own; one without edges may be.
func TestGraphsWithoutAtomsStayWithOthers(t *testing.T) {
	m := &onnx.Manifest{Layout: graph.Packed, Outputs: []onnx.Output{{Tensor: "y", Per: "graph"}}, Inputs: []onnx.Input{
		input("atomic_numbers", graph.Int64, "N"), input("edge_index", graph.Int64, 2, "E"), input("graph_index", graph.Int64, "N"),
		input("graph_ones", graph.Float32, "G")}}
	tensor := func(v ...int64) graph.Tensor {
		return graph.Tensor{DType: graph.Int64, Shape: []int64{int64(len(v))}, I64: v}
	}
	edges := tensor(0, 1, 5, 6, 1, 0, 6, 5)
	edges.Shape = []int64{2, 4}
	// Graphs 0, 3 and 6 have no atom, 2 and 4 no edge.
	in := []graph.Tensor{tensor(6, 6, 6, 6, 6, 8, 8), edges, tensor(1, 1, 2, 2, 4, 5, 5),
		{DType: graph.Float32, Shape: []int64{7}, F32: []float32{1, 1, 1, 1, 1, 1, 1}}}
	c := onnx.CutAs(m, onnx.BatchLimits{Graphs: 1, Atoms: 1, Edges: 1, Bytes: 1}, in, "y")
	if c == nil || len(c.Requests) != 4 {
		t.Fatalf("%+v", c)
	}
	var got []string
	for _, r := range c.Requests {
		got = append(got, fmt.Sprint(r[0].I64, r[1].Shape, r[1].I64, r[2].I64, len(r[3].F32)))
	}
	want := []string{"[6 6] [2 2] [0 1 1 0] [1 1] 2", "[6 6] [2 0] [] [0 0] 2", "[6] [2 0] [] [0] 1", "[8 8] [2 2] [0 1 1 0] [0 0] 2"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// The shipped networks answer a request that is cut as the whole.
func TestCutRequestsAreAnsweredAsTheWhole(t *testing.T) {
	eachShipped(t, func(t *testing.T, m *onnx.Model) {
		graphs := graphsFor(t, m)
		graphs = append(graphs, graphs[0], graphs[len(graphs)-1])
		onnx.SetBatch(m, onnx.BatchLimits{Graphs: 2, Atoms: 20, Edges: 1 << 10, Bytes: 1 << 20})
		answeredAsWhole(t, m, ordered(t, m, graphs...))
	})
}

// ordered are the tensors of graphs in the order of the network's inputs.
func ordered(t *testing.T, m *onnx.Model, graphs ...*graph.Graph) []graph.Tensor {
	t.Helper()
	tensors, err := m.Bind(graph.Collate(graphs, m.Manifest().Layout, graph.Padding{}))
	if err != nil {
		t.Fatal(err)
	}
	in, _ := m.Network().Signature()
	out := make([]graph.Tensor, len(in))
	for k, input := range m.Manifest().Inputs {
		out[slices.IndexFunc(in, func(t onnx.TensorInfo) bool { return t.Name == input.Tensor })] = tensors[k]
	}
	return out
}

func answeredAsWhole(t *testing.T, m *onnx.Model, request []graph.Tensor) {
	t.Helper()
	n, name := m.Network(), m.Manifest().Name
	whole, err := n.Run(t.Context(), [][]graph.Tensor{request})
	if err != nil {
		t.Fatal(err)
	}
	c := n.Cut(request)
	if c == nil || len(c.Requests) < 2 {
		t.Fatalf("%s: not cut: %+v", name, c)
	}
	var parts [][]graph.Tensor
	for _, r := range c.Requests {
		out, err := n.Run(t.Context(), [][]graph.Tensor{r})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, out[0])
	}
	joined, err := c.Join(parts)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for k := range joined {
		got, want := &joined[k], &whole[0][k]
		if got.String() != want.String() {
			t.Fatalf("%s: %s, whole %s", name, got, want)
		}
		for e := range want.Len() {
			if d := got.At(e) - want.At(e); d > 1e-5*max(1, want.At(e)) || d < -1e-5*max(1, want.At(e)) {
				t.Errorf("%s: output %d element %d is %v, whole %v", name, k, e, got.At(e), want.At(e))
			}
		}
	}
}
