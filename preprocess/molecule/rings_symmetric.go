package molecule

import (
	"math/bits"
	"slices"
)

// removeExtra keeps of the rings of the fragment, by size, those that add bonds to the rings kept
// before, of equal ones that first which overlaps most with them. The others are f.extras.
func (f *ringFinder) removeExtra() {
	sortBySize(f.found)
	work, count := f.m.work, len(f.found)
	s := selection{f: f, bonds: work.slices(count), covered: work.bools(len(f.m.Bonds)), kept: work.bools(count), decided: work.bools(count)}
	for r, ring := range f.found {
		s.bonds[r] = f.m.bondsOf(ring.atoms)
	}
	for r := range f.found {
		if !s.decided[r] && s.overlap(r) < len(s.bonds[r]) {
			s.keep(r)
			s.keepSameSize(r)
		}
	}
	found := f.found[:0]
	for r, ring := range f.found {
		if s.kept[r] {
			found = append(found, ring) // never ahead of the reading
		} else {
			f.extras = append(f.extras, ring.atoms)
		}
	}
	f.found = found
}

// selection is the choice of rings to keep.
type selection struct {
	f       *ringFinder
	bonds   [][]int32 // of each ring
	covered []bool    // [nb] bonds of the rings kept
	kept    []bool    // [rings]
	decided []bool    // [rings] taken or left already
}

func (s *selection) keep(r int) {
	s.kept[r] = true
	for _, k := range s.bonds[r] {
		s.covered[k] = true
	}
}

// keepSameSize decides about the other rings of the size of ring r, most overlap first.
func (s *selection) keepSameSize(r int) {
	for {
		best, most := -1, -1
		for t := r + 1; t < len(s.bonds) && len(s.bonds[t]) == len(s.bonds[r]); t++ {
			if s.decided[t] {
				continue
			}
			s.f.steps += len(s.bonds[t])
			if o := s.overlap(t); o > most {
				best, most = t, o
			}
		}
		if best < 0 {
			return
		}
		s.decided[best] = true
		if most < len(s.bonds[best]) {
			s.keep(best)
		}
	}
}

// overlap counts the bonds of ring r that are covered.
func (s *selection) overlap(r int) int {
	count := 0
	for _, k := range s.bonds[r] {
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

// storeRings fills the symmetrized set: the SSSR, and each extra ring that could replace a ring of its
// size without losing a bond.
func (m *Molecule) storeRings(extras [][]int32) {
	r := &m.Rings
	r.Symmetric, r.Bonds = slices.Clone(r.SSSR), make([][]int32, 0, len(r.SSSR))
	for _, ring := range r.SSSR {
		r.Bonds = append(r.Bonds, m.bondsOf(ring))
	}
	if len(extras) > 0 {
		m.addReplacements(extras)
	}
	r.settle()
	for at, ring := range r.Symmetric {
		for _, i := range ring {
			r.AtomCount[i]++
			if size := int32(len(ring)); r.MinSize[i] == 0 || size < r.MinSize[i] {
				r.MinSize[i] = size
			}
		}
		for _, k := range r.Bonds[at] {
			r.BondCount[k]++
		}
	}
}

// settle copies the rings out of scratch memory into one block that the molecule keeps.
func (r *Rings) settle() {
	size := 0
	for _, ring := range r.Symmetric {
		size += 2 * len(ring)
	}
	block := make([]int32, 0, size)
	for _, rings := range [][][]int32{r.Symmetric, r.Bonds} {
		for at, ring := range rings {
			start := len(block)
			block = append(block, ring...)
			rings[at] = block[start:len(block):len(block)]
		}
	}
	r.SSSR = r.Symmetric[:len(r.SSSR):len(r.SSSR)]
}

func (m *Molecule) addReplacements(extras [][]int32) {
	r := &m.Rings
	counts := m.work.int32s(len(m.Bonds))
	for _, bonds := range r.Bonds {
		for _, k := range bonds {
			counts[k]++
		}
	}
	sssr := r.Bonds
	for _, extra := range extras {
		bonds := m.bondsOf(extra)
		if slices.ContainsFunc(sssr, func(ring []int32) bool { return replaces(bonds, ring, counts) }) {
			r.Symmetric = append(r.Symmetric, extra)
			r.Bonds = append(r.Bonds, bonds)
		}
	}
}

// replaces tells whether the extra ring has the size of the ring, shares a bond with it and has all
// the bonds that no other ring of the SSSR has.
func replaces(extra, ring []int32, counts []int32) bool {
	if len(extra) != len(ring) {
		return false
	}
	shares := false
	for _, k := range ring {
		if counts[k] != 1 && shares {
			continue
		}
		if slices.Contains(extra, k) {
			shares = true
		} else if counts[k] == 1 {
			return false
		}
	}
	return shares
}
