package molecule

import (
	"cmp"
	"slices"
)

// searchState holds what smallestRings needs of each atom.
type searchState struct {
	state   []uint8 // white, gray or black
	parents []int32
	depths  []int32
	queue   []int32
	path    []int32   // see stitch
	rings   [][]int32 // what the last search found
}

// Colours of the breadth-first search: not reached, queued, done or forbidden.
const (
	white uint8 = iota
	gray
	black
)

// smallestRings finds the smallest rings through root over active bonds, all of one size or first
// larger and then smaller ones, around an optional forbidden atom (-1 = none). The list is good until
// the next search.
func (f *ringFinder) smallestRings(root, forbidden int32) ([][]int32, error) {
	s := &f.bfs
	rings := s.rings[:0]
	defer func() { s.rings = rings }()
	clear(s.state)
	if forbidden >= 0 {
		s.state[forbidden] = black
	}
	for i := range s.parents {
		s.parents[i], s.depths[i] = -1, 0
	}
	s.queue = append(s.queue[:0], root)
	f.steps += len(s.state) / 8
	smallest := noLimit
	for head := 0; head < len(s.queue); head++ {
		if f.steps > ringBudget {
			return nil, f.refuse()
		}
		i := s.queue[head]
		s.state[i] = black
		depth := s.depths[i] + 1
		if int(depth) > smallest {
			break
		}
		for _, k := range f.m.incident[i] {
			f.steps++
			j := int32(f.m.Other(int(k), int(i)))
			if !f.active[k] || s.state[j] == black || s.parents[i] == j {
				continue
			}
			if s.state[j] == white {
				s.parents[j], s.depths[j], s.state[j] = i, depth, gray
				s.queue = append(s.queue, j)
				continue
			}
			ring := f.stitch(i, j, root)
			if len(ring) < 2 {
				continue
			}
			if len(ring) > smallest {
				return rings, nil
			}
			smallest = len(ring)
			rings = append(rings, ring)
		}
	}
	return rings, nil
}

// stitch joins the paths from root to i and from j back to root; nil if they meet before the root.
// The ring runs from root through i and j.
func (f *ringFinder) stitch(i, j, root int32) []int32 {
	parents := f.bfs.parents
	size := 2
	for p := parents[i]; p != -1; p = parents[p] {
		size++
	}
	forward := size // root … i
	for p := parents[j]; p != -1 && p != root; p = parents[p] {
		size++
	}
	f.steps += size
	// i is at forward-2, its ancestors before it, j and its ancestors after it
	ring := f.bfs.path[:size]
	at := forward - 2
	for p := i; p != -1; p = parents[p] {
		ring[at] = p
		at--
	}
	at = forward - 1
	ring[at] = j
	for p := parents[j]; p != -1 && p != root; p = parents[p] {
		at++
		ring[at] = p
	}
	if meets(ring[:forward-1], ring[forward-1:]) {
		return nil
	}
	return append(f.m.work.int32s(size)[:0], ring...)
}

// meets tells whether the two paths share an atom. The first path's last atom may not be compared
// with less than all of the second: rings are short.
func meets(a, b []int32) bool {
	for _, i := range a {
		if slices.Contains(b, i) {
			return true
		}
	}
	return false
}

// duplicate is a ring that several degree-two atoms led to.
type duplicate struct {
	set   atomSet
	roots []int32
}

// ringsOfDegreeTwo keeps the smallest rings through each of the atoms, then looks again where two of
// them led to the same ring: one may hide another ring from the other.
func (f *ringFinder) ringsOfDegreeTwo(roots []int32) error {
	duplicates := f.duplicates[:0]
	var twins [][]int32 // [n] other atoms that led to the same ring
	for _, root := range roots {
		rings, err := f.smallestRings(root, -1)
		if err != nil {
			return err
		}
		for _, ring := range rings {
			set := f.setOf(ring)
			at := slices.IndexFunc(duplicates, func(d duplicate) bool { return slices.Equal(d.set, set) })
			f.steps += len(duplicates)
			if at < 0 {
				at = len(duplicates)
				duplicates = append(duplicates, duplicate{set: set, roots: f.m.work.int32s(4)[:0]})
			}
			d := &duplicates[at]
			if !f.wasSeen(set) {
				f.keep(ring, set)
				f.markRing(ring)
			} else {
				f.steps += len(d.roots)
				if twins == nil {
					twins = f.m.work.slices(len(f.m.Atoms))
				}
				for _, other := range d.roots {
					f.m.join(&twins[root], int(other))
					f.m.join(&twins[other], int(root))
				}
			}
			d.roots = append(d.roots, root)
		}
		if len(rings) == 0 {
			f.trimChain(root)
		}
	}
	f.duplicates = duplicates
	if twins == nil {
		return nil
	}
	return f.ringsOfDuplicates(duplicates, twins)
}

// markRing notes the atoms and bonds of a ring for findMissed.
func (f *ringFinder) markRing(ring []int32) {
	for _, k := range f.m.bondsOf(ring) {
		f.ringBonds[k] = true
	}
	for _, i := range ring {
		f.ringAtoms[i] = true
	}
}

// trimChain takes off a chain that is in no ring.
func (f *ringFinder) trimChain(i int32) {
	queue := []int32{i}
	for head := 0; head < len(queue); head++ {
		f.trim(queue[head], &queue)
	}
}

// ringsOfDuplicates cuts off, for each ring that several atoms led to, all of them but one in turn,
// and keeps the smallest rings that are left through that one.
func (f *ringFinder) ringsOfDuplicates(duplicates []duplicate, twins [][]int32) error {
	duplicates = slices.DeleteFunc(duplicates, func(d duplicate) bool { return len(d.roots) < 2 })
	slices.SortFunc(duplicates, func(a, b duplicate) int { return a.set.compare(b.set) })
	active, degrees := f.active, f.degrees
	defer func() { f.active, f.degrees = active, degrees }()
	f.active, f.degrees = f.m.work.bools(len(active)), f.m.work.int32s(len(degrees))
	var ignored []int32
	for _, d := range duplicates {
		var rings [][]int32
		smallest := noLimit
		for _, root := range d.roots {
			copy(f.active, active)
			copy(f.degrees, degrees)
			f.steps += (len(active) + len(degrees)) / 8
			ignored = ignored[:0]
			for _, twin := range twins[root] {
				f.trim(twin, &ignored)
			}
			around, err := f.smallestRings(root, -1)
			if err != nil {
				return err
			}
			for _, ring := range around {
				smallest = min(smallest, len(ring))
			}
			rings = append(rings, around...)
		}
		rings = slices.DeleteFunc(rings, func(r []int32) bool { return len(r) != smallest })
		f.keepNew(rings)
	}
	return nil
}

// compare orders atom sets by their highest atoms.
func (s atomSet) compare(t atomSet) int {
	for w := len(s) - 1; w >= 0; w-- {
		if s[w] != t[w] {
			return cmp.Compare(s[w], t[w])
		}
	}
	return 0
}

// ringsOfDegreeThree keeps three rings through atom i, two through each of its bonds.
func (f *ringFinder) ringsOfDegreeThree(i int32) error {
	rings, err := f.smallestRings(i, -1)
	if err != nil {
		return err
	}
	f.keepNew(rings)
	for _, avoid := range f.neighboursToAvoid(i, rings) {
		more, err := f.smallestRings(i, avoid)
		if err != nil {
			return err
		}
		f.keepNew(more)
	}
	return nil
}

// neighboursToAvoid lists the neighbours without which the rings that are still missing around i are
// found: that in both of two rings; of one ring, the second of its neighbours and then the first.
func (f *ringFinder) neighboursToAvoid(i int32, rings [][]int32) []int32 {
	var n []int32
	for _, k := range f.m.incident[i] {
		if f.active[k] && len(n) < 3 {
			n = append(n, int32(f.m.Other(int(k), int(i))))
		}
	}
	switch len(rings) {
	case 1:
		for at, j := range n {
			if !slices.Contains(rings[0], j) {
				n = slices.Delete(n, at, at+1)
				return []int32{n[1], n[0]}
			}
		}
	case 2:
		for _, j := range n {
			if slices.Contains(rings[0], j) && slices.Contains(rings[1], j) {
				return []int32{j}
			}
		}
	}
	return nil
}
