package molecule

import (
	"math/bits"
	"slices"
)

// removeExtra keeps of the rings of the fragment, by size, those that add bonds to the rings kept
// before, of equal ones that first which overlaps most with them. The others are f.extras.
func (f *ringFinder) removeExtra() error {
	sortBySize(f.found)
	work, count := f.m.work, len(f.found)
	if f.spanned == nil {
		f.spanned = work.bools(len(f.m.Bonds))
	}
	s := selection{f: f, covered: f.spanned, kept: work.bools(count), decided: work.bools(count)}
	for r := range f.found {
		if !s.decided[r] && s.overlap(r) < f.found[r].size() {
			s.keep(r)
			s.keepSameSize(r)
		}
		if f.steps > f.budget {
			return f.refuse()
		}
	}
	found := f.found[:0]
	for r, ring := range f.found {
		if s.kept[r] {
			for _, k := range ring.bonds {
				s.covered[k] = false // for the next fragment
			}
			found = append(found, ring) // never ahead of the reading
		} else {
			f.extras = append(f.extras, ring)
		}
	}
	f.found = found
	return nil
}

func (r *foundRing) size() int { return len(r.atoms) }

// selection is the choice of rings to keep.
type selection struct {
	f       *ringFinder
	covered []bool // [nb] bonds of the rings kept
	kept    []bool // [rings]
	decided []bool // [rings] taken or left already
}

func (s *selection) keep(r int) {
	s.kept[r] = true
	for _, k := range s.f.found[r].bonds {
		s.covered[k] = true
	}
}

// keepSameSize decides about the other rings of the size of ring r, most overlap first.
func (s *selection) keepSameSize(r int) {
	rings := s.f.found
	for s.f.steps <= s.f.budget {
		best, most := -1, -1
		for t := r + 1; t < len(rings) && rings[t].size() == rings[r].size(); t++ {
			if s.decided[t] {
				continue
			}
			s.f.steps += rings[t].size()
			if o := s.overlap(t); o > most {
				best, most = t, o
			}
		}
		if best < 0 {
			return
		}
		s.decided[best] = true
		if most < rings[best].size() {
			s.keep(best)
		}
	}
}

// overlap counts the bonds of ring r that are covered.
func (s *selection) overlap(r int) int {
	count := 0
	for _, k := range s.f.found[r].bonds {
		if s.covered[k] {
			count++
		}
	}
	return count
}

// sortBySize sorts rings by size just as libstdc++'s std::sort does (introsort, not stable): which of
// several equal rings are kept depends on it.
func sortBySize(rings []foundRing) {
	if len(rings) < 2 {
		return
	}
	introsort(rings, 2*(bits.Len(uint(len(rings)))-1))
	insertionSort(rings[:min(len(rings), unsortedRun)])
	for i := unsortedRun; i < len(rings); i++ {
		insert(rings, i)
	}
}

// unsortedRun is the length that introsort leaves to insertion sort.
const unsortedRun = 16

func smaller(a, b foundRing) bool { return len(a.atoms) < len(b.atoms) }

func introsort(r []foundRing, depth int) {
	for len(r) > unsortedRun {
		if depth == 0 {
			slices.SortFunc(r, func(a, b foundRing) int { return len(a.atoms) - len(b.atoms) })
			return
		}
		depth--
		cut := partition(r)
		introsort(r[cut:], depth)
		r = r[:cut]
	}
}

// partition moves the median of the second, middle and last ring to the front and splits around it.
func partition(r []foundRing) int {
	a, b, c := 1, len(r)/2, len(r)-1
	median := a
	switch {
	case smaller(r[a], r[b]) && smaller(r[b], r[c]):
		median = b
	case smaller(r[a], r[b]) && smaller(r[a], r[c]):
		median = c
	case smaller(r[a], r[b]):
		median = a
	case smaller(r[a], r[c]):
		median = a
	case smaller(r[b], r[c]):
		median = c
	default:
		median = b
	}
	r[0], r[median] = r[median], r[0]
	first, last := 1, len(r)
	for {
		for smaller(r[first], r[0]) {
			first++
		}
		for last--; smaller(r[0], r[last]); {
			last--
		}
		if first >= last {
			return first
		}
		r[first], r[last] = r[last], r[first]
		first++
	}
}

func insertionSort(r []foundRing) {
	for i := 1; i < len(r); i++ {
		insert(r, i)
	}
}

// insert moves ring i down to its place among the sorted ones before it.
func insert(r []foundRing, i int) {
	for ; i > 0 && smaller(r[i], r[i-1]); i-- {
		r[i], r[i-1] = r[i-1], r[i]
	}
}

// ringMemory is where the rings of a molecule lie; Reset keeps it for the next one.
type ringMemory struct {
	block  []int32   // atoms and bonds of the rings
	lists  [][]int32 // cuts of block
	counts []int32   // Rings.AtomCount, MinSize and BondCount
}

// resetRings gives m room for its counts, all zero, and no ring.
func (m *Molecule) resetRings() {
	n, nb := len(m.Atoms), len(m.Bonds)
	counts := zeroed(m.rings.counts, 2*n+nb)
	m.rings.counts, m.work.through = counts, ringLists{}
	m.Rings = Rings{AtomCount: counts[:n:n], MinSize: counts[n : 2*n : 2*n], BondCount: counts[2*n : 2*n+nb : 2*n+nb]}
}

// zeroed is n zeros, in the memory of s if they fit.
func zeroed(s []int32, n int) []int32 {
	if n > cap(s) {
		return make([]int32, n)
	}
	clear(s[:n])
	return s[:n]
}

// storeRings fills the symmetrized set: the SSSR, and each extra ring that could replace a ring of its
// size without losing a bond.
func (m *Molecule) storeRings(sssr, extras []foundRing) {
	rings := sssr
	if len(extras) > 0 {
		rings = append(rings, m.replacements(sssr, extras)...)
	}
	m.copyRings(rings, len(sssr))
	r := &m.Rings
	for at, ring := range r.Symmetric {
		size := int32(len(ring))
		for _, i := range ring {
			r.AtomCount[i]++
			if r.MinSize[i] == 0 || size < r.MinSize[i] {
				r.MinSize[i] = size
			}
		}
		for _, k := range r.Bonds[at] {
			r.BondCount[k]++
		}
	}
}

// copyRings copies the rings out of scratch memory into the molecule's own.
func (m *Molecule) copyRings(rings []foundRing, sssr int) {
	size, count := 0, len(rings)
	for x := range rings {
		size += 2 * rings[x].size()
	}
	room := &m.rings
	room.block = slices.Grow(room.block[:0], size)
	room.lists = slices.Grow(room.lists[:0], 2*count)[:2*count]
	for x := range rings {
		for side, list := range [2][]int32{rings[x].atoms, rings[x].bonds} {
			start := len(room.block)
			room.block = append(room.block, list...)
			room.lists[side*count+x] = room.block[start:len(room.block):len(room.block)]
		}
	}
	m.Rings.SSSR = room.lists[:sssr:sssr]
	m.Rings.Symmetric, m.Rings.Bonds = room.lists[:count:count], room.lists[count:2*count:2*count]
}

// replacements lists the extra rings that could.
func (m *Molecule) replacements(sssr, extras []foundRing) (found []foundRing) {
	through := m.ringsOver(sssr)
	inExtra := m.work.bools(len(m.Bonds))
	tried := m.work.int32s(len(sssr)) // the last extra ring that was held against each, from 1
	for x, extra := range extras {
		for _, k := range extra.bonds {
			inExtra[k] = true
		}
		fits := func(r int32) bool {
			if tried[r] == int32(x)+1 || len(sssr[r].bonds) != len(extra.bonds) {
				return false
			}
			tried[r] = int32(x) + 1
			return m.replaces(inExtra, sssr[r].bonds, through)
		}
		if slices.ContainsFunc(extra.bonds, func(k int32) bool { return slices.ContainsFunc(through.of(k), fits) }) {
			found = append(found, extra)
		}
		for _, k := range extra.bonds {
			inExtra[k] = false
		}
	}
	return found
}

// ringsOver lists the rings over each bond.
func (m *Molecule) ringsOver(rings []foundRing) ringLists {
	l := ringLists{start: m.work.int32s(len(m.Bonds) + 2)}
	for x := range rings {
		for _, k := range rings[x].bonds {
			l.start[k+2]++
		}
	}
	for k := range m.Bonds {
		l.start[k+2] += l.start[k+1]
	}
	l.rings = m.work.int32s(int(l.start[len(m.Bonds)+1]))
	for x := range rings {
		for _, k := range rings[x].bonds {
			l.rings[l.start[k+1]] = int32(x)
			l.start[k+1]++
		}
	}
	return l
}

// replaces tells whether the extra ring has all the bonds that no other ring has than this one, which shares a bond with it.
func (m *Molecule) replaces(inExtra []bool, ring []int32, through ringLists) bool {
	for _, k := range ring {
		if !inExtra[k] && len(through.of(k)) == 1 {
			return false
		}
	}
	return true
}
