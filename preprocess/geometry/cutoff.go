package geometry

import (
	"errors"
	"fmt"
	"math"
)

// EnvelopeKind names a function that takes a radial basis smoothly to zero at the cutoff.
type EnvelopeKind string

// The envelopes.
const (
	// Cosine is f(r) = ½ (cos(πr/rc) + 1) for r < rc, else 0 (Behler 2011, J. Chem. Phys. 134, 074106, eq. 4).
	// f and its slope vanish at rc, its curvature does not.
	Cosine EnvelopeKind = "cosine"
	// Polynomial is, with x = r/rc and for x < 1, else 0,
	//
	//	u(x) = 1 − (p+1)(p+2)/2 x^p + p(p+2) x^(p+1) − p(p+1)/2 x^(p+2)
	//
	// (DimeNet, arXiv 2003.03123, eq. 8). u, its slope and its curvature vanish at x = 1. PhysNet's cutoff is p = 3.
	Polynomial EnvelopeKind = "polynomial"
)

const (
	defaultP = 6 // NequIP's and MACE's code
	maxP     = 64
)

// Envelope is one cutoff function as a manifest writes it.
type Envelope struct {
	Kind   EnvelopeKind `json:"kind"`
	P      int          `json:"p,omitempty" zero:"no"` // polynomial only; 0 is 6
	Cutoff float64      `json:"cutoff"`                // rc, Å
}

// Validate tells every fault of e.
func (e Envelope) Validate() error {
	var faults []error
	switch {
	case e.Kind != Cosine && e.Kind != Polynomial:
		faults = append(faults, fmt.Errorf("kind: %q is none of %q, %q", e.Kind, Polynomial, Cosine))
	case e.Kind == Cosine && e.P != 0:
		faults = append(faults, fmt.Errorf("p: a cosine envelope has none"))
	}
	if e.P < 0 || e.P > maxP {
		faults = append(faults, fmt.Errorf("p: %d is not in 1..%d", e.P, maxP))
	}
	return errors.Join(append(faults, cutoffFault(e.Cutoff))...)
}

func cutoffFault(rc float64) error {
	if rc > 0 && rc <= maxCutoff {
		return nil
	}
	return fmt.Errorf("cutoff: %v Å is not in (0, %d]", rc, maxCutoff)
}

// power is p, its default put in.
func (e Envelope) power() int {
	if e.P == 0 {
		return defaultP
	}
	return e.P
}

// Eval is the envelope at a distance r in Å: 1 at 0, 0 from the cutoff on.
func (e Envelope) Eval(r float64) float64 {
	if r >= e.Cutoff {
		return 0
	}
	x := r / e.Cutoff
	if e.Kind == Cosine {
		return 0.5 * (math.Cos(math.Pi*x) + 1)
	}
	return e.polynomial().at(x)
}

// polynomial is u(x) = 1 − xⁿ (a − x (b − x c)).
type polynomial struct {
	n       int
	a, b, c float64
}

func (e Envelope) polynomial() polynomial {
	n := e.power()
	p := float64(n)
	return polynomial{n, 0.5 * (p + 1) * (p + 2), p * (p + 2), 0.5 * p * (p + 1)}
}

func (u polynomial) at(x float64) float64 { return 1 - power(x, u.n)*(u.a-x*(u.b-x*u.c)) }

// Derivative is d/dr of Eval, in 1/Å. For the polynomial it is −p(p+1)(p+2)/2 · x^(p−1) (1−x)² / rc.
func (e Envelope) Derivative(r float64) float64 {
	if r >= e.Cutoff {
		return 0
	}
	x := r / e.Cutoff
	if e.Kind == Cosine {
		return -0.5 * math.Pi / e.Cutoff * math.Sin(math.Pi*x)
	}
	n := e.power()
	p := float64(n)
	return -0.5 * p * (p + 1) * (p + 2) * power(x, n-1) * (1 - x) * (1 - x) / e.Cutoff
}

// power is xⁿ for n ≥ 0, by squaring.
func power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

// Rows fills dst [E] with the envelope at the distances r [E], Å.
func (e Envelope) Rows(dst, r []float64) { envelopeRows(e, dst, r) }

// Rows32 is Rows for a float32 tensor: computed in float64, rounded once.
func (e Envelope) Rows32(dst []float32, r []float64) { envelopeRows(e, dst, r) }

func envelopeRows[T float](e Envelope, dst []T, r []float64) {
	dst = dst[:len(r)]
	if e.Kind == Polynomial {
		polynomialRows(e, dst, r)
		return
	}
	for k, rk := range r {
		dst[k] = T(e.Eval(rk))
	}
}

// polynomialRows works out the constants once.
func polynomialRows[T float](e Envelope, dst []T, r []float64) {
	u := e.polynomial()
	for k, rk := range r {
		dst[k] = 0
		if x := rk / e.Cutoff; rk < e.Cutoff {
			dst[k] = T(u.at(x))
		}
	}
}

// Pullback adds to grad [E,3] the gradient, with respect to the vectors vec [E,3], of Σ_k cot_k f(|vec_k|):
// cot_k f'(r) v/r. A vector of length zero adds nothing: it has no direction.
func (e Envelope) Pullback(grad [][3]float64, cot []float64, vec [][3]float64) {
	for k := range vec {
		if r := lengthOf(&vec[k]); r > 0 {
			addScaled(&grad[k], cot[k]*e.Derivative(r)/r, &vec[k])
		}
	}
}

// lengthOf is |v|, without overflow.
func lengthOf(v *[3]float64) float64 { return math.Hypot(math.Hypot(v[0], v[1]), v[2]) }

// addScaled adds a·v to dst.
func addScaled(dst *[3]float64, a float64, v *[3]float64) {
	dst[0] += a * v[0]
	dst[1] += a * v[1]
	dst[2] += a * v[2]
}
