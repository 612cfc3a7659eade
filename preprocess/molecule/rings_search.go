package molecule

import "slices"

// searchNode is what smallestRings knows of an atom. The zero value is an atom that was not reached.
type searchNode struct {
	parent int32 // atom before it
	via    int32 // bond to that
	branch int32 // neighbour of the root that its path begins with
	depth  int32
	color  uint8 // white, gray or black
}

// Colours of the breadth-first search: not reached, queued, done or forbidden.
const (
	white uint8 = iota
	gray
	black
)

// searchState holds what smallestRings needs.
type searchState struct {
	nodes []searchNode // [n]
	queue []int32      // atoms reached, in order
	rings []foundRing  // what the last search found
}

// smallestRings finds the smallest rings through root over active bonds, all of one size or first
// larger and then smaller ones, around an optional forbidden atom (-1 = none). The list is good until
// the next search.
func (f *ringFinder) smallestRings(root, forbidden int32) ([]foundRing, error) {
	s := &f.bfs
	s.rings, s.queue = s.rings[:0], s.queue[:0]
	block := f.blockAt(root)
	if block == 0 {
		return nil, nil
	}
	if forbidden >= 0 {
		s.nodes[forbidden].color = black
	}
	s.reach(root, searchNode{parent: -1, via: -1, branch: -1, color: gray})
	smallest := int32(noLimit)
	for head := 0; head < len(s.queue); head++ {
		i := s.queue[head]
		s.nodes[i].color = black
		if 2*s.nodes[i].depth+1 > smallest || !f.searchAround(i, root, block, &smallest) {
			break
		}
	}
	for _, i := range s.queue {
		s.nodes[i] = searchNode{}
	}
	if forbidden >= 0 {
		s.nodes[forbidden] = searchNode{}
	}
	if f.steps > f.budget {
		return nil, f.refuse()
	}
	return s.rings, nil
}

func (s *searchState) reach(i int32, n searchNode) {
	s.nodes[i] = n
	s.queue = append(s.queue, i)
}

// searchAround queues the new neighbours of atom i, and keeps the rings that the others close. False
// means that these are larger than the smallest, or too much was searched.
func (f *ringFinder) searchAround(i, root, block int32, smallest *int32) bool {
	s := &f.bfs
	from := &s.nodes[i]
	for _, k := range f.m.incident[i] {
		f.steps++
		if f.block[k] != block || !f.active[k] || k == from.via {
			continue
		}
		j := int32(f.m.Other(int(k), int(i)))
		switch to := &s.nodes[j]; {
		case to.color == white:
			branch := from.branch
			if i == root {
				branch = j
			}
			s.reach(j, searchNode{parent: i, via: k, branch: branch, depth: from.depth + 1, color: gray})
		case to.color == gray && to.branch != from.branch:
			size := from.depth + to.depth + 1
			if size > *smallest {
				return false
			}
			*smallest = size
			s.rings = append(s.rings, f.stitch(i, j, k, int(size)))
		}
	}
	return f.steps <= f.budget
}

// stitchedAtom is what an atom of a ring counts for when the ring is found: they bound memory too.
const stitchedAtom = 8

// stitch joins the paths from root to i and from j back to root. The ring runs from root through i,
// bond k and j.
func (f *ringFinder) stitch(i, j, k int32, size int) foundRing {
	f.steps += stitchedAtom * size
	nodes := f.bfs.nodes
	room := f.m.work.int32s(2 * size)
	ring := foundRing{atoms: room[:size:size], bonds: room[size:]}
	middle := int(nodes[i].depth)
	ring.bonds[middle] = k
	for at, p := middle, i; at >= 0; at-- {
		ring.atoms[at] = p
		if at > 0 {
			ring.bonds[at-1] = nodes[p].via
		}
		p = nodes[p].parent
	}
	for at, p := middle+1, j; at < size; at++ {
		ring.atoms[at], ring.bonds[at] = p, nodes[p].via
		p = nodes[p].parent
	}
	ring.set = f.setOf(ring.atoms)
	return ring
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
	f.round.empty()
	twinned := false
	for _, root := range roots {
		rings, err := f.smallestRings(root, -1)
		if err != nil {
			return err
		}
		for _, ring := range rings {
			at := f.round.index(&ring.set)
			if at < 0 {
				at = len(duplicates)
				f.round.add(ring.set)
				duplicates = append(duplicates, duplicate{set: ring.set, roots: f.m.work.int32s(4)[:0]})
			}
			d := &duplicates[at]
			if !f.wasSeen(&ring.set) {
				f.keep(ring)
				f.markRing(&ring)
			} else {
				f.steps += stitchedAtom * len(d.roots)
				twinned = true
				if f.twins == nil {
					f.twins = f.m.work.slices(len(f.m.Atoms))
				}
				for _, other := range d.roots {
					f.m.join(&f.twins[root], int(other))
					f.m.join(&f.twins[other], int(root))
				}
			}
			d.roots = append(d.roots, root)
		}
		if len(rings) == 0 {
			f.trimChain(root)
		}
	}
	f.duplicates = duplicates
	if !twinned {
		return nil
	}
	err := f.ringsOfDuplicates(duplicates)
	for _, root := range roots {
		f.twins[root] = nil
	}
	return err
}

// markRing notes the atoms and bonds of a ring for findMissed.
func (f *ringFinder) markRing(ring *foundRing) {
	for _, k := range ring.bonds {
		f.ringBonds[k] = true
	}
	for _, i := range ring.atoms {
		f.ringAtoms[i] = true
	}
}

// trimChain takes off a chain that is in no ring.
func (f *ringFinder) trimChain(i int32) {
	queue := append(f.chain[:0], i)
	for head := 0; head < len(queue); head++ {
		f.trim(queue[head], &queue)
	}
	f.chain = queue
}

// ringsOfDuplicates cuts off, for each ring that several atoms led to, all of them but one in turn,
// and keeps the smallest rings that are left through that one.
func (f *ringFinder) ringsOfDuplicates(duplicates []duplicate) error {
	duplicates = slices.DeleteFunc(duplicates, func(d duplicate) bool { return len(d.roots) < 2 })
	slices.SortFunc(duplicates, func(a, b duplicate) int { return slices.Compare(a.set.atoms, b.set.atoms) })
	twos := len(f.twos)
	f.undoing = true
	defer func() { f.undoing, f.twos = false, f.twos[:twos] }()
	for _, d := range duplicates {
		var rings []foundRing
		smallest := noLimit
		for _, root := range d.roots {
			around, err := f.ringsWithout(root, f.twins[root])
			if err != nil {
				return err
			}
			for _, ring := range around {
				smallest = min(smallest, len(ring.atoms))
			}
			rings = append(rings, around...)
		}
		rings = slices.DeleteFunc(rings, func(r foundRing) bool { return len(r.atoms) != smallest })
		f.keepNew(rings)
	}
	return nil
}

// ringsWithout finds the smallest rings through root while its twins are off, which then come back.
func (f *ringFinder) ringsWithout(root int32, twins []int32) ([]foundRing, error) {
	f.cutBonds, f.chain = f.cutBonds[:0], f.chain[:0]
	for _, twin := range twins {
		f.steps += f.m.Degree(int(twin))
		f.trim(twin, &f.chain) // the chain that this frees stays
	}
	f.steps += len(twins) + len(f.cutBonds)
	rings, err := f.smallestRings(root, -1)
	for _, k := range f.cutBonds {
		b := &f.m.Bonds[k]
		f.active[k] = true
		f.degrees[b.Begin]++
		f.degrees[b.End]++
	}
	return rings, err
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
func (f *ringFinder) neighboursToAvoid(i int32, rings []foundRing) []int32 {
	var n []int32
	for _, k := range f.m.incident[i] {
		if f.active[k] && len(n) < 3 {
			n = append(n, int32(f.m.Other(int(k), int(i))))
		}
	}
	switch len(rings) {
	case 1:
		for at, j := range n {
			if !slices.Contains(rings[0].atoms, j) {
				n = slices.Delete(n, at, at+1)
				return []int32{n[1], n[0]}
			}
		}
	case 2:
		for _, j := range n {
			if slices.Contains(rings[0].atoms, j) && slices.Contains(rings[1].atoms, j) {
				return []int32{j}
			}
		}
	}
	return nil
}
