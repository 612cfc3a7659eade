package geometry

import (
	"math"

	"molserve/preprocess/molecule"
)

// Cell is three lattice vectors in its rows, Å. It may be left-handed. A row of zeros stands for a
// direction without a vector, as in ASE; that direction cannot repeat.
type Cell [3][3]float64

const (
	// maxLength bounds coordinates and cell vectors, Å (a tenth of a millimetre). Float64 then
	// resolves 1e-10 Å, and a span of cutoffs of 1 Å or more counts fewer than 2²² bins.
	maxLength = 1e6
	// minLength is the least length of a cell vector, Å. What is shorter is no vector.
	minLength = 1e-9
	// flat is the least volume of a cell, as a fraction of the product of its lengths. Rounding
	// leaves about 1e-16 of a cell that is meant to be flat.
	flat = 1e-9
)

// lattice is the part of a cell that repeats, by its shortest periods.
type lattice struct {
	cell    Cell          // Å, given vectors; zero rows where nothing repeats
	periods int           // p, number of independent periods, 0 to 3
	basis   [3][3]float64 // [p,3] Å, shortest periods first; rows p.. complete it, orthonormal to the periods
	back    [3][3]int64   // [p,3] basis[r] = Σ_a back[r][a]·cell[a]
	inverse [3][3]float64 // x = f·basis  ⇔  f[r] = x·inverse[r], 1/Å
	height  [3]float64    // [p] Å, distance of the two faces that period r joins
}

// set reads the cell of s, or says why it is none.
func (l *lattice) set(s *Structure) error {
	*l = lattice{}
	if s.Cell == nil {
		if s.PBC != [3]bool{} {
			return refuseFormat("pbc is %v without a cell", s.PBC)
		}
		return nil
	}
	if err := s.Cell.check(s.PBC); err != nil {
		return err
	}
	for a, repeats := range s.PBC {
		if repeats {
			l.cell[a] = s.Cell[a]
			l.basis[l.periods], l.back[l.periods][a] = s.Cell[a], 1
			l.periods++
		}
	}
	if l.periods > 0 {
		l.reduce()
		l.invert()
	}
	return nil
}

// check refuses vectors that are not finite, that repeat without a length, or that are flat: what
// there is of vectors must be linearly independent, whether it repeats or not (ASE solves for the
// whole cell).
func (c *Cell) check(pbc [3]bool) error {
	var vectors [3][3]float64
	n := 0
	for a, v := range c {
		for _, x := range v {
			if !(math.Abs(x) <= maxLength) { // also NaN
				return refuseFormat("cell vector %d is %v; its numbers must be finite and within %g Å", a, v, maxLength)
			}
		}
		if norm(v) >= minLength {
			vectors[n] = unit(v)
			n++
		} else if pbc[a] {
			return refuseFormat("cell vector %d repeats but has no length: %v", a, v)
		}
	}
	if volume(vectors[:n]) < flat {
		return refuseFormat("cell %v is flat: its vectors are linearly dependent", *c)
	}
	return nil
}

// invert completes the basis to three vectors and fills inverse and height.
func (l *lattice) invert() {
	b := &l.basis
	switch l.periods {
	case 1:
		b[1] = perpendicular(b[0])
		b[2] = unit(cross(b[0], b[1]))
	case 2:
		b[2] = unit(cross(b[0], b[1]))
	}
	det := dot(b[0], cross(b[1], b[2]))
	for r := range b {
		l.inverse[r] = scale(1/det, cross(b[(r+1)%3], b[(r+2)%3]))
		l.height[r] = 1 / norm(l.inverse[r])
	}
}

// translate is (x, y, z) + (a, b, c)·cell, Å, in one order of operations for every algorithm. The
// conversions keep compilers from fusing them into fewer roundings.
func (l *lattice) translate(x, y, z float64, a, b, c int32) (float64, float64, float64) {
	u, v, w := float64(a), float64(b), float64(c)
	h := &l.cell
	return x + (float64(u*h[0][0]) + float64(v*h[1][0]) + float64(w*h[2][0])),
		y + (float64(u*h[0][1]) + float64(v*h[1][1]) + float64(w*h[2][1])),
		z + (float64(u*h[0][2]) + float64(v*h[1][2]) + float64(w*h[2][2]))
}

// refuseFormat is a refusal of what is no structure.
func refuseFormat(format string, args ...any) error {
	return molecule.Refuse(molecule.CodeFormat, -1, format, args...)
}
