package molecule

import "slices"

// ringLists is which rings run through each atom, or over each bond.
type ringLists struct {
	start []int32 // [n+1] where the rings of each begin in rings; nil: not made yet
	rings []int32
}

// of lists the rings of an atom or bond, ascending.
func (l *ringLists) of(i int32) []int32 { return l.rings[l.start[i]:l.start[i+1]] }

// ringsThrough lists the rings of the symmetrized set that hold atom i, ascending. Within Perceive they are looked up.
func (m *Molecule) ringsThrough(i int32) []int32 {
	if m.work == nil {
		return m.searchRings(i)
	}
	l := &m.work.through
	if l.start == nil {
		l.fill(m)
	}
	return l.of(i)
}

// searchRings looks at all rings.
func (m *Molecule) searchRings(i int32) (found []int32) {
	for r, ring := range m.Rings.Symmetric {
		if slices.Contains(ring, i) {
			found = append(found, int32(r))
		}
	}
	return found
}

func (l *ringLists) fill(m *Molecule) {
	n := len(m.Atoms)
	l.start = m.work.int32s(n + 1)
	for i, count := range m.Rings.AtomCount {
		l.start[i+1] = l.start[i] + count
	}
	l.rings = m.work.int32s(int(l.start[n]))
	next := append(m.work.int32s(n)[:0], l.start[:n]...)
	for r, ring := range m.Rings.Symmetric {
		for _, i := range ring {
			l.rings[next[i]] = int32(r)
			next[i]++
		}
	}
}
