package geometry

import "math"

func (b *Radial) setBessel() {
	b.freq = math.Pi / b.Cutoff
	switch b.Prefactor {
	case PrefactorSqrt:
		b.scale = math.Sqrt(2 / b.Cutoff)
	case PrefactorTwo:
		b.scale = 2 / b.Cutoff
	case PrefactorPi:
		b.scale = b.Cutoff / math.Pi
	}
	b.fill, b.slope = besselRow, besselSlope
}

// atZero is the distance in Å below which A sin(kr)/r is its limit A k to the last bit.
const atZero = 1e-30

// besselRow fills dst[n−1] = A sin(nωr)/r, ω = π/rc, with one sine and cosine: four functions side by side, which
// do not wait for each other, and then the angle 4ωr is added to all of them.
func besselRow(b *Radial, dst []float64, r float64) {
	if math.Abs(r) < atZero {
		for k := range dst {
			dst[k] = b.scale * b.freq * float64(k+1)
		}
		return
	}
	s, c := sincos(b.freq * r)
	a := b.scale / r
	s2, c2 := 2*s*c, 1-2*s*s
	s4, c4 := 2*s2*c2, 1-2*s2*s2
	p, q, t, u := a*s, a*s2, a*(s2*c+c2*s), a*s4
	pc, qc, tc, uc := a*c, a*c2, a*(c2*c-s2*s), a*c4
	for len(dst) >= 4 {
		dst[0], dst[1], dst[2], dst[3] = p, q, t, u
		if dst = dst[4:]; len(dst) == 0 {
			return
		}
		p, pc = p*c4+pc*s4, pc*c4-p*s4
		q, qc = q*c4+qc*s4, qc*c4-q*s4
		t, tc = t*c4+tc*s4, tc*c4-t*s4
		u, uc = u*c4+uc*s4, uc*c4-u*s4
	}
	copy(dst, []float64{p, q, t})
}

// sincos is the sine and cosine of t, within 2e-15 and, near zero, within 4 ulp. On [0, π], where the lengths up to a cutoff
// lie, it has no branch that the next edge could go another way: both Taylor series at t/4, then twice
// sin 2h = 2 sin h cos h, cos 2h = 1 − 2 sin² h.
func sincos(t float64) (s, c float64) {
	if !(t >= 0 && t <= math.Pi) {
		return math.Sincos(t)
	}
	h := t / 4
	z := h * h
	z2 := z * z // the terms by fours: half of them do not wait for the others
	z4 := z2 * z2
	s = h * ((1 - z*(1./6) + z2*(1./120-z*(1./5040))) + z4*(1./362880-z*(1./39916800)+z2*(1./6227020800-z*(1./1307674368000))))
	c = 1 - z*((1./2-z*(1./24)+z2*(1./720-z*(1./40320)))+z4*(1./3628800-z*(1./479001600)+z2*(1./87178291200-z*(1./20922789888000))))
	s, c = 2*s*c, 1-2*s*s
	return 2 * s * c, 1 - 2*s*s
}

// besselSlope fills dst[n−1] = A (k cos(kr) − sin(kr)/r)/r, k = nω. It is −A k² j₁(kr), j₁ the spherical Bessel
// function, and near zero the difference is taken from the series of that.
func besselSlope(b *Radial, dst []float64, r float64) {
	s, c := sincos(b.freq * r)
	sn, cn := s, c
	for i := range dst {
		k := b.freq * float64(i+1)
		if math.Abs(k*r) < seriesBelow {
			dst[i] = -b.scale * k * k * sphericalJ1(k*r)
		} else {
			dst[i] = b.scale * (k*cn - sn/r) / r
		}
		sn, cn = sn*c+cn*s, cn*c-sn*s
	}
}

// seriesBelow is where the first term left out of sphericalJ1, x¹¹/518918400, is under 1e-15 of the sum.
const seriesBelow = 0.25

// sphericalJ1 is j₁(x) = x/3 − x³/30 + x⁵/840 − x⁷/45360 + x⁹/3991680 for small x (DLMF 10.53.1).
func sphericalJ1(x float64) float64 {
	q := x * x
	return x * (1./3 - q*(1./30-q*(1./840-q*(1./45360-q/3991680))))
}
