//go:build !amd64 || purego

package geometry

// rows3 fills rows of Y_0, Y_1, Y_2 and, with Y_2∓2 = p, d and c = √42/6,
//
//	Y_3 = (c (pz + dx), √7 yp, √(21/8) (5y²−1) x, √7/2 (5y²−3) y, √(21/8) (5y²−1) z, √7 yd, c (dz − px))
func rows3[T float](h Harmonics, dst []T, vec [][3]float64) {
	f := &lows[h.index()]
	for k := range vec {
		v := &vec[k]
		s, ok := inverseLength(v)
		if !ok {
			rowsHigh(h, dst[16*k:16*k+16], vec[k:k+1])
			continue
		}
		x, y, z := s*v[0], s*v[1], s*v[2]
		o := (*[16]T)(dst[16*k:])
		o[0], o[1], o[2], o[3] = T(f.y0), T(f.y1*x), T(f.y1*y), T(f.y1*z)
		t, p, d, q := f.y21*y, f.y21*x*z, f.y22*(z-x)*(z+x), y*y
		o[4], o[5], o[6], o[7], o[8] = T(p), T(t*x), T(f.a20*q-f.b20), T(t*z), T(d)
		t, q, s = f.y32*y, f.a31*q-f.b31, f.a30*q-f.b30
		o[10], o[11], o[12], o[13], o[14] = T(t*p), T(q*x), T(s*y), T(q*z), T(t*d)
		x, z = f.y33*x, f.y33*z
		o[9], o[15] = T(p*z+d*x), T(d*z-p*x)
	}
}
