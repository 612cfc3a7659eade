package molecule

import "slices"

// visit is the state of an atom in the depth-first search.
type visit struct {
	number, low int32 // when it was reached, from 1; the earliest atom that its branch bonds back to
	via         int32 // bond that it was reached by, -1 = none
	next        int32 // place of its next bond
}

// blockSearch finds the biconnected components of the graph of active bonds, in linear time (Hopcroft and
// Tarjan, Commun. ACM 1973, 16, 372). A bond lies in a ring when its component has more than one bond.
type blockSearch struct {
	f      *ringFinder
	visits []visit
	path   []int32 // atoms from the root to the one at hand
	open   []int32 // bonds whose component is not complete
	count  int32
}

func (f *ringFinder) findBlocks() {
	n, work := len(f.m.Atoms), f.m.work
	f.blocks, f.plain = 0, true
	s := blockSearch{f: f, path: work.int32s(n)[:0], open: work.int32s(len(f.m.Bonds))[:0], visits: cut(&work.visits, n)}
	for i := range s.visits {
		if s.visits[i].number == 0 && f.degrees[i] > 1 {
			s.enter(int32(i), -1)
			s.run()
		}
	}
	f.met = work.bools(f.blocks + 1)
}

func (s *blockSearch) enter(i, via int32) {
	s.count++
	s.visits[i] = visit{number: s.count, low: s.count, via: via}
	s.path = append(s.path, i)
}

// run goes over all that hangs together with the atom on the path.
func (s *blockSearch) run() {
	m := s.f.m
	for len(s.path) > 0 {
		i := s.path[len(s.path)-1]
		v := &s.visits[i]
		if bonds := m.incident[i]; int(v.next) < len(bonds) {
			k := bonds[v.next]
			v.next++
			if s.f.active[k] && k != v.via {
				s.follow(k, int32(m.Other(int(k), int(i))), v)
			}
			continue
		}
		s.path = s.path[:len(s.path)-1]
		if len(s.path) == 0 {
			return
		}
		before := &s.visits[s.path[len(s.path)-1]]
		before.low = min(before.low, v.low)
		if v.low >= before.number {
			s.close(v.via)
		}
	}
}

// follow goes from the atom at hand over bond k to atom j.
func (s *blockSearch) follow(k, j int32, v *visit) {
	switch w := &s.visits[j]; {
	case w.number == 0:
		s.open = append(s.open, k)
		s.enter(j, k)
	case w.number < v.number:
		s.open = append(s.open, k)
		v.low = min(v.low, w.number)
	}
}

// close makes a component of the open bonds from first on.
func (s *blockSearch) close(first int32) {
	at := len(s.open) - 1
	if s.open[at] == first {
		s.open = s.open[:at]
		return // a bond of no ring
	}
	f := s.f
	f.blocks++
	closures := 0 // a tree with one bond more is one ring
	for {
		k := s.open[at]
		b := &f.m.Bonds[k]
		f.block[k] = int32(f.blocks)
		if s.visits[b.Begin].via != k && s.visits[b.End].via != k {
			closures++
		}
		if k == first {
			break
		}
		at--
	}
	s.open = s.open[:at]
	f.plain = f.plain && closures == 1
}

// findPlain finds the rings where each component is one, in the order and the direction in which the
// search of rings_search.go would. It fails where a ring has no degree-two atom to start from, and
// where some are not wanted.
func (f *ringFinder) findPlain(atoms []int32, expected int) bool {
	if len(atoms) > maxBlock { // one ring may have all of them
		f.stack, f.picked = slices.Grow(f.stack[:0], len(atoms)), slices.Grow(f.picked[:0], len(atoms))
	}
	for _, i := range atoms {
		if f.degrees[i] != 2 {
			continue
		}
		if b := f.blockAt(i); b > 0 && !f.met[b] && f.steps <= f.budget {
			f.met[b] = true
			f.found = append(f.found, f.around(i, b))
		}
	}
	if len(f.found) == expected && f.steps <= f.budget {
		return true
	}
	f.found = f.found[:0]
	return false
}

// blockAt is the component of the first active bond of atom i that is in a ring, 0 = none.
func (f *ringFinder) blockAt(i int32) int32 {
	for _, k := range f.m.incident[i] {
		if f.active[k] && f.block[k] > 0 {
			return f.block[k]
		}
	}
	return 0
}

// around lists the ring that component b is, from atom root on: by its first bond where the size is odd,
// by its second where it is even, as a search from both sides at once closes it.
func (f *ringFinder) around(root, b int32) foundRing {
	ring := foundRing{atoms: f.stack[:0], bonds: f.picked[:0]}
	for i, k := root, int32(-1); ; {
		k = f.nextAround(i, k, b)
		ring.atoms, ring.bonds = append(ring.atoms, i), append(ring.bonds, k)
		if i = int32(f.m.Other(int(k), int(i))); i == root {
			break
		}
	}
	f.stack, f.picked = ring.atoms, ring.bonds
	size := len(ring.atoms)
	room := f.m.work.int32s(2 * size)
	atoms, bonds := room[:size:size], room[size:]
	if size%2 == 1 {
		copy(atoms, ring.atoms)
		copy(bonds, ring.bonds)
		return foundRing{atoms: atoms, bonds: bonds}
	}
	atoms[0] = root
	for x := 1; x < size; x++ {
		atoms[x] = ring.atoms[size-x]
	}
	for x := range bonds {
		bonds[x] = ring.bonds[size-1-x]
	}
	return foundRing{atoms: atoms, bonds: bonds}
}

// nextAround is the bond of atom i in component b that is not k.
func (f *ringFinder) nextAround(i, k, b int32) int32 {
	for x, l := range f.m.incident[i] {
		if l != k && f.block[l] == b {
			f.steps += x
			return l
		}
	}
	return -1
}
