package xyz

import (
	"math"

	"molserve/preprocess/molecule"
)

const (
	// minLength is the least length of a cell vector, Å. What is shorter is no vector.
	minLength = 1e-9
	// flat is the least volume of a cell, as a fraction of the product of its lengths.
	flat = 1e-9
)

// setCell reads Lattice: nine numbers, the first three are the first vector.
func (f *Frame) setCell(lattice *Array) error {
	x, ok := lattice.numbers()
	if !ok || len(x) != 9 || len(lattice.Shape) != 1 {
		return refuse(molecule.CodeFormat, "Lattice has not nine numbers")
	}
	cell := new([3][3]float64)
	for i := range x {
		cell[i/3][i%3] = x[i]
	}
	f.Cell = cell
	return nil
}

// setPBC reads pbc: one value for all directions or three; booleans, or numbers that are not 0.
func (f *Frame) setPBC(pbc *Array) error {
	var bits []bool
	switch pbc.Type {
	case Bool:
		bits = pbc.Bools
	case Int, Float:
		x, _ := pbc.numbers()
		for i := range x {
			bits = append(bits, x[i] != 0)
		}
	}
	if len(pbc.Shape) > 1 || len(bits) != 1 && len(bits) != 3 {
		return refuse(molecule.CodeFormat, "pbc is neither one boolean nor three, such as \"T T F\"")
	}
	for a := range f.PBC {
		f.PBC[a] = bits[min(a, len(bits)-1)]
	}
	return nil
}

// numbers returns what is a list of numbers as floats.
func (a *Array) numbers() ([]float64, bool) {
	if a.Type == Float {
		return a.Floats, true
	}
	if a.Type != Int {
		return nil, false
	}
	x := make([]float64, len(a.Ints))
	for i, v := range a.Ints {
		x[i] = float64(v)
	}
	return x, true
}

// checkCell refuses vectors that are not finite, that repeat without a length, or that are linearly
// dependent. A row of zeros is a direction without a vector.
func checkCell(cell *[3][3]float64, pbc [3]bool) error {
	var unit [3][3]float64
	n := 0
	for a, v := range cell {
		if !inRange(v[0]) || !inRange(v[1]) || !inRange(v[2]) {
			return refuse(molecule.CodeFormat, "cell vector %d is %v; its numbers must be finite and within %g Å", a, v, maxLength)
		}
		length := math.Sqrt(dot(v, v))
		if length < minLength && pbc[a] {
			return refuse(molecule.CodeFormat, "cell vector %d repeats but has no length: %v", a, v)
		}
		if length >= minLength {
			unit[n] = [3]float64{v[0] / length, v[1] / length, v[2] / length}
			n++
		}
	}
	if volume(unit[:n]) < flat {
		return refuse(molecule.CodeFormat, "cell %v is flat: its vectors are linearly dependent", *cell)
	}
	return nil
}

// volume is the length, area or volume that up to three vectors span; of none it is 1.
func volume(v [][3]float64) float64 {
	switch len(v) {
	case 2:
		c := cross(v[0], v[1])
		return math.Sqrt(dot(c, c))
	case 3:
		return math.Abs(dot(v[0], cross(v[1], v[2])))
	}
	return 1
}

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}
