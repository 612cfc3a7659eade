package geometry

import (
	"errors"
	"fmt"
	"slices"
)

// BasisKind names a family of radial functions.
type BasisKind string

// The radial bases, k = 0 … N−1, r in Å.
const (
	// Gaussian is exp(−½ ((r − μ_k)/Δ)²), μ_k = kΔ, Δ = rc/(N−1) (SchNet; SchNetPack GaussianRBF).
	Gaussian BasisKind = "gaussian"
	// Bessel is A sin(nπr/rc)/r, n = k+1, A by Prefactor (DimeNet, arXiv 2003.03123, eq. 7). At r = 0 it is the limit A nπ/rc.
	Bessel BasisKind = "bessel"
	// ExpNorm is f(r) exp(−β (exp(−αr) − μ_k)²), μ_k from exp(−rc) to 1 in equal steps, β = (2(1 − exp(−rc))/N)⁻²,
	// f by Prefactor (PhysNet, arXiv 1902.08408). TorchMD-NET's ExpNormalSmearing has α = 5/rc, keeps
	// PhysNet's μ and β, which are for α = 1/Å, and multiplies by the cosine cutoff: these are the defaults.
	ExpNorm BasisKind = "expnorm"
	// Bernstein is C(N−1, k) x^k (1−x)^(N−1−k), x = exp(−αr) (SpookyNet, arXiv 2105.00304; SchNetPack BernsteinRBF
	// with α = 0.95). SpookyNet's own code counts k the other way: Order "reversed".
	Bernstein BasisKind = "bernstein"
)

// Prefactor names what a basis is multiplied by.
type Prefactor string

// The prefactors. Bessel takes all but Cosine; ExpNorm takes PrefactorOne and PrefactorCosine.
const (
	PrefactorSqrt   Prefactor = "sqrt(2/rc)" // DimeNet's paper, MACE; Bessel's default
	PrefactorTwo    Prefactor = "2/rc"       // NequIP up to 0.6
	PrefactorPi     Prefactor = "rc/pi"      // NequIP from 0.7: n sinc(nr/rc)
	PrefactorOne    Prefactor = "1"          // SchNetPack; PhysNet, whose cutoff is apart
	PrefactorCosine Prefactor = "cosine"     // the cosine envelope; ExpNorm's default
)

// Reversed is the Order of SpookyNet's code: function k is its paper's N−1−k.
const Reversed = "reversed"

const (
	maxBasis    = 1024               // C(1023, 511) is still a float64
	maxCutoff   = 1000               // Å
	halfPerBohr = 0.9448630629184640 // 1/Å, SpookyNet's start value
)

// Basis is one radial basis as a manifest writes it. NewRadial makes it ready to evaluate.
type Basis struct {
	Kind      BasisKind `json:"kind"`
	N         int       `json:"n"`
	Cutoff    float64   `json:"cutoff"`                    // rc, Å
	Prefactor Prefactor `json:"prefactor,omitempty"`       // Bessel, ExpNorm
	Alpha     float64   `json:"alpha,omitempty" zero:"no"` // 1/Å; 0 is 5/rc for ExpNorm, 0.5/Bohr for Bernstein
	Order     string    `json:"order,omitempty"`           // Bernstein: "" or "reversed"
}

// prefactors lists what each kind may be multiplied by; the first is its default.
var prefactors = map[BasisKind][]Prefactor{
	Gaussian:  {PrefactorOne},
	Bessel:    {PrefactorSqrt, PrefactorTwo, PrefactorPi, PrefactorOne},
	ExpNorm:   {PrefactorCosine, PrefactorOne},
	Bernstein: {PrefactorOne},
}

// Validate tells every fault of b.
func (b Basis) Validate() error {
	allowed, known := prefactors[b.Kind]
	if !known {
		return errors.Join(fmt.Errorf("kind: %q is none of %q, %q, %q, %q", b.Kind, Bessel, Gaussian, ExpNorm, Bernstein),
			cutoffFault(b.Cutoff))
	}
	least := 1
	if b.Kind == Gaussian || b.Kind == ExpNorm {
		least = 2 // the width is the distance of two centres
	}
	faults := []error{cutoffFault(b.Cutoff)}
	if b.N < least || b.N > maxBasis {
		faults = append(faults, fmt.Errorf("n: %d is not in %d..%d", b.N, least, maxBasis))
	}
	if b.Prefactor != "" && !slices.Contains(allowed, b.Prefactor) {
		faults = append(faults, fmt.Errorf("prefactor: %q of a %s basis is none of %q", b.Prefactor, b.Kind, allowed))
	}
	return errors.Join(append(faults, b.checkShape())...)
}

// checkShape looks at the constants that only some kinds have.
func (b Basis) checkShape() error {
	scaled := b.Kind == ExpNorm || b.Kind == Bernstein
	switch {
	case b.Alpha != 0 && !scaled:
		return fmt.Errorf("alpha: a %s basis has none", b.Kind)
	case !(b.Alpha >= 0 && b.Alpha <= 1000):
		return fmt.Errorf("alpha: %v is not in [0, 1000] 1/Å", b.Alpha)
	case b.Order != "" && (b.Kind != Bernstein || b.Order != Reversed):
		return fmt.Errorf("order: %q of a %s basis is unknown", b.Order, b.Kind)
	}
	return nil
}

// Radial is a basis with its constants worked out. It is read-only: any number of goroutines may share it.
type Radial struct {
	Basis                 // defaults put in
	fill, slope row       // values and d/dr
	freq        float64   // Bessel: π/rc
	scale       float64   // Bessel: A
	comb        comb      // Gaussian, ExpNorm
	envelope    Envelope  // ExpNorm
	binom       []float64 // Bernstein: C(N−1, k)
	binomLess   []float64 // Bernstein: C(N−2, k)
}

// row fills dst [N] for one distance.
type row func(b *Radial, dst []float64, r float64)

// NewRadial checks a basis and works out its constants.
func NewRadial(spec Basis) (*Radial, error) {
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	b := &Radial{Basis: spec, scale: 1}
	if b.Prefactor == "" {
		b.Prefactor = prefactors[b.Kind][0]
	}
	switch b.Kind {
	case Gaussian:
		b.setGaussian()
	case Bessel:
		b.setBessel()
	case ExpNorm:
		b.setExpNorm()
	case Bernstein:
		b.setBernstein()
	}
	return b, nil
}

// Eval fills dst [N] with the functions at a distance r in Å.
func (b *Radial) Eval(dst []float64, r float64) { b.fill(b, dst[:b.N], r) }

// Derivative fills dst [N] with d/dr of the functions, in their unit per Å.
func (b *Radial) Derivative(dst []float64, r float64) { b.slope(b, dst[:b.N], r) }

// Rows fills dst [E,N] at the distances r [E], Å.
func (b *Radial) Rows(dst, r []float64) {
	for k, rk := range r {
		b.fill(b, dst[k*b.N:(k+1)*b.N], rk)
	}
}

// Rows32 is Rows for a float32 tensor: computed in float64, rounded once.
func (b *Radial) Rows32(dst []float32, r []float64) {
	var stack [64]float64
	buffer := scratch(stack[:], b.N)
	for k, rk := range r {
		b.fill(b, buffer, rk)
		for n, v := range buffer {
			dst[k*b.N+n] = float32(v)
		}
	}
}

// Pullback adds to grad [E,3] the gradient, with respect to the vectors vec [E,3], of Σ_kn cot_kn R_n(|vec_k|), cot [E,N]:
// Σ_n cot_kn R'_n(r) v/r. A vector of length zero adds nothing: it has no direction.
func (b *Radial) Pullback(grad [][3]float64, cot []float64, vec [][3]float64) {
	var stack [64]float64
	buffer := scratch(stack[:], b.N)
	for k := range vec {
		r := lengthOf(&vec[k])
		if r == 0 {
			continue
		}
		b.slope(b, buffer, r)
		var sum float64
		for n, d := range buffer {
			sum += cot[k*b.N+n] * d
		}
		addScaled(&grad[k], sum/r, &vec[k])
	}
}

// scratch is a slice of n numbers, out of the buffer when that is long enough.
func scratch(buffer []float64, n int) []float64 {
	if n <= len(buffer) {
		return buffer[:n]
	}
	return make([]float64, n)
}

// float is an element type of a tensor.
type float interface{ float32 | float64 }
