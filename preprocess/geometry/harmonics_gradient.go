package geometry

// Jacobian fills dst [(LMax+1)²,3] with ∂Y_lm/∂v at a vector, through its scaling to length 1. Where e3nn divides by
// its least length and not by |v|, the direction is undefined and the derivative is 0. With
//
//	∂Q_l^m/∂x = −x Q_{l−1}^{m+1},  ∂Q_l^m/∂y = (l+m) Q_{l−1}^m,  ∂Q_l^m/∂z = −z Q_{l−1}^{m+1}
//	∂(C_m, S_m)/∂z = m (C_{m−1}, S_{m−1}),  ∂(C_m, S_m)/∂x = m (−S_{m−1}, C_{m−1})
//
// (Bigi et al. 2023, arXiv 2302.08381, with e3nn's axes and no phase.)
func (h Harmonics) Jacobian(dst []float64, v [3]float64) {
	dst = dst[:3*h.Width()]
	x, y, z := v[0], v[1], v[2]
	r := lengthOf(&v)
	if !h.KeepLength {
		if r < leastLength {
			clear(dst)
			return
		}
		x, y, z = normalize(v)
	}
	var p solid
	p.set(h.LMax, x, y, z)
	n := &norms[h.index()]
	clear(dst[:3])
	for l := 1; l <= h.LMax; l++ {
		for m := range l + 1 {
			p.gradient(dst[3*l*l:], l, m, [3]float64{x, z, n[l][m]})
		}
	}
	if !h.KeepLength {
		project(dst, [3]float64{x, y, z}, r)
	}
}

// gradient fills the rows of +m and −m of degree l in o [2l+1,3]; at is x, z and N_lm.
func (p *solid) gradient(o []float64, l, m int, at [3]float64) {
	x, z, n := at[0], at[1], at[2]

	q, side, below := n*p.q[m][l], -n*p.q[m+1][l-1], n*float64(l+m)*p.q[m][l-1]
	var c, s float64 // m C_{m−1}, m S_{m−1}
	if m > 0 {
		c, s = float64(m)*p.c[m-1], float64(m)*p.s[m-1]
		minus := (*[3]float64)(o[3*(l-m):])
		minus[0] = side*x*p.s[m] + q*c
		minus[1] = below * p.s[m]
		minus[2] = side*z*p.s[m] + q*s
	}
	plus := (*[3]float64)(o[3*(l+m):])
	plus[0] = side*x*p.c[m] - q*s
	plus[1] = below * p.c[m]
	plus[2] = side*z*p.c[m] + q*c
}

// project turns rows ∂Y/∂u into ∂Y/∂v = (∂Y/∂u − (∂Y/∂u·u) u)/r, u = v/r.
func project(rows []float64, u [3]float64, r float64) {
	for ; len(rows) >= 3; rows = rows[3:] {
		g := (*[3]float64)(rows)
		dot := g[0]*u[0] + g[1]*u[1] + g[2]*u[2]
		for a := range g {
			g[a] = (g[a] - dot*u[a]) / r
		}
	}
}

// Pullback adds to grad [E,3] the gradient, with respect to the vectors vec [E,3], of Σ cot·Y(vec), cot [E,(LMax+1)²].
func (h Harmonics) Pullback(grad [][3]float64, cot []float64, vec [][3]float64) {
	var rows [3 * (LMax + 1) * (LMax + 1)]float64
	width := h.Width()
	for k := range vec {
		h.Jacobian(rows[:], vec[k])
		for i, c := range cot[k*width : (k+1)*width] {
			addScaled(&grad[k], c, (*[3]float64)(rows[3*i:]))
		}
	}
}
