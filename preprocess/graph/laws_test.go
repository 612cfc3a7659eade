package graph_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

const cutoff = 3.0 // Å

// structure is n atoms in a box, within the cutoff of each other where they are near; periodic when
// asked. Features are made up.
func structure(r *rand.Rand, n int, periodic bool) *graph.Graph {
	g := &graph.Graph{N: n, NodeWidth: 3, EdgeWidth: 2, Cutoff: cutoff}
	side := 2 * math.Cbrt(float64(n))
	in := geometry.Structure{}
	for range n {
		g.Numbers = append(g.Numbers, []uint8{1, 6, 8}[r.IntN(3)])
		g.Positions = append(g.Positions, [3]float64{side * r.Float64(), side * r.Float64(), side * r.Float64()})
		g.NodeFeatures = append(g.NodeFeatures, float32(r.IntN(9)), float32(r.IntN(9)), 1)
	}
	addWishes(g, r)
	in.Positions = g.Positions
	if periodic {
		g.Cell = &[3][3]float64{{side, 0, 0}, {0.3 * side, side, 0}, {0.1, -0.2, side}}
		g.Periodic = [3]bool{true, true, true}
		in.Cell, in.PBC = (*geometry.Cell)(g.Cell), g.Periodic
	}
	var near geometry.Neighbours
	if err := near.Build(in, geometry.Options{Cutoff: cutoff}); err != nil {
		panic(err)
	}
	g.E, g.Src, g.Dst, g.Shifts, g.Vectors, g.Lengths = near.Len(), near.Src, near.Dst, near.Shift, near.Vec, near.Dist
	place := map[[5]int32]int32{}
	for k, s := range g.Shifts {
		place[[5]int32{g.Src[k], g.Dst[k], s[0], s[1], s[2]}] = int32(k)
	}
	for k, s := range g.Shifts {
		g.Reverse = append(g.Reverse, place[[5]int32{g.Dst[k], g.Src[k], -s[0], -s[1], -s[2]}])
	}
	for range g.E {
		g.EdgeFeatures = append(g.EdgeFeatures, float32(r.IntN(9)), 1)
	}
	return g
}

// addWishes gives g what only some models want. Rings are made up too: any lists of nodes will do.
func addWishes(g *graph.Graph, r *rand.Rand) {
	g.Charge, g.Multiplicity = r.IntN(5)-2, r.IntN(3)
	g.Auxiliary = []float32{r.Float32(), -r.Float32()}
	g.Pairs, g.Rings = [][2]int32{}, [][]int32{}
	for range g.N {
		g.Velocities = append(g.Velocities, [3]float64{r.NormFloat64(), r.NormFloat64(), 0})
		g.Pairs = append(g.Pairs, [2]int32{int32(r.IntN(g.N)), int32(r.IntN(g.N))})
	}
	for size := 3; size < g.N; size++ {
		var ring []int32
		for _, i := range r.Perm(g.N)[:size] {
			ring = append(ring, int32(i))
		}
		g.Rings = append(g.Rings, ring)
	}
}

// structures are molecules of mixed sizes, a lone atom among them, and periodic ones when asked.
func structures(periodic bool) []*graph.Graph {
	r := rand.New(rand.NewPCG(1, 2))
	list := []*graph.Graph{structure(r, 5, false), structure(r, 1, false), structure(r, 12, false), structure(r, 2, false)}
	if periodic {
		list = append(list, structure(r, 6, true))
	}
	return list
}

// everyField is each field of a layout, with options that it needs, and with each of its choices.
func everyField(l graph.Layout) []graph.Field {
	var all []graph.Field
	for _, name := range graph.Names(l) {
		info, _ := graph.Describe(l, name)
		f := graph.Field{Name: name}
		if info.Elements {
			f.Elements = []uint8{8, 1, 6}
		}
		if info.Basis {
			f.Basis = &geometry.Basis{Kind: geometry.Bessel, N: 8, Cutoff: cutoff}
		}
		if info.Envelope {
			f.Envelope = &geometry.Envelope{Kind: geometry.Polynomial, Cutoff: cutoff}
		}
		if info.LMax {
			f.LMax = 3
		}
		if info.Size {
			f.Size = 3
		}
		for _, f.DType = range info.DTypes {
			for _, f.Order = range append(info.Orders, "") {
				for _, f.Sign = range append(info.Signs, "") {
					for _, f.Normalisation = range append(info.Normalisations, "") {
						all = append(all, f)
					}
				}
			}
		}
	}
	return all
}

// periodicToo tells whether a field exists of structures that repeat.
func periodicToo(f graph.Field) bool { return f.Name != "distances" && f.Name != "pair_features" }

func collate(f graph.Field, l graph.Layout, pad graph.Padding) *graph.Batch {
	return graph.Collate(structures(periodicToo(f)), l, pad)
}

// rowsOf returns the rows of graph i of a field, indices counted from the graph's own first atom or edge.
func rowsOf(t *testing.T, b *graph.Batch, f graph.Field, out *graph.Tensor, i int) []float64 {
	t.Helper()
	info, _ := graph.Describe(b.Layout, f.Name)
	atoms, edges := 0, 0
	for _, g := range b.Graphs[:i] {
		atoms, edges = atoms+g.N, edges+g.E
	}
	offset := map[string]int{"edge_src": atoms, "edge_dst": atoms, "edge_list": atoms, "edge_index": atoms,
		"reverse_edge": edges, "graph_index": i, "edge_graph_index": i, "edge_bond_index": edges / 2}[f.Name]
	var part graph.Tensor
	var values []float64
	switch {
	case f.Name == "edge_index":
		for side := range 2 {
			for k := range b.Graphs[i].E {
				values = append(values, out.At(side*b.E+edges+k)-float64(offset))
			}
		}
		return values
	case info.Per == graph.PerPair:
		n, w := b.Graphs[i].N, out.Len()/(b.G*b.Slots*b.Slots)
		for r := range n {
			for k := range n * w {
				values = append(values, out.At(((i*b.Slots+r)*b.Slots)*w+k))
			}
		}
		return values
	}
	if err := b.Part(i, out, info.Per, &part); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	for k := range part.Len() {
		values = append(values, part.At(k)-float64(offset))
	}
	return values
}

// whole are fields without rows of single graphs. Those of bonds, of pairs and of the line graph have laws of
// their own.
func whole(f graph.Field) bool {
	return slices.Contains([]string{"graph_offsets", "line_graph_index", "bond_features", "pair_index"}, f.Name)
}

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y })
}

func TestBatchesOfManyEqualBatchesOfOne(t *testing.T) {
	nan := float32(math.NaN())
	for _, l := range []graph.Layout{graph.Packed, graph.Padded} {
		for _, f := range everyField(l) {
			if whole(f) {
				continue
			}
			graphs := structures(periodicToo(f))
			for _, pad := range []graph.Padding{{}, {Slots: 20, Fill: nan}, {Atoms: 64, Edges: 777, Graphs: 9, Fill: nan}} {
				b := graph.Collate(graphs, l, pad)
				out := fieldOf(t, b, f)
				for i, g := range graphs {
					alone := graph.Collate([]*graph.Graph{g}, l, graph.Padding{})
					want := rowsOf(t, alone, f, fieldOf(t, alone, f), 0)
					if got := rowsOf(t, b, f, out, i); !same(got, want) {
						t.Errorf("%s %+v with %+v: graph %d has %v, alone %v", l, f, pad, i, got, want)
					}
				}
			}
		}
	}
}

func TestPackedAndPaddedHoldTheSameRows(t *testing.T) {
	packed := graph.Names(graph.Packed)
	for _, f := range everyField(graph.Padded) {
		if !slices.Contains(packed, f.Name) {
			continue
		}
		a, b := collate(f, graph.Packed, graph.Padding{}), collate(f, graph.Padded, graph.Padding{Slots: 15})
		x, y := fieldOf(t, a, f), fieldOf(t, b, f)
		for i := range a.Graphs {
			if got, want := rowsOf(t, b, f, y, i), rowsOf(t, a, f, x, i); !same(got, want) {
				t.Errorf("%+v: graph %d padded %v, packed %v", f, i, got, want)
			}
		}
	}
}

// Every field of a permuted graph is the permuted field: rows move, indices are renamed. Eigenvectors
// have a test of their own.
func TestFieldsFollowAPermutation(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, l := range []graph.Layout{graph.Packed, graph.Padded} {
		for _, f := range everyField(l) {
			if whole(f) || f.Name == "laplacian_encoding" || f.Name == "edge_bond_index" {
				continue
			}
			for _, g := range structures(periodicToo(f)) {
				nodes, edges := r.Perm(g.N), r.Perm(g.E)
				was, is := graph.Collate([]*graph.Graph{g}, l, graph.Padding{}), graph.Collate([]*graph.Graph{g.Permute(nodes, edges)}, l, graph.Padding{})
				want := permuted(rowsOf(t, was, f, fieldOf(t, was, f), 0), f, l, nodes, edges)
				got := rowsOf(t, is, f, fieldOf(t, is, f), 0)
				for k := range want {
					if math.Abs(got[k]-want[k]) > 1e-5 {
						t.Fatalf("%s %+v: number %d of %d atoms is %v, want %v", l, f, k, g.N, got[k], want[k])
					}
				}
			}
		}
	}
}

// permuted moves the rows of one graph and renames the indices that they hold.
func permuted(x []float64, f graph.Field, l graph.Layout, nodes, edges []int) []float64 {
	info, _ := graph.Describe(l, f.Name)
	out := slices.Clone(x)
	rename := func(v float64) float64 {
		switch f.Name {
		case "edge_src", "edge_dst", "edge_list", "edge_index":
			return float64(nodes[int(v)])
		case "reverse_edge":
			return float64(edges[int(v)])
		}
		return v
	}
	move := func(from, to, width int) {
		for c := range width {
			out[to*width+c] = rename(x[from*width+c])
		}
	}
	n, e := len(nodes), len(edges)
	switch {
	case f.Name == "edge_index":
		for k, to := range edges {
			move(k, to, 1)
			move(e+k, e+to, 1)
		}
	case info.Per == graph.PerAtom:
		for i, to := range nodes {
			move(i, to, len(x)/n)
		}
	case info.Per == graph.PerEdge:
		for k, to := range edges {
			move(k, to, len(x)/e)
		}
	case info.Per == graph.PerPair:
		for i, a := range nodes {
			for j, b := range nodes {
				move(i*n+j, a*n+b, len(x)/(n*n))
			}
		}
	}
	return out
}

func TestSignTurnsVectorsShiftsAndOddHarmonics(t *testing.T) {
	for _, name := range []string{"edge_vectors", "edge_unit_vectors", "edge_shifts", "spherical_harmonics"} {
		f := graph.Field{Name: name, DType: graph.Float64}
		if name == "spherical_harmonics" {
			f.LMax = 3
		}
		b := collate(f, graph.Packed, graph.Padding{})
		there := fieldOf(t, b, f)
		f.Sign = "dst_minus_src"
		back := fieldOf(t, b, f)
		width := there.Len() / b.E
		for i := range there.Len() {
			sign := -1.0
			if c := i % width; name == "spherical_harmonics" && int(math.Sqrt(float64(c)))%2 == 0 {
				sign = 1
			}
			if back.F64[i] != sign*there.F64[i] {
				t.Fatalf("%s: number %d is %v, turned %v", name, i, there.F64[i], back.F64[i])
			}
		}
	}
}
