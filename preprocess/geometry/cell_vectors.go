package geometry

import "math"

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func norm(a [3]float64) float64 { return math.Sqrt(dot(a, a)) }

func scale(f float64, a [3]float64) [3]float64 { return [3]float64{f * a[0], f * a[1], f * a[2]} }

func unit(a [3]float64) [3]float64 { return scale(1/norm(a), a) }

// plus is a + f·b.
func plus(a [3]float64, f float64, b [3]float64) [3]float64 {
	return [3]float64{a[0] + f*b[0], a[1] + f*b[1], a[2] + f*b[2]}
}

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

// perpendicular is a unit vector at a right angle to a.
func perpendicular(a [3]float64) [3]float64 {
	var e [3]float64
	least := 0
	for x := range a {
		if math.Abs(a[x]) < math.Abs(a[least]) {
			least = x
		}
	}
	e[least] = 1
	return unit(cross(a, e))
}

// volume is the length, area or volume that up to three vectors span; 1 for none.
func volume(v [][3]float64) float64 {
	switch len(v) {
	case 0:
		return 1
	case 1:
		return norm(v[0])
	case 2:
		return norm(cross(v[0], v[1]))
	}
	return math.Abs(dot(v[0], cross(v[1], v[2])))
}
