package geometry

import "math"

// low holds the factors of the polynomials of degrees 0..3 on the unit sphere, where x²+z² = 1−y².
type low struct {
	y0, y1   float64 // Y_0; of x, y, z
	y21, y22 float64 // of xz, xy, yz; of z²−x²
	a20, b20 float64 // Y_20 = a y² − b
	y32, y33 float64 // Y_3∓2 = y32 y Y_2∓2; of Y_2±2 times x or z
	a31, b31 float64 // Y_3∓1 = (a y² − b) x or z
	a30, b30 float64 // Y_30 = (a y² − b) y
}

// lows are the factors in each normalisation.
var lows = func() (f [3]low) {
	for k, s := range scales {
		y21 := s[2] * math.Sqrt(15)
		f[k] = low{
			y0: s[0], y1: s[1] * math.Sqrt(3),
			y21: y21, y22: y21 / 2, a20: s[2] * math.Sqrt(5) * 1.5, b20: s[2] * math.Sqrt(5) / 2,
			y32: math.Sqrt(7) * s[3] / s[2], y33: math.Sqrt(42) / 6 * s[3] / s[2],
			a31: s[3] * math.Sqrt(21./8) * 5, b31: s[3] * math.Sqrt(21./8),
			a30: s[3] * math.Sqrt(7) / 2 * 5, b30: s[3] * math.Sqrt(7) / 2 * 3,
		}
	}
	return f
}()

// rows1 fills rows of Y_0 and Y_1 = √3 (x, y, z).
func rows1[T float](h Harmonics, dst []T, vec [][3]float64) {
	f := &lows[h.index()]
	for k := range vec {
		x, y, z := normalize(vec[k])
		o := (*[4]T)(dst[4*k:])
		o[0], o[1], o[2], o[3] = T(f.y0), T(f.y1*x), T(f.y1*y), T(f.y1*z)
	}
}

// rows2 fills rows of Y_0, Y_1 and Y_2 = √15 (xz, xy, (3y²−1)/√12, yz, (z²−x²)/2).
func rows2[T float](h Harmonics, dst []T, vec [][3]float64) {
	f := &lows[h.index()]
	for k := range vec {
		v := &vec[k]
		s, ok := inverseLength(v)
		if !ok {
			rowsHigh(h, dst[9*k:9*k+9], vec[k:k+1])
			continue
		}
		x, y, z := s*v[0], s*v[1], s*v[2]
		o := (*[9]T)(dst[9*k:])
		o[0], o[1], o[2], o[3] = T(f.y0), T(f.y1*x), T(f.y1*y), T(f.y1*z)
		t := f.y21 * y
		o[4], o[5], o[6], o[7], o[8] = T(f.y21*x*z), T(t*x), T(f.a20*y*y-f.b20), T(t*z), T(f.y22*(z-x)*(z+x))
	}
}
