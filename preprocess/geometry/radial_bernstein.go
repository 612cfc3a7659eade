package geometry

import "math"

func (b *Radial) setBernstein() {
	if b.Alpha == 0 {
		b.Alpha = halfPerBohr
	}
	b.binom, b.binomLess = binomials(b.N-1), binomials(b.N-2)
	b.fill, b.slope = bernsteinRow, bernsteinSlope
}

// binomials is C(n, k) for k = 0..n; nothing for n < 0.
func binomials(n int) []float64 {
	c := make([]float64, 0, n+1)
	for k, v := 0, 1.0; k <= n; k++ {
		c = append(c, v)
		v = v / float64(k+1) * float64(n-k)
	}
	return c
}

// variable is t and 1−t of the polynomials C(n,k) t^k (1−t)^(n−k), and dt/dr:
// t = exp(−αr), or 1 − exp(−αr) in the reversed order.
func (b *Radial) variable(r float64) (t, rest, dt float64) {
	x, y := math.Exp(-b.Alpha*r), -math.Expm1(-b.Alpha*r)
	if b.Order == Reversed {
		return y, x, b.Alpha * x
	}
	return x, y, -b.Alpha * x
}

func bernsteinRow(b *Radial, dst []float64, r float64) {
	t, rest, _ := b.variable(r)
	bernsteinPolynomials(dst, b.binom, t, rest)
}

// bernsteinPolynomials fills dst[k] = C(n,k) t^k rest^(n−k), n = len(dst)−1.
func bernsteinPolynomials(dst, binom []float64, t, rest float64) {
	p := 1.0
	for k := range dst {
		dst[k] = binom[k] * p
		p *= t
	}
	p = 1
	for k := len(dst) - 1; k >= 0; k-- {
		dst[k] *= p
		p *= rest
	}
}

// bernsteinSlope fills n (B_{k−1,n−1}(t) − B_{k,n−1}(t)) dt/dr.
func bernsteinSlope(b *Radial, dst []float64, r float64) {
	t, rest, dt := b.variable(r)
	n := len(dst) - 1
	bernsteinPolynomials(dst[:n], b.binomLess, t, rest)
	dst[n] = 0
	for k := n; k >= 0; k-- {
		below := 0.0
		if k > 0 {
			below = dst[k-1]
		}
		dst[k] = float64(n) * dt * (below - dst[k])
	}
}
