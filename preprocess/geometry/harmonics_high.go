package geometry

import "math"

// solid is what the harmonics of one vector are made of, to degree L:
//
//	C_m + i S_m = (z + ix)^m
//	Q_m^m = (2m−1)!!,  Q_{m+1}^m = (2m+1) y Q_m^m,  (l−m) Q_l^m = (2l−1) y Q_{l−1}^m − (l+m−1) r² Q_{l−2}^m
//
// Q_l^m(y, r²) is r^(l−m) times the m-th derivative of the Legendre polynomial P_l at y/r.
// As the gradient asks for Q_{l−1}^{m+1}, the array is wider than it is high, and zero where m > l.
type solid struct {
	c, s [LMax + 1]float64
	q    [LMax + 2][LMax + 1]float64 // [m][l]
}

// set fills p to degree lmax.
func (p *solid) set(lmax int, x, y, z float64) {
	r2 := x*x + y*y + z*z
	p.c[0], p.s[0], p.q[0][0] = 1, 0, 1
	for m := range lmax {
		p.c[m+1], p.s[m+1] = z*p.c[m]-x*p.s[m], z*p.s[m]+x*p.c[m]
		p.q[m+1][m+1] = float64(2*m+1) * p.q[m][m]
	}
	for m := range lmax {
		q := &p.q[m]
		q[m+1] = float64(2*m+1) * y * q[m]
		for l := m + 2; l <= lmax; l++ {
			q[l] = steps[l][m].up*y*q[l-1] - steps[l][m].down*r2*q[l-2]
		}
	}
}

// step is the two factors of the recurrence in l: (2l−1)/(l−m) and (l+m−1)/(l−m).
type step struct{ up, down float64 }

var steps = func() (s [LMax + 1][LMax + 1]step) {
	for l := range LMax + 1 {
		for m := range l {
			s[l][m] = step{float64(2*l-1) / float64(l-m), float64(l+m-1) / float64(l-m)}
		}
	}
	return s
}()

// norms[k][l][m] is N_lm in the k-th normalisation.
var norms = func() (n [3][LMax + 1][LMax + 1]float64) {
	for k := range n {
		for l := range LMax + 1 {
			ratio := 2. // 2 (l−m)!/(l+m)!
			n[k][l][0] = scales[k][l] * math.Sqrt(float64(2*l+1))
			for m := 1; m <= l; m++ {
				ratio /= float64((l + m) * (l - m + 1))
				n[k][l][m] = scales[k][l] * math.Sqrt(float64(2*l+1)*ratio)
			}
		}
	}
	return n
}()

// rowsHigh fills rows of any degree by the recurrences.
func rowsHigh[T float](h Harmonics, dst []T, vec [][3]float64) {
	n, width := &norms[h.index()], h.Width()
	var p solid
	for k := range vec {
		x, y, z := vec[k][0], vec[k][1], vec[k][2]
		if !h.KeepLength {
			x, y, z = normalize(vec[k])
		}
		p.set(h.LMax, x, y, z)
		for l := range h.LMax + 1 {
			o := dst[k*width+l*l:][:2*l+1]
			o[l] = T(n[l][0] * p.q[0][l])
			for m := 1; m <= l; m++ {
				f := n[l][m] * p.q[m][l]
				o[l-m], o[l+m] = T(f*p.s[m]), T(f*p.c[m])
			}
		}
	}
}
