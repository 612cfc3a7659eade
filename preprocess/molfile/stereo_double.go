package molfile

import (
	"cmp"
	"math"
	"slices"

	"molserve/preprocess/molecule"
)

// Stereo of double bonds from coordinates: the single bonds beside each get directions, / or \, that
// perception reads as it reads those of SMILES (RDKit's setDoubleBondNeighborDirections).

// leastLength4 is the product of two lengths², Å⁴, below which bonds have no direction, and straight
// the cosine from which on they are one line (178°).
const (
	leastLength4 = 1e-6
	straight     = -0.999388
)

// director gives the directions of one molecule.
type director struct {
	d      *draft
	wavy   []bool    // [nb]
	open   []bool    // [nb] double bond whose neighbours want directions, single bond that has none
	count  []int     // [nb] double bonds beside a single bond
	beside [][]int32 // [nb] these
	todo   []int32   // double bonds, the next one last
}

// directDoubleBonds gives directions. Double bonds that could have stereo but hide it, by a wavy bond
// beside them or a line where the angle should be, become ANY.
func (d *draft) directDoubleBonds(wavy []bool) {
	w := director{d: d, wavy: wavy}
	for _, k := range w.candidates() {
		for w.todo = append(w.todo[:0], k); len(w.todo) > 0; {
			last := len(w.todo) - 1
			k, w.todo = w.todo[last], w.todo[:last]
			w.direct(k)
		}
	}
}

// maxDirected bounds the bonds at the ends of double bonds, all of which are looked at for each: n double bonds at one atom
// make n². It is a share of the work budget.
const maxDirected = 10_000_000

// refuseHubs refuses what would take longer.
func (d *draft) refuseHubs() error {
	count := 0
	for k := range d.m.Bonds {
		if b := &d.m.Bonds[k]; b.Type == molecule.Double {
			count += d.m.Degree(int(b.Begin)) + d.m.Degree(int(b.End))
		}
	}
	if most := d.m.Budget.Of(maxDirected); count > most {
		return molecule.RefuseWork(molecule.CodeUnsupported, "the double bonds have more than %d bonds beside them", most)
	}
	return nil
}

// candidates lists the double bonds that can have stereo, in the order in which they get directions:
// by the sum of the indices of the bonds beside them, ten times outside rings, greatest first. The sum
// is RDKit's, odd as it is.
func (w *director) candidates() (list []int32) {
	m := w.d.m
	var small []bool
	for k := range m.Bonds {
		b := &m.Bonds[k]
		if b.Type != molecule.Double || b.Stereo == molecule.StereoAny || b.Dir == molecule.DirEitherDouble ||
			m.Degree(int(b.Begin)) < 2 || m.Degree(int(b.End)) < 2 {
			continue
		}
		if small == nil {
			small = m.SmallRingBonds()
			w.open, w.count, w.beside = make([]bool, len(small)), make([]int, len(small)), make([][]int32, len(small))
		}
		if !small[k] {
			list = append(list, int32(k))
		}
	}
	weight := make(map[int32]int, len(list))
	for _, k := range list {
		weight[k] = w.enter(k)
		if !m.BondInRing(int(k)) {
			weight[k] *= 10
		}
	}
	slices.SortFunc(list, func(k, l int32) int { return cmp.Or(weight[l]-weight[k], int(k-l)) })
	return list
}

// enter notes the bonds beside double bond k and returns the sum of their indices.
func (w *director) enter(k int32) (sum int) {
	m := w.d.m
	for _, i := range [2]int32{m.Bonds[k].Begin, m.Bonds[k].End} {
		for _, l := range m.Incident(int(i)) {
			if !directable(&m.Bonds[l]) {
				continue
			}
			w.count[l]++
			w.open[k], w.open[l] = true, true
			sum += int(l)
			w.beside[l] = append(w.beside[l], k)
		}
	}
	return sum
}

// arms are the single bonds at one end of a double bond: the one that controls its stereo, and the
// other. -1 = none.
type arms struct {
	end          int // atom
	first, other int32
	wavy         bool
}

// arms prefers bonds that have a direction, then those beside more double bonds.
func (w *director) arms(k, i int32) arms {
	a := arms{end: int(i), first: -1, other: -1}
	for _, l := range w.d.m.Incident(a.end) {
		if l == k || !directable(&w.d.m.Bonds[l]) {
			continue
		}
		if w.wavy[l] {
			a.wavy = true
			return a
		}
		switch {
		case a.first < 0:
			a.first = l
		case w.open[l] && w.count[l] <= w.count[a.first]:
			a.other = l
		default:
			a.first, a.other = l, a.first
		}
	}
	return a
}

// direct gives directions to the bonds beside double bond k; the double bonds next to it come next.
func (w *director) direct(k int32) {
	if !w.open[k] {
		return
	}
	w.open[k] = false
	b := &w.d.m.Bonds[k]
	begin := w.arms(k, b.Begin)
	if begin.first < 0 && !begin.wavy {
		return
	}
	end := arms{}
	if !begin.wavy {
		if end = w.arms(k, b.End); end.first < 0 && !end.wavy {
			return
		}
	}
	if begin.wavy || end.wavy || !w.bend(&begin, &end) || !w.bendEnd(&begin, &end) {
		b.Stereo = molecule.StereoAny
		return
	}
	w.mark(&begin, &end)
}

// bend makes sure that the controlling arm of begin is not on a line with the double bond.
func (w *director) bend(begin, end *arms) bool {
	axis := w.d.at(end.end).minus(w.d.at(begin.end))
	if !onLine(w.d.toward(begin.end, begin.first), axis) {
		return true
	}
	if begin.other < 0 {
		return false
	}
	begin.first, begin.other = begin.other, begin.first
	return !onLine(w.d.toward(begin.end, begin.first), axis)
}

// bendEnd does so at the end, where RDKit measures the other arm from the beginning.
func (w *director) bendEnd(begin, end *arms) bool {
	axis := w.d.at(begin.end).minus(w.d.at(end.end))
	if !onLine(w.d.toward(end.end, end.first), axis) {
		return true
	}
	if end.other < 0 {
		return false
	}
	end.first, end.other = end.other, end.first
	tip := w.d.at(w.d.m.Other(int(end.first), end.end))
	return !onLine(tip.minus(w.d.at(begin.end)), axis)
}

func onLine(v, w vec) bool {
	length4 := v.length2() * w.length2()
	return length4 < leastLength4 || v.dot(w) < straight*math.Sqrt(length4)
}

// mark gives the directions.
func (w *director) mark(begin, end *arms) {
	axis := w.d.at(end.end).minus(w.d.at(begin.end))
	normal := w.d.toward(begin.end, begin.first).cross(axis)
	trans := normal.angle(w.d.toward(end.end, end.first).cross(axis)) >= math.Pi/2
	next := append(w.waiting(begin.first), w.waiting(end.first)...)
	switch {
	case w.open[begin.first] && w.open[end.first]:
		w.set(begin.first, begin.end, molecule.DirDown)
		w.set(end.first, end.end, opposite(molecule.DirDown, trans))
	case w.open[begin.first]:
		w.set(begin.first, begin.end, opposite(w.seen(end.first, end.end), trans))
	case w.open[end.first]:
		w.set(end.first, end.end, opposite(w.seen(begin.first, begin.end), trans))
	}
	for _, a := range [2]*arms{begin, end} {
		if a.other >= 0 && w.open[a.other] {
			w.set(a.other, a.end, w.seen(a.first, a.end).Flip())
		}
	}
	slices.Reverse(next)
	w.todo = append(w.todo, next...)
}

// waiting lists the double bonds beside single bond l that want directions, when l has none.
func (w *director) waiting(l int32) (list []int32) {
	if !w.open[l] {
		return nil
	}
	for _, k := range w.beside[l] {
		if w.open[k] {
			list = append(list, k)
		}
	}
	return list
}

// seen is the direction of bond l from atom i.
func (w *director) seen(l int32, i int) molecule.BondDir {
	return opposite(w.d.m.Bonds[l].Dir, int(w.d.m.Bonds[l].Begin) != i)
}

// set gives bond l its direction from atom i.
func (w *director) set(l int32, i int, dir molecule.BondDir) {
	b := &w.d.m.Bonds[l]
	b.Dir = opposite(dir, int(b.Begin) != i)
	w.open[l] = false
}

func opposite(dir molecule.BondDir, flip bool) molecule.BondDir {
	if flip {
		return dir.Flip()
	}
	return dir
}
