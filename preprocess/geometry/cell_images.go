package geometry

import (
	"cmp"
	"math"
	"slices"
)

// image is one atom at one of the places where it repeats.
//
// Invariant: images are sorted by (src, shift). Within the row of one receiving atom an edge's shift
// is its image's shift plus a constant, so the order of images is the order of edges. An image is 64
// bytes, a cache line: making an edge reads one.
type image struct {
	at    [3]float64 // Å, where it is, next to the wrapped atoms: good to the slack of the search
	from  [3]float64 // Å, the given position of src
	src   int32
	shift [3]int32 // cell vectors added to the given position of src
}

// translation is one vector of the lattice.
type translation struct {
	n     [3]int32   // periods added
	shift [3]int32   // the same in cell vectors
	by    [3]float64 // Å
}

// images are the atoms of a structure, wrapped home, and all images of them that a cutoff can reach
// from a wrapped atom.
type images struct {
	lattice lattice
	cutoff  float64 // Å
	reach   float64 // Å, cutoff plus slack: what is farther is no neighbour, in spite of rounding

	home         [][3]float64 // [N,3] Å, in the cell of shortest periods where it repeats
	wrap         [][3]int32   // [N,3] cell vectors added to the given position to come home
	frac         [][3]float64 // [N,p] home in periods
	low, high    [3]float64   // [p] the least and largest frac
	farthest     float64      // the most periods that an atom was wrapped by
	translations []translation
	all          []image // [M]
}

// set fills m for a structure whose lattice and positions have been checked.
func (m *images) set(positions [][3]float64, cutoff float64, maxEdges int) error {
	if err := m.wrapHome(positions); err != nil {
		return err
	}
	m.cutoff, m.reach = cutoff, cutoff+m.slack(cutoff)
	if len(positions) == 0 {
		m.all = m.all[:0]
		return nil
	}
	if err := m.translate(len(positions), maxEdges); err != nil {
		return err
	}
	return m.place(positions, maxEdges)
}

// slack bounds the rounding of a distance between images, Å: some ten roundings of 2⁻⁵³ of the
// largest numbers that go into it, a coordinate and the cell vectors of a shift.
func (m *images) slack(cutoff float64) float64 {
	const roundings = 1.0 / (1 << 46)
	largest := maxLength
	for r := range m.lattice.periods {
		period := 0.0
		for a, times := range m.lattice.back[r] {
			period += math.Abs(float64(times)) * norm(m.lattice.cell[a])
		}
		largest += (m.farthest + 2 + cutoff/m.lattice.height[r]) * period
	}
	return roundings * largest
}

// wrapHome fills home, wrap, frac, low, high and farthest.
func (m *images) wrapHome(positions [][3]float64) (err error) {
	l := &m.lattice
	m.home = append(m.home[:0], positions...)
	m.wrap, m.frac = sized(m.wrap, len(positions)), sized(m.frac, len(positions))
	m.low, m.high, m.farthest = [3]float64{1, 1, 1}, [3]float64{}, 0
	if l.periods == 0 {
		clear(m.wrap)
		return nil
	}
	for i, p := range positions {
		var wrap [3]int64
		for r := range l.periods {
			f := dot(p, l.inverse[r])
			n := math.Floor(f)
			if math.Abs(n) > 1<<30 {
				return refuseFormat("atom %d is %.3g cells outside the cell", i, math.Abs(n))
			}
			for a := range wrap {
				wrap[a] -= int64(n) * l.back[r][a]
			}
			m.frac[i][r] = f - n
			m.low[r], m.high[r] = min(m.low[r], f-n), max(m.high[r], f-n)
			m.farthest = max(m.farthest, math.Abs(n))
			m.home[i] = plus(m.home[i], -n, l.basis[r])
		}
		if m.wrap[i], err = narrow(wrap); err != nil {
			return err
		}
	}
	return nil
}

// narrow is s as int32, or a refusal.
func narrow(s [3]int64) (t [3]int32, err error) {
	for a, x := range s {
		if x > math.MaxInt32/4 || x < math.MinInt32/4 {
			return t, refuseFormat("a shift of %d cells is out of range", x)
		}
		t[a] = int32(x)
	}
	return t, nil
}

// translate lists the translations that can bring an atom within reach of another one, by shift.
func (m *images) translate(atoms, maxEdges int) error {
	var most [3]float64 // periods
	count := 1.0
	for r := range m.lattice.periods {
		most[r] = math.Floor(m.high[r] - m.low[r] + m.reach/m.lattice.height[r])
		count *= 2*most[r] + 1
	}
	if err := checkImages(count, atoms, maxEdges); err != nil {
		return err
	}
	m.translations = m.translations[:0]
	x, y, z := int32(most[0]), int32(most[1]), int32(most[2])
	for i := -x; i <= x; i++ {
		for j := -y; j <= y; j++ {
			for k := -z; k <= z; k++ {
				t, err := m.lattice.sum([3]int32{i, j, k})
				if err != nil {
					return err
				}
				m.translations = append(m.translations, t)
			}
		}
	}
	slices.SortFunc(m.translations, func(a, b translation) int { return compareShifts(a.shift, b.shift) })
	return nil
}

// sum is the translation by n periods.
func (l *lattice) sum(n [3]int32) (t translation, err error) {
	var shift [3]int64
	t.n = n
	for r := range l.periods {
		t.by = plus(t.by, float64(n[r]), l.basis[r])
		for a := range shift {
			shift[a] += int64(n[r]) * l.back[r][a]
		}
	}
	t.shift, err = narrow(shift)
	return t, err
}

// compareShifts is the lexicographic order of shifts.
func compareShifts(a, b [3]int32) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]))
}

// place fills all: of each atom the images within reach of the box of wrapped atoms.
func (m *images) place(positions [][3]float64, maxEdges int) error {
	count := 0.0
	for i := range m.home {
		lo, hi := m.periodsNear(i)
		count += float64(hi[0]-lo[0]+1) * float64(hi[1]-lo[1]+1) * float64(hi[2]-lo[2]+1)
	}
	if err := checkImages(count, len(m.home), maxEdges); err != nil {
		return err
	}
	m.all = sized(m.all, int(count))
	k := 0
	for i := range m.home {
		lo, hi := m.periodsNear(i)
		for t := range m.translations {
			t := &m.translations[t]
			if outside(t.n[0], lo[0], hi[0]) || outside(t.n[1], lo[1], hi[1]) || outside(t.n[2], lo[2], hi[2]) {
				continue
			}
			w := m.wrap[i]
			m.all[k] = image{at: plus(m.home[i], 1, t.by), from: positions[i], src: int32(i),
				shift: [3]int32{w[0] + t.shift[0], w[1] + t.shift[1], w[2] + t.shift[2]}}
			k++
		}
	}
	return nil
}

// periodsNear is the range of translations, in periods, that leave atom i within reach of the box
// low ≤ f ≤ high.
func (m *images) periodsNear(i int) (lo, hi [3]int32) {
	for r := range m.lattice.periods {
		margin := m.reach / m.lattice.height[r]
		lo[r] = int32(math.Ceil(m.low[r] - margin - m.frac[i][r]))
		hi[r] = int32(math.Floor(m.high[r] + margin - m.frac[i][r]))
	}
	return lo, hi
}

func outside(n, lo, hi int32) bool { return n < lo || n > hi }
