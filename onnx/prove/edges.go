package prove

import "molserve/preprocess/graph"

// sameEdge is how far apart the vectors of an edge may be before and after a motion, Å. Images of an atom are
// further apart.
const sameEdge = 1e-3

// edges says which edge of h, made of a structure that was moved, each edge of g is: between the same atoms, along
// the same vector. Where edges come and go, as one at the cutoff does by rounding, ok is false.
func (m motion) edges(g, h *graph.Graph) (to []int, ok bool) {
	if g.E != h.E || len(g.Vectors) != g.E || len(h.Vectors) != h.E {
		return nil, false
	}
	between := map[[2]int32][]int{} // of h
	for k := range h.E {
		ends := [2]int32{h.Src[k], h.Dst[k]}
		between[ends] = append(between[ends], k)
	}
	to, taken := make([]int, g.E), make([]bool, g.E)
	for k := range g.E {
		if to[k] = m.edge(g, h, k, between); to[k] < 0 || taken[to[k]] {
			return nil, false
		}
		taken[to[k]] = true
	}
	return to, true
}

// edge is the edge of h that edge k of g became, or −1.
func (m motion) edge(g, h *graph.Graph, k int, between map[[2]int32][]int) int {
	ends, v := [2]int32{g.Src[k], g.Dst[k]}, g.Vectors[k]
	if m.nodes != nil {
		ends = [2]int32{int32(m.nodes[ends[0]]), int32(m.nodes[ends[1]])}
	}
	if m.turn != nil {
		v = apply(&m.by, v)
	}
	for _, j := range between[ends] {
		if d := plus(h.Vectors[j], times(-1, v)); dot(d, d) < sameEdge*sameEdge {
			return j
		}
	}
	return -1
}

// movedRows returns rows whose row i became row to[i].
func movedRows(rows []float64, to []int) []float64 {
	out := make([]float64, len(rows))
	for i, j := range to {
		width := len(rows) / len(to)
		copy(out[j*width:(j+1)*width], rows[i*width:(i+1)*width])
	}
	return out
}
