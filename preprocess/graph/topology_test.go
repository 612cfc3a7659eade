package graph_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/graph"
)

// goldenGraph is a case of testdata/topology.json, written by tests/parity/golden_topology.py.
type goldenGraph struct {
	Name   string
	N      int
	Edges  [][2]int32
	Fields []struct {
		graph.Field
		SelfLoops bool `json:"self_loops"`
		Columns   []int
		Data      []float64
	}
}

func goldenGraphs(t *testing.T) []goldenGraph {
	t.Helper()
	text, err := os.ReadFile("testdata/topology.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []goldenGraph }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

// graph is the case with its edges in pairs, as bonds are.
func (c goldenGraph) graph() *graph.Graph {
	g := &graph.Graph{N: c.N, E: len(c.Edges)}
	for k, e := range c.Edges {
		g.Src, g.Dst, g.Reverse = append(g.Src, e[0]), append(g.Dst, e[1]), append(g.Reverse, int32(k^1))
	}
	return g
}

// ulp is the error of one rounding to float32.
const ulp = 6e-8

func TestTopologyFieldsEqualPyGAndDGL(t *testing.T) {
	for _, c := range goldenGraphs(t) {
		for _, f := range c.Fields {
			f.Field.SelfLoops = f.SelfLoops
			layout, field := graph.Packed, f.Field
			if graph.Check(layout, field) != nil {
				layout = graph.Padded
			}
			got := fieldOf(t, graph.Collate([]*graph.Graph{c.graph()}, layout, graph.Padding{}), field)
			if got.Len() != len(f.Data) {
				t.Fatalf("%s %s: %d numbers, want %d", c.Name, f.Name, got.Len(), len(f.Data))
			}
			for i, want := range f.Data {
				if f.Columns != nil && !slices.Contains(f.Columns, i%f.Size) {
					continue
				}
				if d := math.Abs(got.At(i) - want); d > ulp*max(1, math.Abs(want)) {
					t.Errorf("%s %s %+v: number %d is %v, want %v", c.Name, f.Name, field, i, got.At(i), want)
				}
			}
		}
	}
}

func TestEncodingsOfSmallGraphsArePaddedWithZeros(t *testing.T) {
	b := graph.Collate([]*graph.Graph{methane(), ethanol()}, graph.Packed, graph.Padding{})
	got := fieldOf(t, b, graph.Field{Name: "laplacian_encoding", Size: 3})
	for i, c := range []int{0, 2, 2, 2} { // columns that exist: none of one atom, two of three
		for k := c; k < 3; k++ {
			if x := got.F32[i*3+k]; x != 0 {
				t.Errorf("atom %d column %d is %v, want 0", i, k, x)
			}
		}
	}
}

func TestLargestEigenvalueStaysFinite(t *testing.T) {
	for _, kind := range []string{"laplacian_sym", "rw", "none"} {
		b := graph.Collate([]*graph.Graph{methane()}, graph.Packed, graph.Padding{Graphs: 4})
		got := fieldOf(t, b, graph.Field{Name: "laplacian_max_eigenvalue", Normalisation: kind}).F32
		if !slices.Equal(got, []float32{1, 2, 2, 2}) {
			t.Errorf("%s: %v, want 1 for one atom and 2 for ghosts", kind, got)
		}
	}
}

// directed has 0 → 1, 0 → 2, 1 → 2: not every edge has an opposite.
func directed() *graph.Graph {
	return &graph.Graph{N: 3, E: 3, Src: []int32{0, 0, 1}, Dst: []int32{1, 2, 2}}
}

func TestNormalisationsOfDirectedEdgesDiffer(t *testing.T) {
	b := graph.Collate([]*graph.Graph{directed()}, graph.Packed, graph.Padding{})
	h := float32(math.Sqrt(0.5))
	for kind, want := range map[string][]float32{
		"gcn_sym": {0, 0, h},     // in-degrees 0, 1, 2
		"both":    {h, 0.5, h},   // out-degrees 2, 1, 0
		"right":   {1, 0.5, 0.5}, // 1 / in-degree of dst
		"left":    {0.5, 0.5, 1}, // 1 / out-degree of src
	} {
		got := fieldOf(t, b, graph.Field{Name: "gcn_norm", Normalisation: kind}).F32
		for k := range want {
			if math.Abs(float64(got[k]-want[k])) > ulp {
				t.Errorf("%s = %v, want %v", kind, got, want)
				break
			}
		}
	}
}

func TestFieldsOfUndirectedGraphsRefuseDirectedOnes(t *testing.T) {
	b := graph.Collate([]*graph.Graph{directed()}, graph.Packed, graph.Padding{})
	for _, f := range []graph.Field{{Name: "laplacian_norm"}, {Name: "laplacian_max_eigenvalue"}, {Name: "line_graph_index"},
		{Name: "laplacian_encoding", Size: 2}, {Name: "reverse_edge"}} {
		if err := b.FillField(f, new(graph.Tensor)); err == nil || !strings.Contains(err.Error(), "opposite") {
			t.Errorf("%s: %v, want a refusal that names the opposite", f.Name, err)
		}
	}
}

func TestPathsFollowTheDirectionOfEdges(t *testing.T) {
	b := graph.Collate([]*graph.Graph{directed()}, graph.Padded, graph.Padding{})
	want := []float32{0, -1, -1, 1, 0, -1, 1, 1, 0} // row = receiver
	if got := fieldOf(t, b, graph.Field{Name: "shortest_paths"}).F32; !slices.Equal(got, want) {
		t.Errorf("shortest_paths = %v, want %v", got, want)
	}
}

func TestEigenvectorsOfGoldenColumnsFollowAPermutation(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range goldenGraphs(t) {
		for _, f := range c.Fields {
			if f.Name != "laplacian_encoding" {
				continue
			}
			g := c.graph()
			nodes := r.Perm(g.N)
			p := g.Permute(nodes, r.Perm(g.E))
			was := fieldOf(t, graph.Collate([]*graph.Graph{g}, graph.Packed, graph.Padding{}), f.Field)
			is := fieldOf(t, graph.Collate([]*graph.Graph{p}, graph.Packed, graph.Padding{}), f.Field)
			for i, to := range nodes {
				for _, k := range f.Columns {
					if d := math.Abs(was.At(i*f.Size+k) - is.At(to*f.Size+k)); d > ulp {
						t.Errorf("%s atom %d column %d differs by %v", c.Name, i, k, d)
					}
				}
			}
		}
	}
}
