package molecule

import "slices"

// inFoundOrder lists the atoms of the fused system of a ring as RDKit comes upon them: from ring to
// neighbouring ring, depth first, each ring in its own order. What a dummy atom may do depends on it.
func inFoundOrder(first int32, neighbours, rings [][]int32) []int32 {
	type visit struct {
		ring int32
		next int // neighbour to look at
	}
	ringSeen, atomSeen := map[int32]bool{first: true}, map[int32]bool{}
	var atoms []int32
	list := func(ring int32) {
		for _, i := range rings[ring] {
			if !atomSeen[i] {
				atomSeen[i] = true
				atoms = append(atoms, i)
			}
		}
	}
	list(first)
	for path := []visit{{ring: first}}; len(path) > 0; {
		top := &path[len(path)-1]
		if top.next == len(neighbours[top.ring]) {
			path = path[:len(path)-1]
			continue
		}
		ring := neighbours[top.ring][top.next]
		top.next++
		if !ringSeen[ring] {
			ringSeen[ring] = true
			list(ring)
			path = append(path, visit{ring: ring})
		}
	}
	return atoms
}

// sharing is how rings hang together.
type sharing struct {
	place      []int32   // [rings of the molecule] where a ring stands below, -1 = nowhere
	atoms      [][]int32 // of each ring
	neighbours [][]int32 // of each ring, ascending, the others that share bonds with it
	tooMany    bool      // there are more than the work budget allows; neighbours is empty
}

// shareRings finds how the rings hang together that are not of dummies alone.
func (k *kekulizer) shareRings() sharing {
	m := k.m
	s := sharing{place: m.work.int32s(len(m.Rings.Symmetric))}
	var bonds [][]int32
	pairs := 0
	for r, ring := range m.Rings.Symmetric {
		s.place[r] = -1
		if m.allDummies(ring) {
			continue
		}
		s.place[r] = int32(len(s.atoms))
		s.atoms, bonds = append(s.atoms, ring), append(bonds, m.Rings.Bonds[r])
		for _, l := range m.Rings.Bonds[r] {
			pairs += int(m.Rings.BondCount[l]) - 1
		}
	}
	if s.tooMany = pairs > m.Budget.Of(ringPairs); s.tooMany {
		s.neighbours = make([][]int32, len(bonds))
		return s
	}
	s.neighbours = sharingRings(bonds)
	return s
}

func sharingRings(bonds [][]int32) [][]int32 {
	through := map[int32][]int32{} // rings through each bond so far
	neighbours := make([][]int32, len(bonds))
	for r, ring := range bonds {
		var before []int32
		for _, k := range ring {
			before = append(before, through[k]...)
			through[k] = append(through[k], int32(r))
		}
		slices.Sort(before)
		neighbours[r] = slices.Compact(before)
		for _, s := range neighbours[r] {
			neighbours[s] = append(neighbours[s], int32(r))
		}
	}
	return neighbours
}
