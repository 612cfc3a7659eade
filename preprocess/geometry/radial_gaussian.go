package geometry

import "math"

// comb is N Gaussians of equal width at equal distances: g_k(u) = exp(−a (u − μ_k)²), μ_k = start + kΔ.
type comb struct {
	start, step float64 // μ_0, Δ
	a           float64
	shrink      float64 // exp(−2aΔ²)
}

func newComb(start, step, a float64) comb {
	return comb{start: start, step: step, a: a, shrink: math.Exp(-2 * a * step * step)}
}

// row fills dst [N] with three exponentials, whatever N: from the centre nearest to u outwards,
//
//	g_{k±1} = g_k · q_k,  q_k = exp(−aΔ² ± 2aΔ (u − μ_k)),  q_{k±1} = q_k · exp(−2aΔ²),
//
// where every factor is at most about 1, so that no error grows.
func (c *comb) row(dst []float64, u float64) {
	k := c.nearest(u, len(dst))
	d := u - (c.start + float64(k)*c.step)
	g := math.Exp(-c.a * d * d)
	dst[k] = g
	c.fall(dst[k+1:], 1, g, math.Exp(c.a*c.step*(2*d-c.step)))
	c.fall(dst[:k], -1, g, math.Exp(-c.a*c.step*(2*d+c.step)))
}

// vanishing is under what a Gaussian is written as 0: processors are slow with the smallest numbers.
const vanishing = 1e-290

// fall fills dst with g q, g q q', g q q' q” and so on, q' = q exp(−2aΔ²); backwards from its end when by is −1.
func (c *comb) fall(dst []float64, by int, g, q float64) {
	i := 0
	if by < 0 {
		i = len(dst) - 1
	}
	for ; i >= 0 && i < len(dst); i += by {
		if g *= q; g < vanishing {
			g, q = 0, 0
		}
		dst[i] = g
		q *= c.shrink
	}
}

// nearest is the index in 0..n−1 of the centre nearest to u; 0 when u is not a number.
func (c *comb) nearest(u float64, n int) int {
	k := math.Round((u - c.start) / c.step)
	switch {
	case !(k > 0):
		return 0
	case k >= float64(n-1):
		return n - 1
	}
	return int(k)
}

// rate is d/du log g_k = −2a (u − μ_k).
func (c *comb) rate(k int, u float64) float64 {
	return -2 * c.a * (u - (c.start + float64(k)*c.step))
}

func (b *Radial) setGaussian() {
	step := b.Cutoff / float64(b.N-1)
	b.comb = newComb(0, step, 0.5/(step*step))
	b.fill, b.slope = gaussianRow, gaussianSlope
}

func gaussianRow(b *Radial, dst []float64, r float64) { b.comb.row(dst, r) }

func gaussianSlope(b *Radial, dst []float64, r float64) {
	b.comb.row(dst, r)
	for k := range dst {
		dst[k] *= b.comb.rate(k, r)
	}
}

func (b *Radial) setExpNorm() {
	if b.Alpha == 0 {
		b.Alpha = 5 / b.Cutoff
	}
	start, n := math.Exp(-b.Cutoff), float64(b.N)
	beta := math.Pow(2/n*(1-start), -2)
	b.comb = newComb(start, (1-start)/(n-1), beta)
	b.envelope = Envelope{Kind: Cosine, Cutoff: b.Cutoff}
	b.fill, b.slope = expNormRow, expNormSlope
}

// expNormRow fills f(r) g_k(u), u = exp(−αr).
func expNormRow(b *Radial, dst []float64, r float64) {
	b.comb.row(dst, math.Exp(-b.Alpha*r))
	if b.Prefactor == PrefactorOne {
		return
	}
	f := b.envelope.Eval(r)
	for k := range dst {
		dst[k] *= f
	}
}

// expNormSlope fills f'(r) g_k(u) − αu f(r) g'_k(u).
func expNormSlope(b *Radial, dst []float64, r float64) {
	u := math.Exp(-b.Alpha * r)
	f, df := 1.0, 0.0
	if b.Prefactor == PrefactorCosine {
		f, df = b.envelope.Eval(r), b.envelope.Derivative(r)
	}
	b.comb.row(dst, u)
	for k := range dst {
		dst[k] *= df - b.Alpha*u*f*b.comb.rate(k, u)
	}
}
