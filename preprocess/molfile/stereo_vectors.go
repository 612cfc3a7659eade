package molfile

import "math"

// vec is a vector of space, Å, or without unit where it has length 1.
type vec [3]float64

func (v vec) minus(w vec) vec { return vec{v[0] - w[0], v[1] - w[1], v[2] - w[2]} }

func (v vec) dot(w vec) float64 { return v[0]*w[0] + v[1]*w[1] + v[2]*w[2] }

func (v vec) cross(w vec) vec {
	return vec{v[1]*w[2] - v[2]*w[1], v[2]*w[0] - v[0]*w[2], v[0]*w[1] - v[1]*w[0]}
}

func (v vec) times(s float64) vec { return vec{s * v[0], s * v[1], s * v[2]} }

func (v vec) length2() float64 { return v.dot(v) }

func (v vec) length() float64 { return math.Sqrt(v.length2()) }

// unit is v scaled to length 1; the zero vector stays.
func (v vec) unit() vec {
	l := v.length()
	if l < 1e-16 {
		return v
	}
	return vec{v[0] / l, v[1] / l, v[2] / l}
}

// flat is v on paper.
func (v vec) flat() vec { return vec{v[0], v[1], 0} }

// angle between v and w, radians; NaN when one has no length.
func (v vec) angle(w vec) float64 {
	return math.Acos(min(max(v.dot(w)/math.Sqrt(v.length2()*w.length2()), -1), 1))
}

// at is where atom i stands.
func (d *draft) at(i int) vec { return vec(d.xyz[i]) }

// toward is the vector from atom i to the other atom of bond k.
func (d *draft) toward(i int, k int32) vec { return d.at(d.m.Other(int(k), i)).minus(d.at(i)) }
