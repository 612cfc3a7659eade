package smiles

import "slices"

// orderMarks lists the bonds of each marked atom in the order of the text, now that all are there.
func (r *reader) orderMarks() {
	for at := range r.marks {
		r.orderMark(&r.marks[at])
	}
}

func (r *reader) orderMark(mark *chiralMark) {
	i := int(mark.atom)
	incident := r.m.Incident(i)
	start := len(r.bonds)
	for _, k := range incident {
		if r.m.Other(int(k), i) < i && !r.closes(k) {
			r.bonds = append(r.bonds, k)
		}
	}
	before := len(r.bonds)
	for _, k := range incident {
		if r.closes(k) {
			r.bonds = append(r.bonds, r.placeOf(k, mark.atom))
		}
	}
	closures := r.bonds[before:]
	slices.Sort(closures)
	for x, place := range closures {
		closures[x] = r.ends[place].bond
	}
	mark.closures = len(closures)
	for _, k := range incident {
		if r.m.Other(int(k), i) > i && !r.closes(k) {
			r.bonds = append(r.bonds, k)
		}
	}
	mark.order = r.bonds[start:len(r.bonds):len(r.bonds)]
}

// closes tells whether bond k is a ring closure: these were added when all others were there.
func (r *reader) closes(k int32) bool { return int(k) >= len(r.m.Bonds)-len(r.ends)/2 }

// placeOf is the place in r.ends, and so in the text, of the end of closure k at an atom.
func (r *reader) placeOf(k, atom int32) int32 {
	first := 2 * (int(k) - (len(r.m.Bonds) - len(r.ends)/2)) // closeRings bonded the ends in pairs of this order
	if place := r.order[first]; r.ends[place].atom == atom {
		return place
	}
	return r.order[first+1]
}
