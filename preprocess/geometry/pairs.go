package geometry

import "math"

// search finds, for one atom after the other, the images that are its neighbours.
type search struct {
	images    images
	positions [][3]float64 // [N,3] Å, as given
	cutoff    float64      // Å
	inner2    float64      // Å², closer than this is a neighbour in spite of rounding
	outer2    float64      // Å², farther than this is none

	gridded bool
	grid    grid
	found   []int32 // [≤ M] images near the last atom asked for
}

// maxBruteForce is the number of pairs, atoms times images, above which bins are cheaper than looking
// at all of them: measured, 200 atoms in the open and 60 in a cell cost the same both ways.
const maxBruteForce = 40_000

// prepare checks s and lists its images; near may then be called for its atoms.
func (f *search) prepare(s Structure, o Options) error {
	if err := checkPositions(s.Positions); err != nil {
		return err
	}
	if err := f.images.lattice.set(&s); err != nil {
		return err
	}
	limit := o.maxEdges()
	if least := f.images.lattice.leastPeriodic(len(s.Positions), o.Cutoff); least > float64(limit) {
		return tooManyEdges("at least", least, limit)
	}
	if err := f.images.set(s.Positions, o.Cutoff, limit); err != nil {
		return err
	}
	f.positions, f.cutoff = s.Positions, o.Cutoff
	inner := max(0, 2*f.cutoff-f.images.reach)
	f.inner2, f.outer2 = inner*inner, f.images.reach*f.images.reach
	images := len(f.images.all)
	f.found = sized(f.found, images)
	f.gridded = o.Algorithm == Auto && len(s.Positions)*images > maxBruteForce || o.Algorithm == CellList && images > 0
	if !f.gridded {
		return nil
	}
	f.grid.set(&f.images)
	if least := f.grid.leastEdges(len(s.Positions)); least > float64(limit) {
		return tooManyEdges("at least", least, limit)
	}
	return nil
}

// order lists the atoms so that those near each other are asked for soon after each other: memory
// that one has read is still at hand for the next.
func (f *search) order(to []int32) []int32 {
	if f.gridded {
		return append(to, f.grid.atoms...)
	}
	for i := range f.positions {
		to = append(to, int32(i))
	}
	return to
}

// near lists the images closer to atom i than the cutoff, and itself, in ascending order. The list
// is overwritten by the next call.
func (f *search) near(i int) []int32 {
	n, unsure := 0, 0
	if f.gridded {
		n, unsure = f.nearInBins(i)
	} else {
		n, unsure = f.nearInAll(i)
	}
	if unsure == 0 {
		return f.found[:n]
	}
	sure := 0
	to, wrap := f.positions[i], f.images.wrap[i]
	for _, id := range f.found[:n] {
		m := &f.images.all[id]
		x, y, z := f.images.lattice.translate(m.from[0]-to[0], m.from[1]-to[1], m.from[2]-to[2],
			m.shift[0]-wrap[0], m.shift[1]-wrap[1], m.shift[2]-wrap[2])
		if distance(x, y, z) < f.cutoff {
			f.found[sure] = id
			sure++
		}
	}
	return f.found[:sure]
}

// nearInAll looks at every image. It writes those within reach of atom i to found, and returns how
// many there are and how many of them rounding leaves undecided.
//
// The loop has no branch to mispredict: a number's sign is added up.
func (f *search) nearInAll(i int) (n, unsure int) {
	h, inner2, outer2 := f.images.home[i], f.inner2, f.outer2
	all, found := f.images.all, f.found[:len(f.images.all)]
	for k := range all {
		at := &all[k].at
		x, y, z := at[0]-h[0], at[1]-h[1], at[2]-h[2]
		d2 := x*x + y*y + z*z
		found[n] = int32(k)
		within := negative(d2 - outer2)
		n += within
		unsure += within - negative(d2-inner2)
	}
	return n, unsure
}

// negative is 1 below zero and 0 from +0 on.
func negative(x float64) int { return int(math.Float64bits(x) >> 63) }

// fill writes the edges that atom i receives from images, from place k on. There must be room for
// all of them but the atom itself.
//
// Vec = (r(src) − r(i)) + Shift·Cell: the opposite edge has exactly the negative vector, and the
// same distance. (Numbers and not arrays, element by element: Go keeps no array in registers, and
// loading two numbers at once that were just stored one by one stalls the processor.)
func (n *Neighbours) fill(k, i int, images []int32) {
	room := k + len(images) - 1
	srcs, dsts, shifts := n.Src[k:room], n.Dst[k:room], n.Shift[k:room]
	vecs, dists := n.Vec[k:room], n.Dist[k:room]
	all, lattice := n.search.images.all, &n.search.images.lattice
	wrap, to := &n.search.images.wrap[i], &n.search.positions[i]
	e := 0
	for _, id := range images {
		m := &all[id]
		a, b, c := m.shift[0]-wrap[0], m.shift[1]-wrap[1], m.shift[2]-wrap[2]
		x, y, z := m.from[0]-to[0], m.from[1]-to[1], m.from[2]-to[2]
		if a|b|c != 0 {
			x, y, z = lattice.translate(x, y, z, a, b, c)
		} else if int(m.src) == i {
			continue
		}
		srcs[e], dsts[e], dists[e] = m.src, int32(i), distance(x, y, z)
		shift, vec := &shifts[e], &vecs[e]
		shift[0], shift[1], shift[2] = a, b, c
		vec[0], vec[1], vec[2] = x, y, z
		e++
	}
}

// distance is |(x, y, z)|. The conversions keep compilers from fusing it into fewer roundings.
func distance(x, y, z float64) float64 {
	return math.Sqrt(float64(x*x) + float64(y*y) + float64(z*z))
}
