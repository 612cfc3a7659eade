package prove

import (
	"slices"

	"molserve/preprocess/graph"
)

// united is graphs as one of n nodes, none bound to another's: the largest again and again, then nodes
// without edges.
func united(graphs []*graph.Graph, n int) *graph.Graph {
	like := slices.MaxFunc(graphs, func(a, b *graph.Graph) int { return a.N - b.N }).Dense()
	u := *like
	if like.N > n {
		return &u // what was let in is the largest there is
	}
	for u.N+like.N <= n {
		addTo(&u, like)
	}
	if u.N == n {
		return &u
	}
	return withNodes(&u, like, n-u.N)
}

// addTo puts g beside what u has.
func addTo(u, g *graph.Graph) {
	shift, edges := int32(u.N), int32(u.E)
	moved := func(list []int32, by int32) []int32 {
		out := slices.Clone(list)
		for i := range out {
			out[i] += by
		}
		return out
	}
	u.Src, u.Dst = slices.Concat(u.Src, moved(g.Src, shift)), slices.Concat(u.Dst, moved(g.Dst, shift))
	u.Reverse = slices.Concat(u.Reverse, moved(g.Reverse, edges))
	u.NodeFeatures, u.EdgeFeatures = slices.Concat(u.NodeFeatures, g.NodeFeatures), slices.Concat(u.EdgeFeatures, g.EdgeFeatures)
	u.Numbers, u.Positions, u.Velocities = slices.Concat(u.Numbers, g.Numbers), slices.Concat(u.Positions, g.Positions), slices.Concat(u.Velocities, g.Velocities)
	u.Vectors, u.Lengths, u.Shifts = slices.Concat(u.Vectors, g.Vectors), slices.Concat(u.Lengths, g.Lengths), slices.Concat(u.Shifts, g.Shifts)
	for _, ring := range g.Rings {
		u.Rings = append(slices.Clip(u.Rings), moved(ring, shift))
	}
	for _, p := range g.Pairs {
		u.Pairs = append(slices.Clip(u.Pairs), [2]int32{p[0] + shift, p[1] + shift})
	}
	u.N, u.E = u.N+g.N, u.E+g.E
}
