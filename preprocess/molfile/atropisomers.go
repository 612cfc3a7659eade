package molfile

import (
	"math"
	"slices"

	"molserve/preprocess/molecule"
)

// Atropisomers: single bonds between planar atoms that cannot turn. A wedge at an end says that a bond
// is one; seen along the bond from its beginning, the turn from the first neighbour of its begin to the
// first neighbour of its end is clockwise or counterclockwise (RDKit's detectAtropisomerChirality).
const (
	noLength = 1e-7  // Å, Å²: directions of less are none
	tilted   = 0.707 // what a wedged bond keeps of its length on paper
)

// findAtropisomers gives stereo to the single bonds beside wedges that turn out to be atropisomers.
func (d *draft) findAtropisomers() {
	tried := d.besideWedges()
	if !slices.ContainsFunc(tried, func(k int32) bool { return d.mayHinder(k) }) {
		return
	}
	d.m.Hybridize()
	for _, k := range tried {
		b := &d.m.Bonds[k]
		if b.Type == molecule.Single && b.Stereo != molecule.StereoAny &&
			d.m.Atoms[b.Begin].Hybridization == molecule.SP2 && d.m.Atoms[b.End].Hybridization == molecule.SP2 {
			d.hinder(k)
		}
	}
}

// besideWedges lists the bonds of the narrow ends of wedges, but not a wedge for its own sake.
func (d *draft) besideWedges() (list []int32) {
	var seen []bool
	var visits []uint8 // [n] wedges that began at each atom: two see all of its bonds
	for k := range d.m.Bonds {
		b := &d.m.Bonds[k]
		if !directable(b) || !isWedge(b.Dir) {
			continue
		}
		if seen == nil {
			d.m.UpdateValences()
			seen, visits = make([]bool, len(d.m.Bonds)), make([]uint8, len(d.m.Atoms))
		}
		if visits[b.Begin] == 2 {
			continue
		}
		visits[b.Begin]++
		for _, l := range d.m.Incident(int(b.Begin)) {
			if int(l) != k && !seen[l] {
				seen[l] = true
				list = append(list, l)
			}
		}
	}
	return list
}

// mayHinder tells whether bond k has the neighbours that a bond of an atropisomer has.
func (d *draft) mayHinder(k int32) bool {
	b := &d.m.Bonds[k]
	begin, end := d.m.TotalDegree(int(b.Begin)), d.m.TotalDegree(int(b.End))
	return b.Type == molecule.Single && b.Stereo != molecule.StereoAny && begin >= 2 && begin <= 3 && end >= 2 && end <= 3
}

// blade is an end of a bond seen along it.
type blade struct {
	end   int     // atom
	bonds []int32 // to its one or two neighbours, lower index first
	turn  vec     // where the first neighbour points, across the bond
}

// hinder gives bond k its stereo, if it has any.
func (d *draft) hinder(k int32) {
	b := &d.m.Bonds[k]
	y, z, ok := d.frame(k)
	blades := [2]blade{d.blade(k, b.Begin), d.blade(k, b.End)}
	for x := range blades {
		e := &blades[x]
		if len(e.bonds) == 0 || len(e.bonds) > 2 || slices.ContainsFunc(e.bonds, func(l int32) bool { return d.m.Bonds[l].Dir == molecule.DirUnknown }) {
			return
		}
	}
	if !ok || !d.measure(&blades[0], y, z) || !d.measure(&blades[1], y, z) {
		return
	}
	switch turn := blades[1].turn.cross(blades[0].turn)[0]; {
	case turn > noLength:
		b.Stereo = molecule.StereoAtropCCW
	case turn < -noLength:
		b.Stereo = molecule.StereoAtropCW
	}
}

// frame is two axes across bond k; of a drawing, y lies on the paper.
func (d *draft) frame(k int32) (y, z vec, ok bool) {
	x := d.toward(int(d.m.Bonds[k].Begin), k)
	if x.length() < noLength {
		return y, z, false
	}
	x = x.unit()
	if !d.threeD {
		return vec{-x[1], x[0], 0}.unit(), vec{0, 0, 1}, true
	}
	z = vec{0, 0, 1}
	if math.Abs(x[0]) <= noLength && math.Abs(x[1]) <= noLength {
		z = vec{1, 0, 0}
	}
	y = z.cross(x)
	return y.unit(), x.cross(y).unit(), true
}

func (d *draft) blade(k, i int32) blade {
	e := blade{end: int(i)}
	for _, l := range d.m.Incident(e.end) {
		if l != k {
			e.bonds = append(e.bonds, l)
		}
	}
	if len(e.bonds) == 2 && d.m.Other(int(e.bonds[1]), e.end) < d.m.Other(int(e.bonds[0]), e.end) {
		slices.Reverse(e.bonds)
	}
	return e
}

// measure finds where a blade points; !ok: nowhere, or both neighbours to one side.
func (d *draft) measure(e *blade, y, z vec) (ok bool) {
	height, ok := d.bladeHeight(e)
	if !ok {
		return false
	}
	across := func(l int32) vec {
		v := d.toward(e.end, l)
		return vec{0, v.dot(y), v.dot(z)}
	}
	e.turn = across(e.bonds[0])
	if len(e.bonds) == 2 {
		other := across(e.bonds[1])
		if e.turn.length() < noLength {
			e.turn = other.times(-1)
		} else if e.turn.dot(other) > noLength {
			return false
		}
	}
	if e.turn.length() < noLength {
		return false
	}
	if d.threeD {
		return true
	}
	e.turn = e.turn.unit()
	if height != 0 {
		e.turn[1] *= tilted
		e.turn[2] = height * math.Abs(e.turn[1])
	}
	return true
}

// bladeHeight tells whether wedges lift the first neighbour of a blade, 1, or push it down, -1; !ok:
// they do both neighbours alike. Positions in space need no wedges.
func (d *draft) bladeHeight(e *blade) (height float64, ok bool) {
	if d.threeD {
		return 0, true
	}
	height = heightOf(d.m.Bonds[e.bonds[0]].Dir, 1)
	if len(e.bonds) == 1 {
		return height, true
	}
	other := heightOf(d.m.Bonds[e.bonds[1]].Dir, 1)
	if height == 0 {
		return -other, true
	}
	return height, height != other
}
