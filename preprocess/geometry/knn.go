package geometry

import (
	"cmp"
	"slices"

	"molserve/preprocess/molecule"
)

const (
	// firstRadius times ∛k is where the search for k neighbours begins, Å: a ball of it holds k
	// atoms of condensed matter (about 0.1 atoms/Å³).
	firstRadius = 1.5
	// widerRadius is how much a ball grows when it holds too few.
	widerRadius = 1.6
	// worth bounds the pairs that are looked at for each edge allowed, so that clusters of coincident
	// atoms are refused and not searched through.
	worth = 64
)

// KNearest makes n the k nearest neighbours of each atom: k edges to every receiving atom, all others
// when there are no k. Images count as neighbours, an atom's own too; of neighbours at equal distance
// the lower (src, shift) goes first. Edges are sorted as always, not by distance, and the opposite of
// an edge need not be one. At most maxEdges edges (zero: DefaultMaxEdges).
func (n *Neighbours) KNearest(s Structure, k, maxEdges int) error {
	n.clear()
	if k < 1 {
		return molecule.Refuse(molecule.CodeUnsupported, -1, "%d nearest neighbours; it must be 1 or more", k)
	}
	if s.PBC == [3]bool{} {
		k = min(k, max(len(s.Positions)-1, 0))
	}
	o := Options{Cutoff: firstRadius, MaxEdges: maxEdges}
	if e := float64(len(s.Positions)) * float64(k); e > float64(o.maxEdges()) {
		return tooManyEdges("exactly", e, o.maxEdges())
	}
	if err := n.widen(s, k, o); err != nil {
		n.clear()
		return err
	}
	n.resize(len(s.Positions) * k)
	n.First = sized(n.First, len(s.Positions)+1)
	for i := range n.First {
		n.First[i] = int32(i * k)
	}
	return nil
}

// widen looks in wider and wider balls until each atom has its k neighbours, in rows of k.
func (n *Neighbours) widen(s Structure, k int, o Options) error {
	n.pending = sized(n.pending, len(s.Positions))
	for i := range n.pending {
		n.pending[i] = int32(i)
	}
	for r := 1.0; r*r*r < float64(k); r *= widerRadius {
		o.Cutoff = firstRadius * r
	}
	for ; len(n.pending) > 0 && k > 0; o.Cutoff *= widerRadius {
		// A ball of the search is no list: what it may hold is bounded by the pairs looked at.
		if err := n.search.prepare(s, Options{Cutoff: o.Cutoff, MaxEdges: worth * o.maxEdges()}); err != nil {
			return err
		}
		looked := 0
		n.pending = slices.DeleteFunc(n.pending, func(i int32) bool {
			found := n.rank(int(i), len(s.Positions)*k)
			looked += found
			return looked <= worth*o.maxEdges() && n.take(int(i), k)
		})
		if looked > worth*o.maxEdges() {
			return tooManyEdges("more than", float64(looked), worth*o.maxEdges())
		}
	}
	return nil
}

// rank writes all edges within the cutoff that atom i receives from place end on, lists them by
// distance and returns how many there are.
func (n *Neighbours) rank(i, end int) int {
	images := n.search.near(i)
	last := end + len(images) - 1
	n.resize(last)
	n.fill(end, i, images)
	n.ranked = n.ranked[:0]
	for e := end; e < last; e++ {
		n.ranked = append(n.ranked, int32(e))
	}
	slices.SortFunc(n.ranked, func(a, b int32) int {
		return cmp.Or(cmp.Compare(n.Dist[a], n.Dist[b]), cmp.Compare(a, b))
	})
	return len(n.ranked)
}

// take moves the first k of the ranked to the row of atom i, if there are so many.
func (n *Neighbours) take(i, k int) bool {
	if len(n.ranked) < k {
		return false
	}
	nearest := n.ranked[:k]
	slices.Sort(nearest) // back to the order of edges
	for r, e := range nearest {
		to := i*k + r
		n.Src[to], n.Dst[to], n.Shift[to], n.Vec[to], n.Dist[to] = n.Src[e], n.Dst[e], n.Shift[e], n.Vec[e], n.Dist[e]
	}
	return true
}
