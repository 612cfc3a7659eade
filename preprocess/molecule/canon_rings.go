package molecule

import (
	"cmp"
	"slices"
)

// ringTurn is how a tagged neighbour turns, seen from a ring atom: 0 unknown, 1 or 2.
type ringTurn struct{ class, turn int32 }

// compareRingTags compares ring atoms by the handedness of their neighbours as it looks from them: it tells
// apart what depends on a tag across the ring.
func (c *canonizer) compareRingTags(i, j int32) int {
	nearI, nearJ := c.lookAround(i), c.lookAround(j)
	for x := range min(len(nearI), len(nearJ)) {
		if order := cmp.Compare(nearI[x].key, nearJ[x].key); order != 0 {
			return order
		}
	}
	turnsI, turnsJ := c.ringTurns(i, nearI), c.ringTurns(j, nearJ)
	for x := range min(len(turnsI), len(turnsJ)) {
		if order := cmp.Compare(turnsI[x].turn, turnsJ[x].turn); order != 0 {
			return order
		}
	}
	return 0
}

// ringTurns lists the turns of the neighbours of atom i, by class.
func (c *canonizer) ringTurns(i int32, near []nearby) []ringTurn {
	turns := make([]ringTurn, 0, len(near))
	for _, to := range near {
		class, tag := c.class[to.atom], c.m.Atoms[to.atom].Chiral
		turn := int32(0)
		if c.rings[i] > 0 && tag != ChiralNone && !c.tiedBeyond(i, to.atom) {
			if tag != ChiralCW && tag != ChiralCCW {
				continue // the other classes are not listed at all
			}
			turn = 1
			if (tag == ChiralCW) == c.oddFrom(i, to.atom) {
				turn = 2
			}
		}
		turns = append(turns, ringTurn{class, turn})
	}
	slices.SortFunc(turns, func(a, b ringTurn) int { return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.turn, b.turn)) })
	return turns
}

// tiedBeyond tells whether two neighbours of atom j other than i are in one class.
func (c *canonizer) tiedBeyond(i, j int32) bool {
	near := c.nearOf(j)
	for x := range near {
		for y := range near[:x] {
			if near[x].atom != i && near[y].atom != i && c.class[near[x].atom] == c.class[near[y].atom] {
				return true
			}
		}
	}
	return false
}

// oddFrom tells whether the neighbours of atom j, i first and the others as j last listed them, are an odd
// permutation of the order of its bonds.
func (c *canonizer) oddFrom(i, j int32) bool {
	bonds := make([]int32, 0, 8)
	for _, k := range c.m.incident[j] {
		bonds = append(bonds, int32(c.m.Other(int(k), int(j))))
	}
	seen := append(make([]int32, 0, 8), i)
	for _, to := range c.nearOf(j) {
		if to.atom != i {
			seen = append(seen, to.atom)
		}
	}
	return OddPermutation(seen, bonds)
}

// isCage tells that most ring atoms are in classes of three or more and one with ties is where rings meet:
// there, neighbours alone do not tell atoms apart.
func (c *canonizer) isCage() bool {
	symmetric, inRings := int32(0), int32(0)
	branching, ties := false, false
	for p := 0; p < len(c.order); p++ {
		ties = ties || c.size[p] > 1
		rings := c.rings[c.order[p]]
		if rings == 0 {
			continue
		}
		inRings++
		if c.size[p] > 2 {
			symmetric += c.size[p]
		}
		branching = branching || rings > 1 && c.size[p] > 1
	}
	return ties && branching && float32(symmetric)/float32(inRings) > 0.5
}

// compareCages compares the levels of the ring system around two atoms, then their neighbours.
func (c *canonizer) compareCages(i, j int32) int {
	if order := cmp.Compare(c.profile[i], c.profile[j]); order != 0 {
		return order
	}
	return c.compareNear(i, j)
}

// fastRingCounts counts the rings through each atom, [n], where each bond that closes a ring in a depth-first
// walk counts for one ring (RDKit's fastFindRings).
func fastRingCounts(m *Molecule) []int32 {
	n := len(m.Atoms)
	counts, parent, seen := make([]int32, n), make([]int32, n), make([]uint8, n)
	at := make([]int32, n) // next bond of each atom on the path
	order := make([]int32, 0, n)
	const onPath, done = 1, 2
	for root := range m.Atoms {
		if seen[root] != 0 || m.Degree(root) < 2 {
			continue
		}
		seen[root], parent[root] = onPath, -1
		order = append(order, int32(root))
		for i := int32(root); i >= 0; {
			if int(at[i]) == len(m.incident[i]) {
				seen[i] = done
				i = parent[i]
				continue
			}
			j := int32(m.Other(int(m.incident[i][at[i]]), int(i)))
			at[i]++
			switch {
			case seen[j] == 0 && m.Degree(int(j)) >= 2:
				seen[j], parent[j] = onPath, i
				order = append(order, j)
				i = j
			case seen[j] == onPath && parent[i] >= 0 && j != parent[i]:
				counts[i]++ // the ring runs up the path from i to j
				if parent[j] >= 0 {
					counts[parent[j]]--
				}
			}
		}
	}
	for _, i := range slices.Backward(order) {
		if parent[i] >= 0 {
			counts[parent[i]] += counts[i]
		}
	}
	return counts
}
