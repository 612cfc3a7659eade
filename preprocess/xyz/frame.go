package xyz

import (
	"fmt"
	"math"
	"slices"

	"molserve/preprocess/molecule"
)

// Frame is one structure.
type Frame struct {
	Line      int            // 1-based line of its number of atoms in the file; 0 = not from a file
	Numbers   []uint8        // [N] atomic numbers, 0 = X, a site without an element
	Positions [][3]float64   // [N,3] Å
	Cell      *[3][3]float64 // Å, lattice vectors in rows, a row of zeros where there is none; nil = no cell
	PBC       [3]bool        // along which lattice vectors it repeats
	Comment   string         // a plain comment, without keys; not written
	Info      []Named        // the other keys of the comment line, in order
	Columns   []Named        // [N] or [N,k], the other columns of Properties, in order
}

// Named is an array with its name in the file.
type Named struct {
	Name string
	Array
}

// Type of the elements of an Array.
type Type uint8

// The types. JSON is one value that is none of the others: an object, a list of strings, null.
const (
	Bool Type = iota
	Int
	Float
	String
	JSON
)

var typeNames = [...]string{"bool", "int", "float", "string", "json"}

// String names the type.
func (t Type) String() string { return typeNames[t] }

// Array holds values of one type, row-major, in the slice of its type; JSON text is in Strings.
type Array struct {
	Type    Type
	Shape   []int // nil: one value that is no list
	Bools   []bool
	Ints    []int64
	Floats  []float64
	Strings []string
}

// Of returns one float.
func Of(x float64) Array { return Array{Type: Float, Floats: []float64{x}} }

// Floats returns an array of floats, [N] or [N,k].
func Floats(x []float64, shape ...int) Array { return Array{Type: Float, Shape: shape, Floats: x} }

// Text returns one string.
func Text(s string) Array { return Array{Type: String, Strings: []string{s}} }

// Len is the number of elements.
func (a *Array) Len() int {
	switch a.Type {
	case Bool:
		return len(a.Bools)
	case Int:
		return len(a.Ints)
	case Float:
		return len(a.Floats)
	}
	return len(a.Strings)
}

// N is the number of atoms.
func (f *Frame) N() int { return len(f.Numbers) }

// Column returns the column of that name, or nil.
func (f *Frame) Column(name string) *Array { return find(f.Columns, name) }

// Key returns the value of that key of the comment line, or nil.
func (f *Frame) Key(name string) *Array { return find(f.Info, name) }

func find(list []Named, name string) *Array {
	i := slices.IndexFunc(list, func(n Named) bool { return n.Name == name })
	if i < 0 {
		return nil
	}
	return &list[i].Array
}

// maxLength bounds coordinates and cell vectors, Å: a tenth of a millimetre. Above it float64 resolves
// less than 1e-10 Å.
const maxLength = 1e6

// inRange is false for NaN too.
func inRange(x float64) bool { return math.Abs(x) <= maxLength }

// Check says what keeps f from being a frame that can be written: lengths that differ, numbers out
// of range, a flat cell.
func (f *Frame) Check() error {
	n := f.N()
	if n == 0 {
		return refuse(molecule.CodeEmpty, "no atoms")
	}
	if len(f.Positions) != n {
		return refuse(molecule.CodeFormat, "%d positions of %d atoms", len(f.Positions), n)
	}
	for i, p := range f.Positions {
		if int(f.Numbers[i]) > molecule.MaxZ {
			return refuse(molecule.CodeBadElement, "atom %d: no element has the number %d", i, f.Numbers[i])
		}
		if !inRange(p[0]) || !inRange(p[1]) || !inRange(p[2]) {
			return refuse(molecule.CodeFormat, "atom %d is at %v; coordinates must be finite and within %g Å", i, p, maxLength)
		}
	}
	for _, c := range f.Columns {
		if err := c.checkColumn(n); err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	if f.Cell == nil {
		return nil
	}
	return checkCell(f.Cell, f.PBC)
}

// checkColumn holds the shape to [n] or [n,k].
func (a *Array) checkColumn(n int) error {
	width := 1
	if len(a.Shape) == 2 {
		width = a.Shape[1]
	}
	if len(a.Shape) < 1 || len(a.Shape) > 2 || a.Shape[0] != n || width < 1 || a.Len() != n*width {
		return refuse(molecule.CodeFormat, "%d values of shape %v for %d atoms", a.Len(), a.Shape, n)
	}
	if a.Type == JSON {
		return refuse(molecule.CodeFormat, "json cannot stand in a column")
	}
	return nil
}

// refuse makes a refusal without a place; the reader adds the line.
func refuse(code molecule.Code, format string, args ...any) *molecule.Error {
	return molecule.Refuse(code, -1, format, args...)
}
