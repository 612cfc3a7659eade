package smiles

import (
	"cmp"
	"slices"
)

// orderMarks lists the bonds of each marked atom as they stand in the text, now that all are there.
func (r *reader) orderMarks() {
	for at := range r.marks {
		r.orderMark(&r.marks[at])
	}
}

func (r *reader) orderMark(mark *chiralMark) {
	var closures, after []placedBond
	for _, e := range r.ends { // in the order of the text
		if e.atom == mark.atom {
			closures = append(closures, placedBond{e.bond, e.offset})
		}
	}
	i := int(mark.atom)
	for _, k := range r.m.Incident(i) {
		j := r.m.Other(int(k), i)
		switch {
		case slices.ContainsFunc(closures, func(c placedBond) bool { return c.bond == k }):
		case j < i:
			mark.order = append(mark.order, k)
		default:
			after = append(after, placedBond{k, r.m.Atoms[j].Offset})
		}
	}
	mark.text = slices.Clone(mark.order)
	if r.m.Atoms[i].ExplicitHs > 0 {
		mark.text = append(mark.text, none)
	}
	mark.closures = len(closures)
	all := append(closures, after...)
	for _, b := range all {
		mark.order = append(mark.order, b.bond)
	}
	slices.SortStableFunc(all, func(a, b placedBond) int { return cmp.Compare(a.offset, b.offset) })
	for _, b := range all {
		mark.text = append(mark.text, b.bond)
	}
}

// placedBond is a bond and the place in the text that names it.
type placedBond struct {
	bond   int32
	offset int32
}
