package featurize

import (
	"cmp"
	"slices"

	"molserve/preprocess/graph"
)

// sortEdges orders the edges of g by source, then target, and keeps their rows and opposites with them.
func sortEdges(g *graph.Graph) {
	order := make([]int32, g.E) // edges by their new place
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(g.Src[a], g.Src[b]), cmp.Compare(g.Dst[a], g.Dst[b]))
	})
	place := make([]int32, g.E)
	for to, from := range order {
		place[from] = int32(to)
	}
	src, dst, reverse, rows := slices.Clone(g.Src), slices.Clone(g.Dst), slices.Clone(g.Reverse), slices.Clone(g.EdgeFeatures)
	d := g.EdgeWidth
	for to, from := range order {
		g.Src[to], g.Dst[to], g.Reverse[to] = src[from], dst[from], place[reverse[from]]
		copy(g.EdgeFeatures[to*d:(to+1)*d], rows[int(from)*d:])
	}
}

// addLoops appends an edge i → i of each atom, which is its own opposite, all with the same row.
func addLoops(g *graph.Graph, row []float32) {
	for i := range int32(g.N) {
		g.Src, g.Dst, g.Reverse = append(g.Src, i), append(g.Dst, i), append(g.Reverse, int32(g.E)+i)
		g.EdgeFeatures = append(g.EdgeFeatures, row...)
	}
	g.E += g.N
}

// completeGraph has an edge for each ordered pair of n atoms, i → i too, sorted by source, then target; rows are zero.
func completeGraph(n, nodeWidth, edgeWidth int) *graph.Graph {
	e := n * n
	index := make([]int32, 3*e)
	g := &graph.Graph{N: n, E: e, NodeWidth: nodeWidth, EdgeWidth: edgeWidth, NodeFeatures: make([]float32, n*nodeWidth),
		EdgeFeatures: make([]float32, e*edgeWidth), Numbers: make([]uint8, n),
		Src: index[:e:e], Dst: index[e : 2*e : 2*e], Reverse: index[2*e:]}
	for k := range e {
		i, j := k/n, k%n
		g.Src[k], g.Dst[k], g.Reverse[k] = int32(i), int32(j), int32(j*n+i)
	}
	return g
}
