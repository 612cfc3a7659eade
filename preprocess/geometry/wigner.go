package geometry

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
)

// orthogonalTol is how far R Rᵀ may be from 1 in an entry.
const orthogonalTol = 1e-6

// WignerD holds the matrices D^l(R), l = 0..L, of an orthogonal R in the basis of Harmonics: Y(R v) = D(R) Y(v).
// An irrep of parity P turns with D^l of the proper rotation R/det R, times P when R reflects (e3nn's D_from_matrix).
type WignerD struct {
	blocks   [][]float64 // [l][2l+1,2l+1] of the proper rotation
	improper bool
}

// NewWignerD works D out up to degree lmax for a rotation or reflection r, which acts on columns (x, y, z).
func NewWignerD(lmax int, r [3][3]float64) (*WignerD, error) {
	if lmax < 0 || lmax > LMax {
		return nil, fmt.Errorf("wigner D: degree %d is not in 0..%d", lmax, LMax)
	}
	if !orthogonal(&r) {
		return nil, fmt.Errorf("wigner D: the matrix is not orthogonal within %g", orthogonalTol)
	}
	d := &WignerD{improper: determinant(&r) < 0}
	if d.improper {
		for a := range r {
			for b := range r[a] {
				r[a][b] = -r[a][b]
			}
		}
	}
	d.integrate(lmax, &r)
	return d, nil
}

// orthogonal tells whether R Rᵀ is 1; a matrix with NaN is not.
func orthogonal(r *[3][3]float64) bool {
	for a := range 3 {
		for b := range 3 {
			dot := r[a][0]*r[b][0] + r[a][1]*r[b][1] + r[a][2]*r[b][2]
			if a == b {
				dot--
			}
			if !(math.Abs(dot) <= orthogonalTol) {
				return false
			}
		}
	}
	return true
}

func determinant(r *[3][3]float64) float64 {
	return r[0][0]*(r[1][1]*r[2][2]-r[1][2]*r[2][1]) -
		r[0][1]*(r[1][0]*r[2][2]-r[1][2]*r[2][0]) +
		r[0][2]*(r[1][0]*r[2][1]-r[1][1]*r[2][0])
}

// apply is R v.
func apply(r *[3][3]float64, v [3]float64) (w [3]float64) {
	for a := range 3 {
		w[a] = r[a][0]*v[0] + r[a][1]*v[1] + r[a][2]*v[2]
	}
	return w
}

// sphere is a quadrature of the unit sphere that is exact for products of two harmonics up to LMax.
type sphere struct {
	points [][3]float64
	dual   [][]float64 // [point][(LMax+1)²] weight · Y
}

// newSphere has LMax+1 Gauss–Legendre heights and 2·LMax+1 equal azimuths: exact to degree 2·LMax. The weights sum to
// 1, so that with component normalisation Σ_p dual_p Y_p is the unit matrix.
var newSphere = sync.OnceValue(func() *sphere {
	const rings, spokes = LMax + 1, 2*LMax + 1
	var heights, weights [rings]float64
	quad.Legendre{}.FixedLocations(heights[:], weights[:], -1, 1)
	s, h := &sphere{}, Harmonics{LMax: LMax}
	for i, y := range heights {
		radius := math.Sqrt((1 - y) * (1 + y))
		for j := range spokes {
			sin, cos := math.Sincos(2 * math.Pi * float64(j) / spokes)
			p := [3]float64{radius * sin, y, radius * cos}
			dual := make([]float64, h.Width())
			h.Eval(dual, p)
			for k := range dual {
				dual[k] *= weights[i] / 2 / spokes
			}
			s.points, s.dual = append(s.points, p), append(s.dual, dual)
		}
	}
	return s
})

// integrate fills the blocks with D^l_mn = ∫ Y_lm(R u) Y_ln(u) du, du averaging over the sphere: an exact sum, without
// angles, so without their singular places.
func (d *WignerD) integrate(lmax int, r *[3][3]float64) {
	d.blocks = make([][]float64, lmax+1)
	for l := range d.blocks {
		d.blocks[l] = make([]float64, (2*l+1)*(2*l+1))
	}
	s, h := newSphere(), Harmonics{LMax: lmax}
	turned := make([]float64, h.Width())
	for p, u := range s.points {
		h.Eval(turned, apply(r, u))
		for l, block := range d.blocks {
			n := 2*l + 1
			dual := s.dual[p][l*l : l*l+n]
			for m, t := range turned[l*l : l*l+n] {
				row := block[m*n : (m+1)*n]
				for k, v := range dual {
					row[k] += t * v
				}
			}
		}
	}
}

// LMax is the highest degree that d holds.
func (d *WignerD) LMax() int { return len(d.blocks) - 1 }

// sign is what the parity of an irrep makes of R.
func (d *WignerD) sign(i Irrep) float64 {
	if d.improper && i.P < 0 {
		return -1
	}
	return 1
}

// Matrix is a copy of D(R) [2L+1,2L+1] of one irrep, with its parity. It panics when the degree is above LMax.
func (d *WignerD) Matrix(i Irrep) []float64 {
	m := make([]float64, len(d.blocks[i.L]))
	for k, v := range d.blocks[i.L] {
		m[k] = d.sign(i) * v
	}
	return m
}

// Apply turns rows of features laid out by s: dst = D(R) src for each copy of each irrep; both are [rows, s.Dim()] and may
// be one slice. It panics when s has a degree above LMax.
func (d *WignerD) Apply(dst, src []float64, s Irreps) {
	for at := 0; at < len(src); {
		for _, m := range s {
			for range m.Mul {
				n := m.Irrep.Dim()
				d.turn(dst[at:at+n], src[at:at+n], m.Irrep)
				at += n
			}
		}
		if s.Dim() == 0 {
			return
		}
	}
}

// turn is Apply for one copy of one irrep.
func (d *WignerD) turn(dst, src []float64, i Irrep) {
	var in [2*LMax + 1]float64
	n, block, sign := copy(in[:], src), d.blocks[i.L], d.sign(i)
	for a := range dst {
		var sum float64
		for b, v := range in[:n] {
			sum += block[a*n+b] * v
		}
		dst[a] = sign * sum
	}
}
