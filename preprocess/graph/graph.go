package graph

import "slices"

// Graph is one structure as arrays: N nodes (atoms), E directed edges. Both directions of an edge are
// present, except among the k nearest neighbours.
type Graph struct {
	N, E         int
	NodeWidth    int       // F
	EdgeWidth    int       // D
	NodeFeatures []float32 // [N,F] row-major
	EdgeFeatures []float32 // [E,D] row-major
	Src, Dst     []int32   // [E] sending and receiving node
	Reverse      []int32   // [E] index of the opposite edge; nil where not every edge has one
	Numbers      []uint8   // [N] atomic numbers; nil for a raw graph

	HotNodes, HotEdges *Hot // in place of NodeFeatures and EdgeFeatures in a compact graph; nil elsewhere

	// Of a structure with coordinates; nil for a molecule of bonds.
	Positions [][3]float64   // [N] Å
	Cell      *[3][3]float64 // rows are the cell vectors, Å; nil: none
	Periodic  [3]bool        // along each cell vector
	Vectors   [][3]float64   // [E] Å, r(Src) + Shift·Cell − r(Dst)
	Lengths   []float64      // [E] Å
	Shifts    [][3]int32     // [E] cells
	Cutoff    float64        // Å, every edge is shorter; 0: edges end elsewhere

	// What some models want besides.
	Velocities   [][3]float64 // [N] Å/fs; nil: none were sent
	Rings        [][]int32    // nodes of each ring of the symmetrized smallest set; nil: none were looked for
	Charge       int          // e
	Multiplicity int          // 2S + 1; 0 stands for 1
	Auxiliary    []float32    // [A] numbers of the sender; nil: none were sent
	Pairs        [][2]int32   // [P] pairs of nodes that are asked about; nil: none were sent

	Changes []string // what was changed at the caller's wish, for people
}

// Permute returns g with its rows moved, features and geometry carried along: node i of g becomes node
// nodes[i], edge k becomes edge edges[k]. Both must be permutations of 0..N-1 and 0..E-1. Pairs keep
// their order.
func (g *Graph) Permute(nodes, edges []int) *Graph {
	g = g.Dense()
	p := *g
	p.NodeFeatures = permuteRows(g.NodeFeatures, g.NodeWidth, nodes)
	p.EdgeFeatures = permuteRows(g.EdgeFeatures, g.EdgeWidth, edges)
	p.Numbers, p.Positions = permuteRows(g.Numbers, 1, nodes), permuteRows(g.Positions, 1, nodes)
	p.Velocities = permuteRows(g.Velocities, 1, nodes)
	p.Vectors, p.Lengths = permuteRows(g.Vectors, 1, edges), permuteRows(g.Lengths, 1, edges)
	p.Shifts, p.Reverse = permuteRows(g.Shifts, 1, edges), permuteRows(g.Reverse, 1, edges)
	p.Src, p.Dst = permuteRows(g.Src, 1, edges), permuteRows(g.Dst, 1, edges)
	renumber(p.Src, nodes)
	renumber(p.Dst, nodes)
	renumber(p.Reverse, edges)
	p.Rings, p.Pairs = slices.Clone(g.Rings), slices.Clone(g.Pairs)
	for r, ring := range p.Rings {
		p.Rings[r] = slices.Clone(ring)
		renumber(p.Rings[r], nodes)
	}
	for k := range p.Pairs {
		renumber(p.Pairs[k][:], nodes)
	}
	return &p
}

// permuteRows moves row i to row to[i]; what is nil stays nil.
func permuteRows[T any](rows []T, width int, to []int) []T {
	if len(rows) == 0 {
		return rows
	}
	out := make([]T, len(rows))
	for i, j := range to {
		copy(out[j*width:(j+1)*width], rows[i*width:(i+1)*width])
	}
	return out
}

// renumber replaces each index by where it went.
func renumber(index []int32, to []int) {
	for k, i := range index {
		index[k] = int32(to[i])
	}
}
