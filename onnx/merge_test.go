package onnx_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// everything are graphs that have what any field is made of.
func everything(t *testing.T) []*graph.Graph {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	var graphs []*graph.Graph
	for _, n := range []int{3, 1, 5, 2} {
		g := chain(n, 6, r.Float32())
		for i := range n {
			g.Positions = append(g.Positions, [3]float64{float64(i), r.Float64(), r.Float64()})
		}
		for k := range g.E {
			a, b := g.Positions[g.Src[k]], g.Positions[g.Dst[k]]
			v := [3]float64{a[0] - b[0], a[1] - b[1], a[2] - b[2]}
			g.Vectors, g.Lengths = append(g.Vectors, v), append(g.Lengths, math.Sqrt(v[0]*v[0]+v[1]*v[1]+v[2]*v[2]))
		}
		g.Shifts = make([][3]int32, g.E)
		g.Velocities, g.Rings = slices.Clone(g.Positions), [][]int32{{0, int32(n - 1)}}
		g.Auxiliary, g.Pairs = []float32{r.Float32()}, [][2]int32{{0, int32(n - 1)}, {int32(n - 1), 0}}
		graphs = append(graphs, g)
	}
	return graphs
}

// inputOf is an input of a field, with the options that it needs.
func inputOf(t *testing.T, l graph.Layout, name string) (onnx.Input, graph.Field) {
	t.Helper()
	info, err := graph.Describe(l, name)
	if err != nil {
		t.Fatal(err)
	}
	f := graph.Field{Name: name, DType: info.DTypes[0]}
	if info.Elements {
		f.Elements = []uint8{1, 6, 8}
	}
	if info.Size {
		f.Size = 2
	}
	if info.LMax {
		f.LMax = 1
	}
	if info.Basis {
		f.Basis = &geometry.Basis{Kind: "bessel", N: 2, Cutoff: 5}
	}
	if info.Envelope {
		f.Envelope = &geometry.Envelope{Kind: "cosine", Cutoff: 5}
	}
	shape := make([]any, len(info.Shape))
	for i, symbol := range info.Shape {
		switch symbol {
		case "F":
			shape[i] = 72
		case "D":
			shape[i] = 14
		case "2", "3":
			shape[i] = int(symbol[0] - '0')
		case "A":
			shape[i] = 1
		case "K":
			shape[i] = info.Width(&f)
		default:
			shape[i] = symbol
		}
	}
	return input(name, info.DTypes[0], shape...), f
}

// Requests that are merged are the batch of their graphs, in every field there is.
func TestMergedRequestsAreTheBatchOfTheirGraphs(t *testing.T) {
	graphs := everything(t)
	m, bind := allFields(t, graph.Packed)
	requests := [][]graph.Tensor{bind(graphs[0], graphs[1]), bind(graphs[2]), bind(graphs[3])}
	merged := onnx.Merge(m, requests)
	for i, want := range bind(graphs...) {
		got := merged[i]
		if got.String() != want.String() || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s:\n got %v\nwant %v", m.Inputs[i].Field, got, want)
		}
	}
}

// Requests of the shipped networks that share a run have the answers that they have alone.
func TestMergedRequestsAreAnsweredAsAlone(t *testing.T) {
	eachShipped(t, func(t *testing.T, m *onnx.Model) {
		if m.Network().Mergeable() != (m.Manifest().Layout == graph.Packed) {
			t.Errorf("mergeable %t", m.Network().Mergeable())
		}
		if m.Network().Mergeable() {
			answeredAsAlone(t, m)
		}
	})
}

func answeredAsAlone(t *testing.T, m *onnx.Model) {
	t.Helper()
	n, graphs := m.Network(), graphsFor(t, m)
	in, _ := n.Signature()
	var requests, alone [][]graph.Tensor
	for i := range graphs[1:] { // of two graphs, so that they overlap nothing but in number
		b := graph.Collate(graphs[i:i+2], graph.Packed, graph.Padding{})
		tensors, err := m.Bind(b)
		if err != nil {
			t.Fatal(err)
		}
		ordered := make([]graph.Tensor, len(in))
		for k, input := range m.Manifest().Inputs {
			ordered[slices.IndexFunc(in, func(t onnx.TensorInfo) bool { return t.Name == input.Tensor })] = tensors[k]
		}
		if l := n.LoadOf(ordered); l.Graphs != 2 || l.Atoms != b.N || l.Bytes == 0 || l.Edges != b.E {
			t.Errorf("%s: load %+v of %d atoms, %d edges", m.Manifest().Name, l, b.N, b.E)
		}
		one, err := n.Run(t.Context(), [][]graph.Tensor{ordered})
		if err != nil {
			t.Fatal(err)
		}
		requests, alone = append(requests, ordered), append(alone, one[0])
	}
	together, err := n.Run(t.Context(), requests)
	if err != nil {
		t.Fatal(err)
	}
	for r := range alone {
		for k := range alone[r] {
			want, got := &alone[r][k], &together[r][k]
			if got.String() != want.String() {
				t.Fatalf("%s request %d: %s, alone %s", m.Manifest().Name, r, got, want)
			}
			for e := range want.Len() {
				if d := got.At(e) - want.At(e); d > 1e-5*max(1, want.At(e)) || d < -1e-5*max(1, want.At(e)) {
					t.Errorf("%s request %d: %v, alone %v", m.Manifest().Name, r, got.At(e), want.At(e))
				}
			}
		}
	}
}

// A field that is not known, an output that belongs to nobody, sizes that do not follow: such requests run alone.
func TestRequestsThatCannotBeMerged(t *testing.T) {
	whole := func() *onnx.Manifest {
		return &onnx.Manifest{Layout: graph.Packed, Outputs: []onnx.Output{{Tensor: "y", Per: "graph"}}, Inputs: []onnx.Input{
			input("node_features", graph.Float32, "N", 2), input("edge_index", graph.Int64, 2, "E"), input("graph_index", graph.Int64, "N"),
			input("graph_ones", graph.Float32, "G")}}
	}
	for name, c := range map[string]struct {
		change func(*onnx.Manifest)
		want   bool
	}{
		"all is known":          {func(*onnx.Manifest) {}, true},
		"padded":                {func(m *onnx.Manifest) { m.Layout = graph.Padded }, false},
		"an unknown field":      {func(m *onnx.Manifest) { m.Inputs[0].Field = "mine" }, false},
		"an unknown owner":      {func(m *onnx.Manifest) { m.Outputs[0].Per = "batch" }, false},
		"an unnamed output":     {func(m *onnx.Manifest) { m.Outputs[0].Tensor = "z" }, false},
		"nobody tells G":        {func(m *onnx.Manifest) { m.Inputs = m.Inputs[:3] }, false},
		"offsets tell G":        {func(m *onnx.Manifest) { m.Inputs[3] = input("graph_offsets", graph.Int64, "G+1") }, true},
		"nobody tells N":        {func(m *onnx.Manifest) { m.Inputs = []onnx.Input{m.Inputs[1], m.Inputs[3]} }, false},
		"nobody tells E":        {func(m *onnx.Manifest) { m.Outputs[0].Per = "edge"; m.Inputs = slices.Delete(m.Inputs, 1, 2) }, false},
		"bonds count the edges": {func(m *onnx.Manifest) { m.Inputs[1] = input("edge_bond_index", graph.Int64, "E") }, true},
	} {
		m := whole()
		c.change(m)
		if got := onnx.Mergeable(m, "y"); got != c.want {
			t.Errorf("%s: mergeable %t", name, got)
		}
	}
}

func TestTuneChoosesALimitThatHolds(t *testing.T) {
	m := open(t, "packed", nil)
	var graphs []*graph.Graph
	for i := range 40 {
		graphs = append(graphs, chain(2+i%20, 6, 1))
	}
	if err := m.Tune(t.Context(), graphs[:1]); err != nil || m.Batch() != onnx.DefaultBatch() || m.Beside() != 1 {
		t.Errorf("one graph changed the limits: %v, %d, %v", m.Batch(), m.Beside(), err)
	}
	if err := m.Tune(t.Context(), graphs); err != nil {
		t.Fatal(err)
	}
	b := m.Batch()
	if b.Graphs < 4 || b.Graphs > 256 || b.Atoms < 7 || b.Edges < 6 || b.Bytes != onnx.DefaultBatch().Bytes {
		t.Errorf("limits %+v", b)
	}
	if m.Beside() < 1 || 4*m.Beside() > b.Graphs {
		t.Errorf("%d of %d graphs are worth a run", m.Beside(), b.Graphs)
	}
	one := m.LoadOf(graphs[19])
	if one.Graphs != 1 || one.Atoms != 21 || one.Edges != graphs[19].E || one.Largest != 21 || one.Bytes == 0 || one.Heaviest != one.Bytes {
		t.Errorf("load %+v", one)
	}
}

func TestTuneKeepsTheLimitsOfAManifest(t *testing.T) {
	var graphs []*graph.Graph
	for i := range 8 {
		graphs = append(graphs, chain(4+i%2, 6, 1))
	}
	for _, most := range []int{1, 8} {
		limits := onnx.BatchLimits{Graphs: most, Atoms: 1000, Edges: 1000, Bytes: 1 << 20}
		m := open(t, "packed", func(m *onnx.Manifest) { m.Batch = &limits })
		if err := m.Tune(t.Context(), graphs); err != nil || m.Batch() != limits {
			t.Errorf("limits %+v became %+v (%v)", limits, m.Batch(), err)
		}
		// The network is so small that a run costs more than eight graphs.
		if m.Beside() != most {
			t.Errorf("%d graphs are worth a run of at most %d", m.Beside(), most)
		}
	}
}
