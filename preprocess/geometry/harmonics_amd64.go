//go:build !purego

package geometry

import "math"

// The compiler has no packed arithmetic, and the rounding to float32 alone, one number at a time, costs more than
// sphericart takes in all. So degree 3, the busiest, is done here two vectors at a time, with the instructions that every
// amd64 processor has (SSE2). The tag purego takes harmonics_other.go instead.

// pairConstants are what harmonics_amd64.s multiplies by, each twice, in its order.
type pairConstants [15][2]float64

var pairTables = func() (tables [3]pairConstants) {
	for k, f := range lows {
		for i, c := range [...]float64{f.y0, f.y1, f.y21, f.y22, f.a20, f.b20, f.y32, f.y33, f.a31, f.b31, f.a30, f.b30,
			leastLength * leastLength, math.MaxFloat64, 1} {
			tables[k][i] = [2]float64{c, c}
		}
	}
	return tables
}()

// pairs64 fills n rows of 16, n even. It stops before a pair with a length out of range and returns how many it has filled.
//
//go:noescape
func pairs64(dst *float64, vec *[3]float64, n int, c *pairConstants) int

// pairs32 is pairs64 for float32 rows.
//
//go:noescape
func pairs32(dst *float32, vec *[3]float64, n int, c *pairConstants) int

// pairsAtOnce bounds how long the scheduler waits for a kernel, which it cannot interrupt: some microseconds.
const pairsAtOnce = 1024

// rows3 fills rows of Y_0..Y_3.
func rows3[T float](h Harmonics, dst []T, vec [][3]float64) {
	c := &pairTables[h.index()]
	for len(vec) > 0 {
		n := min(len(vec), pairsAtOnce) &^ 1
		if n > 0 {
			n = pairs3(dst[:16*n], vec[:n], c)
		}
		if n == 0 {
			row3(h, dst[:16], vec[0])
			n = 1
		}
		dst, vec = dst[16*n:], vec[n:]
	}
}

// pairs3 calls the kernel for the element type.
func pairs3[T float](dst []T, vec [][3]float64, c *pairConstants) int {
	switch d := any(&dst[0]).(type) {
	case *float64:
		return pairs64(d, &vec[0], len(vec), c)
	case *float32:
		return pairs32(d, &vec[0], len(vec), c)
	}
	return 0
}

// row3 fills the row of one vector: the last of an odd number, or one of a pair with a length out of range. The kernel
// gives a row the same bits whatever stands beside it.
func row3[T float](h Harmonics, dst []T, v [3]float64) {
	var rows [32]T
	vec := [2][3]float64{v, v}
	if pairs3(rows[:], vec[:], &pairTables[h.index()]) == 0 {
		rowsHigh(h, dst, vec[:1])
		return
	}
	copy(dst, rows[:16])
}
