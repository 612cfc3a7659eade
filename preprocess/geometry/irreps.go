package geometry

import (
	"strconv"
	"strings"
)

// Irrep is an irreducible representation of O(3): degree L and parity P, as in "1o".
type Irrep struct {
	L int
	P int // +1 even (e), −1 odd (o): what inversion does
}

// Dim is 2L+1.
func (i Irrep) Dim() int { return 2*i.L + 1 }

// String is e3nn's notation, such as 1o.
func (i Irrep) String() string {
	if i.P < 0 {
		return strconv.Itoa(i.L) + "o"
	}
	return strconv.Itoa(i.L) + "e"
}

// MulIrrep is Mul copies of an irrep. In a row of features the copies stand one after the other, each with its 2L+1
// components together: multiplicity outer, m inner.
type MulIrrep struct {
	Mul int
	Irrep
}

// Dim is Mul·(2L+1).
func (m MulIrrep) Dim() int { return m.Mul * m.Irrep.Dim() }

// String is e3nn's notation, such as 16x1o.
func (m MulIrrep) String() string { return strconv.Itoa(m.Mul) + "x" + m.Irrep.String() }

// Irreps is the layout of one row of equivariant features, such as 16x0e+16x1o+16x2e.
type Irreps []MulIrrep

// Dim is the width of a row.
func (s Irreps) Dim() int {
	n := 0
	for _, m := range s {
		n += m.Dim()
	}
	return n
}

// LMax is the highest degree that has a copy, −1 when there is none.
func (s Irreps) LMax() int {
	l := -1
	for _, m := range s {
		if m.Mul > 0 {
			l = max(l, m.L)
		}
	}
	return l
}

// Count is the number of copies of an irrep, over all terms.
func (s Irreps) Count(i Irrep) int {
	n := 0
	for _, m := range s {
		if m.Irrep == i {
			n += m.Mul
		}
	}
	return n
}

// Slice is the half-open range of columns of one term.
type Slice struct{ Start, End int }

// Slices are the columns of each term of s, in order.
func (s Irreps) Slices() []Slice {
	out, at := make([]Slice, len(s)), 0
	for k, m := range s {
		out[k] = Slice{at, at + m.Dim()}
		at += m.Dim()
	}
	return out
}

// String is e3nn's notation, such as 16x0e+16x1o; it is empty for no irreps.
func (s Irreps) String() string {
	terms := make([]string, len(s))
	for k, m := range s {
		terms[k] = m.String()
	}
	return strings.Join(terms, "+")
}

// MarshalText writes String.
func (s Irreps) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads as ParseIrreps does.
func (s *Irreps) UnmarshalText(text []byte) error {
	parsed, err := ParseIrreps(string(text))
	*s = parsed
	return err
}
