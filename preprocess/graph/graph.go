package graph

// Graph is one structure as arrays: N nodes (atoms), E directed edges, both directions present.
type Graph struct {
	N, E         int
	NodeWidth    int       // F
	EdgeWidth    int       // D
	NodeFeatures []float32 // [N,F] row-major
	EdgeFeatures []float32 // [E,D] row-major
	Src, Dst     []int32   // [E] sending and receiving node
	Reverse      []int32   // [E] index of the opposite edge
	Numbers      []uint8   // [N] atomic numbers
}

// Permute returns g with its rows moved, features carried along: node i of g becomes node
// nodes[i], edge k becomes edge edges[k]. Both must be permutations of 0..N-1 and 0..E-1.
func (g *Graph) Permute(nodes, edges []int) *Graph {
	p := &Graph{N: g.N, E: g.E, NodeWidth: g.NodeWidth, EdgeWidth: g.EdgeWidth,
		NodeFeatures: permuteRows(g.NodeFeatures, g.NodeWidth, nodes),
		EdgeFeatures: permuteRows(g.EdgeFeatures, g.EdgeWidth, edges),
		Src:          make([]int32, g.E), Dst: make([]int32, g.E), Reverse: make([]int32, g.E),
		Numbers: permuteRows(g.Numbers, 1, nodes)}
	for k, to := range edges {
		p.Src[to], p.Dst[to] = int32(nodes[g.Src[k]]), int32(nodes[g.Dst[k]])
		p.Reverse[to] = int32(edges[g.Reverse[k]])
	}
	return p
}

func permuteRows[T any](rows []T, width int, to []int) []T {
	out := make([]T, len(rows))
	for i, j := range to {
		copy(out[j*width:(j+1)*width], rows[i*width:(i+1)*width])
	}
	return out
}
