package graph_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"molserve/preprocess/graph"
)

// block is the columns of graph i in a [2,·] tensor, its own nodes counted from 0.
func block(out *graph.Tensor, from, to, offset int) [][2]int64 {
	all := int(out.Shape[1])
	var columns [][2]int64
	for k := from; k < to; k++ {
		columns = append(columns, [2]int64{out.I64[k] - int64(offset), out.I64[all+k] - int64(offset)})
	}
	return columns
}

func TestLineGraphsAndPairsOfManyEqualThoseOfOne(t *testing.T) {
	for _, f := range []graph.Field{{Name: "line_graph_index"}, {Name: "line_graph_index", Order: "dst_src"}, {Name: "pair_index"}} {
		for _, pad := range []graph.Padding{{}, bucket} {
			graphs := structures(true)
			out := fieldOf(t, graph.Collate(graphs, graph.Packed, pad), f)
			at, atoms, edges := 0, 0, 0
			for i, g := range graphs {
				alone := fieldOf(t, graph.Collate(graphs[i:i+1], graph.Packed, graph.Padding{}), f)
				n, offset := int(alone.Shape[1]), edges
				if f.Name == "pair_index" {
					offset = atoms
				}
				if got, want := block(out, at, at+n, offset), block(alone, 0, n, 0); !slices.Equal(got, want) {
					t.Errorf("%+v graph %d: %v, alone %v", f, i, got, want)
				}
				at, atoms, edges = at+n, atoms+g.N, edges+g.E
			}
		}
	}
}

func TestLineGraphIsPaddedByTheGhostAlone(t *testing.T) {
	graphs := structures(true)
	lines, edges, atoms, pairs := 0, 0, 0, 0
	for _, g := range graphs {
		lines, edges, atoms, pairs = lines+g.Lines(), edges+g.E, atoms+g.N, pairs+len(g.Pairs)
	}
	for _, missing := range []int{0, 1, 2, 7} {
		b := graph.Collate(graphs, graph.Packed, graph.Padding{Lines: lines + missing, Pairs: pairs + missing})
		out := fieldOf(t, b, graph.Field{Name: "line_graph_index"})
		if int(out.Shape[1]) != lines+missing || b.E != edges+2 || b.P != pairs+missing {
			t.Fatalf("%v and %d pairs for %d line edges and %d pairs, %d missing", out, b.P, lines, pairs, missing)
		}
		for k, ends := range block(out, lines, lines+missing, edges) {
			if want := [2]int64{1, 0}; k >= (missing+1)/2 {
				if ends != [2]int64{0, 1} {
					t.Errorf("ghost line edge %d is %v", k, ends)
				}
			} else if ends != want {
				t.Errorf("ghost line edge %d is %v, want %v", k, ends, want)
			}
		}
		for _, pair := range block(fieldOf(t, b, graph.Field{Name: "pair_index"}), pairs, pairs+missing, atoms) {
			if pair != [2]int64{0, 1} {
				t.Errorf("ghost pair %v", pair)
			}
		}
	}
	less := fieldOf(t, graph.Collate(graphs, graph.Packed, graph.Padding{Lines: 1}), graph.Field{Name: "line_graph_index"})
	if int(less.Shape[1]) != lines {
		t.Errorf("%v in room for one, %d are needed", less, lines)
	}
}

// Line edges go with their edges when those are moved.
func TestLineGraphFollowsAPermutation(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	for _, g := range structures(true) {
		edges := r.Perm(g.E)
		was := fieldOf(t, graph.Collate([]*graph.Graph{g}, graph.Packed, graph.Padding{}), graph.Field{Name: "line_graph_index"})
		is := fieldOf(t, graph.Collate([]*graph.Graph{g.Permute(r.Perm(g.N), edges)}, graph.Packed, graph.Padding{}), graph.Field{Name: "line_graph_index"})
		want := block(was, 0, int(was.Shape[1]), 0)
		for k, ends := range want {
			want[k] = [2]int64{int64(edges[ends[0]]), int64(edges[ends[1]])}
		}
		slices.SortFunc(want, func(a, b [2]int64) int { return slices.Compare([]int64{a[1], a[0]}, []int64{b[1], b[0]}) })
		if got := block(is, 0, int(is.Shape[1]), 0); !slices.Equal(got, want) {
			t.Errorf("%d atoms: %v, want %v", g.N, got, want)
		}
	}
}

// Of a molecule bond k is edges 2k and 2k+1; of any graph both edges of a bond lead to a row that is the
// features of the first.
func TestBondsAreTheirEdges(t *testing.T) {
	b := graph.Collate([]*graph.Graph{ethanol(), methane(), ethanol()}, graph.Packed, graph.Padding{})
	if got := fieldOf(t, b, graph.Field{Name: "bond_features"}).F32; !slices.Equal(got, []float32{10, 20, 10, 20}) {
		t.Errorf("bond_features = %v", got)
	}
	if got := fieldOf(t, b, graph.Field{Name: "edge_bond_index"}).I64; !slices.Equal(got, []int64{0, 0, 1, 1, 2, 2, 3, 3}) {
		t.Errorf("edge_bond_index = %v", got)
	}
	r := rand.New(rand.NewPCG(9, 2))
	for _, dtype := range []graph.DType{graph.Float32, graph.Int64} {
		for _, pad := range []graph.Padding{{}, bucket} {
			graphs := structures(true)
			for i, g := range graphs {
				for k, back := range g.Reverse {
					copy(g.EdgeFeatures[2*int(back):2*int(back)+2], g.EdgeFeatures[2*k:2*k+2])
				}
				graphs[i] = g.Permute(r.Perm(g.N), r.Perm(g.E))
			}
			b := graph.Collate(graphs, graph.Packed, pad)
			edges := fieldOf(t, b, graph.Field{Name: "edge_features", DType: dtype})
			bonds := fieldOf(t, b, graph.Field{Name: "bond_features", DType: dtype})
			index := fieldOf(t, b, graph.Field{Name: "edge_bond_index"}).I64
			back := fieldOf(t, b, graph.Field{Name: "reverse_edge"}).I64
			if int(bonds.Shape[0]) != b.E/2 {
				t.Fatalf("%v of %d edges", bonds, b.E)
			}
			real := 0
			for _, g := range graphs {
				real += g.E
			}
			for k, m := range index {
				ghost := k >= real
				if index[back[k]] != m || ghost != (int(m) >= real/2) {
					t.Fatalf("edge %d has bond %d, its opposite %d", k, m, index[back[k]])
				}
				x, y := edges.At(2*k), bonds.At(2*int(m))
				if x != y && !(ghost && math.IsNaN(x) && math.IsNaN(y)) {
					t.Fatalf("edge %d has feature %v, its bond %d %v", k, x, m, y)
				}
			}
		}
	}
}

func TestPairsFollowAPermutationAndKeepTheirOrder(t *testing.T) {
	g := structures(false)[2]
	nodes := rand.New(rand.NewPCG(1, 9)).Perm(g.N)
	edges := make([]int, g.E)
	for k := range edges {
		edges[k] = k
	}
	p := g.Permute(nodes, edges)
	for k, pair := range g.Pairs {
		if want := [2]int32{int32(nodes[pair[0]]), int32(nodes[pair[1]])}; p.Pairs[k] != want {
			t.Errorf("pair %d is %v, want %v", k, p.Pairs[k], want)
		}
	}
}

func TestAnswersOfPairsGoToTheirGraphs(t *testing.T) {
	graphs := structures(true)
	b := graph.Collate(graphs, graph.Packed, bucket)
	scores := &graph.Tensor{DType: graph.Float32, Shape: []int64{66}, F32: make([]float32, 66)}
	for k := range scores.F32 {
		scores.F32[k] = float32(k)
	}
	parts, err := b.Split(scores, graph.PerPair)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, g := range graphs {
		if len(parts[i].F32) != len(g.Pairs) || parts[i].F32[0] != float32(at) {
			t.Errorf("graph %d has %v, its first is %d", i, parts[i].F32, at)
		}
		at += len(g.Pairs)
	}
}

// Two fused rings, as of naphthalene but with five atoms in the smaller: the smaller ring holds a shared pair.
func TestRingDistanceIsTheSmallestRingThroughBoth(t *testing.T) {
	g := &graph.Graph{N: 10, Rings: [][]int32{{0, 1, 2, 3, 4, 5}, {0, 5, 6, 7, 8}}}
	d := fieldOf(t, graph.Collate([]*graph.Graph{g}, graph.Padded, graph.Padding{}), graph.Field{Name: "ring_distances"}).F32
	for _, c := range []struct {
		i, j int
		want float32
	}{{0, 5, 5}, {0, 0, 5}, {1, 1, 6}, {1, 4, 6}, {1, 0, 6}, {6, 0, 5}, {1, 6, 0}, {9, 9, 0}, {0, 9, 0}} {
		if d[c.i*10+c.j] != c.want || d[c.j*10+c.i] != c.want {
			t.Errorf("atoms %d and %d: %v, want %v", c.i, c.j, d[c.i*10+c.j], c.want)
		}
	}
	acyclic := &graph.Graph{N: 2, Rings: [][]int32{}}
	if d := fieldOf(t, graph.Collate([]*graph.Graph{acyclic}, graph.Padded, graph.Padding{}), graph.Field{Name: "ring_distances"}).F32; slices.Max(d) != 0 {
		t.Errorf("without rings: %v", d)
	}
}

func TestChargeAndSpinAreOneNumberAGraph(t *testing.T) {
	a, b := ethanol(), methane()
	a.Charge, a.Multiplicity = -2, 3
	for _, l := range []graph.Layout{graph.Packed, graph.Padded} {
		for _, dtype := range []graph.DType{graph.Int64, graph.Float32} {
			batch := graph.Collate([]*graph.Graph{a, b}, l, graph.Padding{Graphs: 4})
			q, s := fieldOf(t, batch, graph.Field{Name: "total_charge", DType: dtype}), fieldOf(t, batch, graph.Field{Name: "spin_multiplicity", DType: dtype})
			for i, want := range [][2]float64{{-2, 3}, {0, 1}, {0, 1}, {0, 1}} { // ghosts last
				if q.At(i) != want[0] || s.At(i) != want[1] {
					t.Errorf("%s %s: graph %d has %v and %v, want %v", l, dtype, i, q.At(i), s.At(i), want)
				}
			}
		}
	}
}
