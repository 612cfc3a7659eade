package geometry

import (
	"errors"
	"fmt"
	"math"
)

// LMax is the highest degree of harmonics, couplings and Wigner matrices.
const LMax = 6

// Normalisation says how long the harmonics of one degree are on the unit sphere.
type Normalisation string

// The normalisations of e3nn: Σ_m Y_lm² is 2l+1, 1 or (2l+1)/4π.
const (
	Component Normalisation = "component" // the default
	Norm      Normalisation = "norm"
	Integral  Normalisation = "integral" // ∫ Y_lm² over the sphere is 1
)

// Harmonics are the real spherical harmonics of degrees 0..LMax in the order and signs of e3nn 0.6: l ascending,
// m = −l..l within, the polar axis is y, the azimuth runs from z to x, no Condon–Shortley phase:
//
//	Y_lm(r) = N_lm Q_l^|m|(y, r²) · (m < 0: S_|m|, else C_m),   C_m + i S_m = (z + ix)^m,
//
// with the recurrences of Q in harmonics_high.go and N_lm² = (2l+1) (l−|m|)!/(l+|m|)! · (m = 0: 1, else 2), so that
// l = 1 is √3 (x, y, z). The zero value is l = 0, component. The vector is scaled to length 1 first, as e3nn does:
// by 1/max(|v|, 1e-12); so a zero vector gives Y_00 and zeros.
type Harmonics struct {
	LMax          int           `json:"lmax"`
	Normalisation Normalisation `json:"normalisation,omitempty"`
	Order         string        `json:"order,omitempty"`       // "" or "e3nn"
	KeepLength    bool          `json:"keep_length,omitempty"` // r^l stays in: e3nn's normalize=False
}

// Validate tells every fault of h.
func (h Harmonics) Validate() error {
	var faults []error
	if h.LMax < 0 || h.LMax > LMax {
		faults = append(faults, fmt.Errorf("lmax: %d is not in 0..%d", h.LMax, LMax))
	}
	if h.index() < 0 {
		faults = append(faults, fmt.Errorf("normalisation: %q is none of %q, %q, %q", h.Normalisation, Component, Norm, Integral))
	}
	if h.Order != "" && h.Order != "e3nn" {
		faults = append(faults, fmt.Errorf("order: %q is not %q", h.Order, "e3nn"))
	}
	return errors.Join(faults...)
}

// Width is the count of functions, (LMax+1)².
func (h Harmonics) Width() int { return (h.LMax + 1) * (h.LMax + 1) }

// Irreps is the representation of a row: 1x0e+1x1o+1x2e+…
func (h Harmonics) Irreps() Irreps {
	var s Irreps
	for l := range h.LMax + 1 {
		s = append(s, MulIrrep{Mul: 1, Irrep: Irrep{L: l, P: 1 - 2*(l&1)}})
	}
	return s
}

// index is the row of the normalisation in scales, −1 when there is none.
func (h Harmonics) index() int {
	switch h.Normalisation {
	case "", Component:
		return 0
	case Norm:
		return 1
	case Integral:
		return 2
	}
	return -1
}

// scales[k][l] takes component normalisation to the k-th one.
var scales = func() (s [3][LMax + 1]float64) {
	for l := range LMax + 1 {
		s[0][l] = 1
		s[1][l] = 1 / math.Sqrt(float64(2*l+1))
		s[2][l] = 1 / math.Sqrt(4*math.Pi)
	}
	return s
}()

// Eval fills dst [(LMax+1)²] for one vector.
func (h Harmonics) Eval(dst []float64, v [3]float64) {
	harmonicsRows(h, dst, [][3]float64{v})
}

// Rows fills dst [E,(LMax+1)²] for the vectors vec [E,3]. h must be valid.
func (h Harmonics) Rows(dst []float64, vec [][3]float64) { harmonicsRows(h, dst, vec) }

// Rows32 is Rows for a float32 tensor: computed in float64, rounded once.
func (h Harmonics) Rows32(dst []float32, vec [][3]float64) { harmonicsRows(h, dst, vec) }

func harmonicsRows[T float](h Harmonics, dst []T, vec [][3]float64) {
	dst = dst[:len(vec)*h.Width()]
	switch {
	case h.KeepLength || h.LMax > 3:
		rowsHigh(h, dst, vec)
	case h.LMax == 3:
		rows3(h, dst, vec)
	case h.LMax == 2:
		rows2(h, dst, vec)
	case h.LMax == 1:
		rows1(h, dst, vec)
	default:
		for k := range dst {
			dst[k] = T(scales[h.index()][0])
		}
	}
}

// leastLength is e3nn's least divisor of a vector (torch.nn.functional.normalize).
const leastLength = 1e-12

// inverseLength is 1/|v|; ok is false where |v|² is out of range or less than e3nn's least, and for NaN.
func inverseLength(v *[3]float64) (s float64, ok bool) {
	q := v[0]*v[0] + v[1]*v[1] + v[2]*v[2]
	return 1 / math.Sqrt(q), q >= leastLength*leastLength && q <= math.MaxFloat64
}

// normalize is v/max(|v|, leastLength), for any v.
func normalize(v [3]float64) (x, y, z float64) {
	x, y, z = v[0], v[1], v[2]
	if s, ok := inverseLength(&v); ok {
		return x * s, y * s, z * s
	}
	m := max(math.Abs(x), math.Abs(y), math.Abs(z))
	if m <= leastLength {
		return x / leastLength, y / leastLength, z / leastLength
	}
	x, y, z = x/m, y/m, z/m
	s := 1 / math.Sqrt(x*x+y*y+z*z)
	return x * s, y * s, z * s
}
