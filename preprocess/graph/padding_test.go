package graph_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"molserve/preprocess/graph"
)

// bucket is room for the structures and a ghost, NaN where a network must not look.
var bucket = graph.Padding{Atoms: 64, Edges: 777, Graphs: 9, Lines: 9999, Pairs: 66, Fill: float32(math.NaN())}

func TestBucketsHaveTheShapeThatWasAskedFor(t *testing.T) {
	for _, f := range everyField(graph.Packed) {
		info, _ := graph.Describe(graph.Packed, f.Name)
		b := collate(f, graph.Packed, bucket)
		out := fieldOf(t, b, f)
		sizes := map[string]int64{"N": 64, "E": 777, "G": 9, "G+1": 10, "F": 3, "D": 2, "K": int64(info.Width(&f)), "2": 2, "3": 3,
			"A": 2, "L": 9999, "M": 777 / 2, "P": 66}
		for d, symbol := range info.Shape {
			if out.Shape[d] != sizes[symbol] {
				t.Errorf("%s is %v, want %v", f.Name, out, info.Shape)
			}
		}
	}
}

func TestGhostRowsHoldFillOrFiniteGeometry(t *testing.T) {
	filled := []string{"node_features", "edge_features", "degree", "gcn_norm", "laplacian_norm", "pseudo_coordinates",
		"laplacian_encoding", "random_walk_encoding", "velocities", "auxiliary"}
	for _, f := range everyField(graph.Packed) {
		b := collate(f, graph.Packed, bucket)
		info, _ := graph.Describe(graph.Packed, f.Name)
		out := fieldOf(t, b, f)
		if whole(f) || f.Name == "edge_index" || out.DType == graph.Int64 {
			continue
		}
		real := 0
		for _, g := range b.Graphs {
			real += map[string]int{graph.PerAtom: g.N, graph.PerEdge: g.E, graph.PerGraph: 1}[info.Per]
		}
		width := out.Len() / int(out.Shape[0])
		for i := real * width; i < out.Len(); i++ {
			if x := out.At(i); math.IsNaN(x) != slices.Contains(filled, f.Name) || math.IsInf(x, 0) {
				t.Fatalf("%+v: ghost number %d is %v", f, i, x)
			}
		}
	}
}

func TestGhostTakesAllPaddingAndTouchesNobody(t *testing.T) {
	b := graph.Collate(structures(true), graph.Packed, bucket)
	n, e := 0, 0
	for _, g := range b.Graphs {
		n, e = n+g.N, e+g.E
	}
	ghost := int64(len(b.Graphs))
	index := fieldOf(t, b, graph.Field{Name: "graph_index"}).I64
	for i, g := range index {
		if (g == ghost) != (i >= n) || g > ghost {
			t.Fatalf("atom %d is of graph %d; %d are real", i, g, n)
		}
	}
	counts := fieldOf(t, b, graph.Field{Name: "atoms_per_graph"}).I64
	if counts[ghost] != int64(64-n) || slices.Max(counts[ghost+1:]) != 0 {
		t.Errorf("atoms_per_graph = %v; the first ghost takes %d", counts, 64-n)
	}
	src, dst := fieldOf(t, b, graph.Field{Name: "edge_src"}).I64, fieldOf(t, b, graph.Field{Name: "edge_dst"}).I64
	back := fieldOf(t, b, graph.Field{Name: "reverse_edge"}).I64
	vectors := fieldOf(t, b, graph.Field{Name: "edge_vectors"}).F32
	lengths := fieldOf(t, b, graph.Field{Name: "edge_lengths"}).F32
	for k := e; k < b.E; k++ {
		r := int(back[k])
		odd := (b.E-e)%2 == 1 && k == b.E-1
		switch {
		case min(src[k], dst[k]) < int64(n):
			t.Fatalf("ghost edge %d reaches atom %d of a real graph", k, min(src[k], dst[k]))
		case r < e || int(back[r]) != k || src[r] != dst[k] || dst[r] != src[k]:
			t.Fatalf("ghost edge %d has the opposite %d, which is none", k, r)
		case lengths[k] < 2*cutoff || !odd && vectors[3*k] != -vectors[3*r]:
			t.Fatalf("ghost edge %d is %v Å long along %v", k, lengths[k], vectors[3*k:3*k+3])
		case k > e && dst[k] < dst[k-1]:
			t.Fatalf("ghost edge %d is not sorted by receiver", k)
		}
	}
}

func TestGhostEnvelopeIsExactlyZero(t *testing.T) {
	for _, f := range everyField(graph.Packed) {
		if f.Name != "cutoff_envelope" {
			continue
		}
		b := collate(f, graph.Packed, bucket)
		out := fieldOf(t, b, f)
		for k := range b.E {
			g := fieldOf(t, b, graph.Field{Name: "edge_graph_index"}).I64[k]
			if isGhost := int(g) >= len(b.Graphs); isGhost && out.At(k) != 0 {
				t.Fatalf("ghost edge %d has the envelope %v", k, out.At(k))
			}
		}
		return
	}
}

func TestSmallestGhostHasTwoAtomsAndTwoEdges(t *testing.T) {
	b := graph.Collate([]*graph.Graph{methane()}, graph.Packed, graph.Padding{Atoms: 1})
	if b.N != 3 || b.E != 2 || b.G != 2 {
		t.Errorf("%d atoms, %d edges, %d graphs; want 1+2, 0+2, 1+1", b.N, b.E, b.G)
	}
}

func TestSplitReturnsRowsToTheirOwners(t *testing.T) {
	for _, l := range []graph.Layout{graph.Packed, graph.Padded} {
		b := graph.Collate(structures(true), l, graph.Padding{Slots: 20, Atoms: 64, Edges: 777, Graphs: 9})
		forces := fieldOf(t, b, graph.Field{Name: "positions", DType: graph.Float64})
		parts, err := b.Split(forces, graph.PerAtom)
		if err != nil || len(parts) != len(b.Graphs) {
			t.Fatalf("%d parts, %v", len(parts), err)
		}
		for i, g := range b.Graphs {
			for a, r := range g.Positions {
				if !slices.Equal(parts[i].F64[3*a:3*a+3], r[:]) {
					t.Fatalf("%s: graph %d atom %d is at %v, want %v", l, i, a, parts[i].F64[3*a:3*a+3], r)
				}
			}
		}
		energies := &graph.Tensor{DType: graph.Float64, Shape: []int64{9}, F64: []float64{0, 1, 2, 3, 4, 5, 6, 7, 8}}
		parts, err = b.Split(energies, graph.PerGraph)
		if err != nil || parts[3].F64[0] != 3 || len(parts[3].Shape) != 0 || len(parts) != 5 {
			t.Errorf("%s: energies are split into %v, %v", l, parts, err)
		}
	}
}

func TestSplitRefusesTensorsOfOtherSizes(t *testing.T) {
	b := graph.Collate([]*graph.Graph{ethanol()}, graph.Packed, graph.Padding{})
	short := &graph.Tensor{DType: graph.Float32, Shape: []int64{2, 1}, F32: make([]float32, 2)}
	for _, per := range []string{graph.PerAtom, graph.PerEdge, graph.PerGraph, "pair", "moon"} {
		if _, err := b.Split(short, per); err == nil {
			t.Errorf("2 rows are split per %s", per)
		}
	}
}

func TestWhatIsPerBatchBelongsToALoneGraph(t *testing.T) {
	whole := &graph.Tensor{DType: graph.Float32, Shape: []int64{2, 3}, F32: []float32{1, 2, 3, 4, 5, 6}}
	for _, l := range []graph.Layout{graph.Packed, graph.Padded} {
		parts, err := graph.Collate([]*graph.Graph{ethanol()}, l, graph.Padding{Slots: 20}).Split(whole, graph.PerBatch)
		if err != nil || len(parts) != 1 || !slices.Equal(parts[0].Shape, whole.Shape) || !slices.Equal(parts[0].F32, whole.F32) {
			t.Errorf("%s: %v, %v", l, parts, err)
		}
		if _, err := graph.Collate([]*graph.Graph{ethanol(), methane()}, l, graph.Padding{}).Split(whole, graph.PerBatch); err == nil {
			t.Errorf("%s: shared out among two graphs", l)
		}
	}
	ghost := graph.Collate([]*graph.Graph{ethanol()}, graph.Packed, graph.Padding{Atoms: 64})
	if _, err := ghost.Split(whole, graph.PerBatch); err == nil {
		t.Error("shared with a ghost")
	}
}

func TestGraphsWithoutWhatAFieldNeedsAreRefused(t *testing.T) {
	looped, one, two := ethanol(), ethanol(), ethanol()
	looped.AddLoops(graph.LoopZeros, nil)
	one.Auxiliary, two.Auxiliary = []float32{1}, []float32{1, 2}
	mixed := ethanol()
	mixed.NodeWidth, mixed.NodeFeatures = 2, make([]float32, 6)
	for want, c := range map[string]struct {
		field  graph.Field
		graphs []*graph.Graph
	}{
		"coordinates":   {graph.Field{Name: "positions"}, []*graph.Graph{ethanol()}},
		"edge vectors":  {graph.Field{Name: "edge_lengths"}, []*graph.Graph{ethanol()}},
		"numbers":       {graph.Field{Name: "atomic_numbers"}, []*graph.Graph{directed()}},
		"node features": {graph.Field{Name: "node_features"}, []*graph.Graph{directed()}},
		"edge features": {graph.Field{Name: "edge_features"}, []*graph.Graph{directed()}},
		"is O":          {graph.Field{Name: "species", Elements: []uint8{6}}, []*graph.Graph{ethanol()}},
		"rows of":       {graph.Field{Name: "node_features"}, []*graph.Graph{ethanol(), mixed}},
		"velocities":    {graph.Field{Name: "velocities"}, []*graph.Graph{ethanol()}},
		"rings":         {graph.Field{Name: "ring_distances"}, []*graph.Graph{ethanol()}},
		"pairs":         {graph.Field{Name: "pair_index"}, []*graph.Graph{ethanol()}},
		"no auxiliary":  {graph.Field{Name: "auxiliary"}, []*graph.Graph{ethanol()}},
		"auxiliary":     {graph.Field{Name: "auxiliary"}, []*graph.Graph{two, one}},
		"and no bond":   {graph.Field{Name: "bond_features"}, []*graph.Graph{looped}},
		"opposite":      {graph.Field{Name: "edge_bond_index"}, []*graph.Graph{directed()}},
	} {
		layout := graph.Packed
		if graph.Check(layout, c.field) != nil {
			layout = graph.Padded
		}
		err := graph.Collate(c.graphs, layout, graph.Padding{}).FillField(c.field, new(graph.Tensor))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", c.field.Name, err, want)
		}
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	graphs := structures(false)
	for _, l := range []graph.Layout{graph.Packed, graph.Padded} {
		for _, pad := range []graph.Padding{{}, bucket} {
			b := new(graph.Batch)
			for _, f := range everyField(l) {
				if strings.HasPrefix(f.Name, "laplacian_max") || strings.HasPrefix(f.Name, "laplacian_enc") {
					continue // gonum allocates the matrix of a graph
				}
				out := new(graph.Tensor)
				n := testing.AllocsPerRun(5, func() {
					b.Reset(graphs, l, pad)
					if err := b.FillField(f, out); err != nil {
						t.Fatal(err)
					}
				})
				if n > 0 {
					t.Errorf("%s %+v allocates %v times", l, f, n)
				}
			}
		}
	}
}

func TestLadderHasRoomForAGhost(t *testing.T) {
	for _, l := range []graph.Ladder{{}, {Ratio: 1.5}, {Ratio: 1.01, Atoms: 1, Edges: 1, Graphs: 1}} {
		for n := range 3000 {
			p := l.Fit(n, 2*n, n/10)
			again := l.Fit(p.Atoms-2, p.Edges-2, p.Graphs-1)
			if p.Atoms < n+2 || p.Edges < 2*n+2 || p.Graphs < n/10+1 || again != p {
				t.Fatalf("%+v fits %d atoms with %+v, and fills that with %+v", l, n, p, again)
			}
		}
	}
}

func TestBatchesFillAtTheSameTime(t *testing.T) {
	fields := everyField(graph.Packed)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, f := range fields {
				if err := collate(f, graph.Packed, bucket).FillField(f, new(graph.Tensor)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
