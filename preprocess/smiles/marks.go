package smiles

import "slices"

// orderMarks lists the bonds of each marked atom in the order of the text, now that all are there.
func (r *reader) orderMarks() {
	for at := range r.marks {
		r.orderMark(&r.marks[at])
	}
}

func (r *reader) orderMark(mark *chiralMark) {
	var closures, after []int32
	for _, e := range r.ends { // in the order of the text
		if e.atom == mark.atom {
			closures = append(closures, e.bond)
		}
	}
	i := int(mark.atom)
	for _, k := range r.m.Incident(i) {
		switch {
		case slices.Contains(closures, k):
		case r.m.Other(int(k), i) < i:
			mark.order = append(mark.order, k)
		default:
			after = append(after, k)
		}
	}
	mark.order = slices.Concat(mark.order, closures, after)
	mark.closures = len(closures)
}
