package graph_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// ethanol is C–C–O with one feature a node (its index + 1) and one an edge.
func ethanol() *graph.Graph {
	return &graph.Graph{N: 3, E: 4, NodeWidth: 1, EdgeWidth: 1, NodeFeatures: []float32{1, 2, 3},
		EdgeFeatures: []float32{10, 10, 20, 20}, Src: []int32{0, 1, 1, 2}, Dst: []int32{1, 0, 2, 1},
		Reverse: []int32{1, 0, 3, 2}, Numbers: []uint8{6, 6, 8}}
}

// methane has one node and no edges, and knows how wide edges would be.
func methane() *graph.Graph {
	return &graph.Graph{N: 1, NodeWidth: 1, EdgeWidth: 1, NodeFeatures: []float32{9}, Numbers: []uint8{6}}
}

func fieldOf(t *testing.T, b *graph.Batch, f graph.Field) *graph.Tensor {
	t.Helper()
	out := new(graph.Tensor)
	if err := b.FillField(f, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPackedFieldsOffsetEachGraph(t *testing.T) {
	b := graph.Collate([]*graph.Graph{ethanol(), methane(), ethanol()}, graph.Packed, graph.Padding{})
	ints := map[string][]int64{
		"atomic_numbers":  {6, 6, 8, 6, 6, 6, 8},
		"edge_index":      {0, 1, 1, 2, 4, 5, 5, 6, 1, 0, 2, 1, 5, 4, 6, 5},
		"reverse_edge":    {1, 0, 3, 2, 5, 4, 7, 6},
		"graph_index":     {0, 0, 0, 1, 2, 2, 2},
		"atoms_per_graph": {3, 1, 3},
	}
	for name, want := range ints {
		if got := fieldOf(t, b, graph.Field{Name: name}).I64; !slices.Equal(got, want) {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	if got := fieldOf(t, b, graph.Field{Name: "node_features"}).F32; !slices.Equal(got, []float32{1, 2, 3, 9, 1, 2, 3}) {
		t.Errorf("node_features = %v", got)
	}
	if got := fieldOf(t, b, graph.Field{Name: "graph_ones"}); got.String() != "float32[3]" || got.F32[2] != 1 {
		t.Errorf("graph_ones = %v %v", got, got.F32)
	}
}

func TestEdgeIndexOrderSwapsTheRows(t *testing.T) {
	b := graph.Collate([]*graph.Graph{ethanol()}, graph.Packed, graph.Padding{})
	got := fieldOf(t, b, graph.Field{Name: "edge_index", Order: "dst_src"}).I64
	if want := []int64{1, 0, 2, 1, 0, 1, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("dst_src = %v, want %v", got, want)
	}
}

func TestBatchWithoutEdgesKeepsTheirWidth(t *testing.T) {
	b := graph.Collate([]*graph.Graph{methane()}, graph.Packed, graph.Padding{})
	if got := fieldOf(t, b, graph.Field{Name: "edge_features"}); got.String() != "float32[0 1]" {
		t.Errorf("edge_features = %v, want float32[0 1]", got)
	}
	if got := fieldOf(t, b, graph.Field{Name: "edge_index"}); got.String() != "int64[2 0]" {
		t.Errorf("edge_index = %v, want int64[2 0]", got)
	}
}

// Kipf & Welling, eq. 2: with self-loops the degrees of ethanol are 2, 3, 2.
func TestGCNAdjacencyIsSymmetricallyNormalised(t *testing.T) {
	b := graph.Collate([]*graph.Graph{ethanol(), methane()}, graph.Padded, graph.Padding{})
	got := fieldOf(t, b, graph.Field{Name: "adjacency", Normalisation: "gcn_sym", SelfLoops: true})
	s := float32(1 / math.Sqrt(6))
	want := []float32{0.5, s, 0, s, 1.0 / 3, s, 0, s, 0.5, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	if got.String() != "float32[2 3 3]" {
		t.Fatalf("adjacency is %v", got)
	}
	for i, w := range want {
		if d := math.Abs(float64(got.F32[i] - w)); d > 1e-7 {
			t.Errorf("adjacency[%d] = %v, want %v", i, got.F32[i], w)
		}
	}
}

func TestIsolatedNodeWithoutSelfLoopHasNoNeighbours(t *testing.T) {
	b := graph.Collate([]*graph.Graph{methane()}, graph.Padded, graph.Padding{})
	if got := fieldOf(t, b, graph.Field{Name: "adjacency", Normalisation: "gcn_sym"}).F32; got[0] != 0 {
		t.Errorf("adjacency = %v, want 0", got)
	}
}

func TestPaddingHoldsWhatIsAskedAndMaskIsFalseThere(t *testing.T) {
	nan := float32(math.NaN())
	b := graph.Collate([]*graph.Graph{ethanol(), methane()}, graph.Padded, graph.Padding{Slots: 4, Fill: nan})
	mask := fieldOf(t, b, graph.Field{Name: "atom_mask"}).B
	x := fieldOf(t, b, graph.Field{Name: "node_features"}).F32
	a := fieldOf(t, b, graph.Field{Name: "adjacency"}).F32
	for g := range 2 {
		for i := range 4 {
			if real := mask[g*4+i]; real == math.IsNaN(float64(x[g*4+i])) {
				t.Errorf("graph %d slot %d: mask %v, feature %v", g, i, real, x[g*4+i])
			}
			for j := range 4 {
				if real := mask[g*4+i] && mask[g*4+j]; real == math.IsNaN(float64(a[(g*4+i)*4+j])) {
					t.Errorf("graph %d pair %d,%d: adjacency %v", g, i, j, a[(g*4+i)*4+j])
				}
			}
		}
	}
}

func TestPermuteCarriesRowsAndEdges(t *testing.T) {
	g := ethanol()
	p := g.Permute([]int{2, 0, 1}, []int{3, 1, 2, 0})
	for k := range g.E {
		q := []int{3, 1, 2, 0}[k]
		if p.NodeFeatures[p.Src[q]] != g.NodeFeatures[g.Src[k]] || p.NodeFeatures[p.Dst[q]] != g.NodeFeatures[g.Dst[k]] {
			t.Errorf("edge %d joins other nodes after the permutation", k)
		}
		if p.EdgeFeatures[q] != g.EdgeFeatures[k] {
			t.Errorf("edge %d lost its features", k)
		}
		if r := p.Reverse[q]; p.Src[r] != p.Dst[q] || p.Dst[r] != p.Src[q] {
			t.Errorf("reverse of edge %d is not its opposite", q)
		}
	}
}

func TestUnknownFieldsAndOptionsAreRefused(t *testing.T) {
	for _, f := range []graph.Field{{Name: "nonsense"}, {Name: "edge_index", Order: "up"},
		{Name: "graph_index", DType: graph.Float32}, {Name: "node_features", SelfLoops: true}, {Name: "adjacency"}} {
		if err := graph.Check(graph.Packed, f); err == nil {
			t.Errorf("%+v is accepted", f)
		}
	}
}

// Everything is told at once, each option by its key.
func TestCheckTellsAllFaultsOfAField(t *testing.T) {
	err := graph.Check(graph.Packed, graph.Field{Name: "radial_basis", DType: graph.Int64, Order: "up", Sign: "left", SelfLoops: true, Size: 3,
		Basis: &geometry.Basis{Kind: "bessel", Cutoff: -1}, Envelope: &geometry.Envelope{}})
	want := `order: is no option of field radial_basis
sign: is no option of field radial_basis
dtype: "int64" is none of "float32", "float64"
self_loops: is no option of field radial_basis
size: is no option of field radial_basis
envelope: is no option of field radial_basis
basis/cutoff: -1 Å is not in (0, 1000]
basis/n: 0 is not in 1..1024`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	for _, c := range []struct {
		field graph.Field
		want  string
	}{
		{graph.Field{Name: "spherical_harmonics", LMax: 9, Normalisation: "x"}, "normalisation: \"x\" is none of \"component\", \"norm\", \"integral\"\nlmax: 9 is not in 0..6"},
		{graph.Field{Name: "random_walk_encoding", Size: 2000}, "size: 2000 is not in 1..1024"},
		{graph.Field{Name: "species"}, "elements: is missing"},
		{graph.Field{Name: "cutoff_envelope", Envelope: &geometry.Envelope{Kind: "cosine", P: 3}}, "envelope/p: a cosine envelope has none\nenvelope/cutoff: 0 Å"},
	} {
		if err := graph.Check(graph.Packed, c.field); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.field, err, c.want)
		}
	}
}

func TestFillFieldReusesMemory(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	b := graph.Collate([]*graph.Graph{ethanol(), ethanol()}, graph.Packed, graph.Padding{})
	out := fieldOf(t, b, graph.Field{Name: "node_features"})
	if n := testing.AllocsPerRun(10, func() { b.FillField(graph.Field{Name: "node_features"}, out) }); n > 0 {
		t.Errorf("refilling allocates %v times", n)
	}
}
