package graph

import (
	"cmp"
	"slices"
)

// colours numbers the nodes of g from 0 so that nodes which a symmetry maps to each other have one colour,
// and so that colours do not depend on the order of the nodes: by atomic number, then again and again by
// the colours of the neighbours (Weisfeiler & Leman 1968), until no colour splits. Colours are ordered by
// what they were made of. Time grows with N·(N + E)·log N at worst.
func colours(g *Graph) []int {
	s := borrow()
	defer s.giveBack()
	s.byEnd(g, g.Dst)
	keys := make([][]int, g.N)
	for i := range keys {
		keys[i] = []int{0}
		if i < len(g.Numbers) {
			keys[i][0] = int(g.Numbers[i])
		}
	}
	colour := make([]int, g.N)
	for count := 0; ; {
		next := number(keys, colour)
		if next == count {
			return colour
		}
		count = next
		for i := range keys {
			keys[i] = append(keys[i][:0], colour[i])
			for _, k := range s.list[s.first[i]:s.first[i+1]] {
				keys[i] = append(keys[i], colour[g.Src[k]])
			}
			slices.Sort(keys[i][1:])
		}
	}
}

// number writes the rank of each key among the different ones and returns how many there are.
func number(keys [][]int, rank []int) int {
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(len(keys[a])-len(keys[b]), slices.Compare(keys[a], keys[b])) })
	next := 0
	for k, i := range order {
		if k > 0 && !slices.Equal(keys[i], keys[order[k-1]]) {
			next++
		}
		rank[i] = next
	}
	return next + 1
}
