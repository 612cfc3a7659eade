package molfile

import (
	"cmp"
	"slices"

	"molserve/preprocess/molecule"
)

// An atropisomer's bond has its stereo where a wedge stands at one of its ends. Which wedge says it right is
// tried.

// turn tries the next wedge beside bond k, in place of the one before; false: there is none.
func (w *blockWriter) turn(k int32) bool {
	if w.turns == nil {
		w.turns = map[int32][]wedgeChoice{}
	}
	list, begun := w.turns[k]
	if !begun {
		list = w.beside(k)
	} else {
		w.unmark(list[0])
		list = list[1:]
	}
	w.turns[k] = list
	if len(list) == 0 {
		return false
	}
	w.alternate(list[0].ring)
	w.apply(list[0].bond, list[0])
	return true
}

// unmark takes a wedge back.
func (w *blockWriter) unmark(c wedgeChoice) {
	b := &w.d.m.Bonds[c.bond]
	b.Begin, b.End, b.Dir = w.m.Bonds[c.bond].Begin, w.m.Bonds[c.bond].End, molecule.DirNone
	w.alternate(c.ring)
}

// alternate makes the other Kekulé form of a ring whose bonds are single and double in turn.
func (w *blockWriter) alternate(ring []int32) {
	for _, k := range ring {
		b := &w.d.m.Bonds[k]
		b.Type = molecule.Single + molecule.Double - b.Type
	}
}

// beside lists the wedges at the ends of bond k, those that leave the bond its direction first. A double
// bond can be one in another Kekulé form.
func (w *blockWriter) beside(k int32) (list []wedgeChoice) {
	for _, i := range []int32{w.m.Bonds[k].Begin, w.m.Bonds[k].End} {
		for _, l := range w.d.m.Incident(int(i)) {
			if l == k || w.d.m.Bonds[l].Dir != molecule.DirNone {
				continue
			}
			var ring []int32
			if w.d.m.Bonds[l].Type != molecule.Single {
				if ring = w.alternating(l); ring == nil {
					continue
				}
			}
			for _, dir := range []molecule.BondDir{molecule.DirWedge, molecule.DirDash} {
				list = append(list, wedgeChoice{l, int(i), dir, w.cost(l, int(i)), ring})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b wedgeChoice) int { return cmp.Compare(a.cost, b.cost) })
	return list
}

// alternating finds an aromatic ring through bond k whose unmarked bonds are single and double in turn; nil =
// none.
func (w *blockWriter) alternating(k int32) []int32 {
	for _, ring := range w.m.Rings.Bonds {
		fits := slices.Contains(ring, k) && len(ring)%2 == 0
		for x, l := range ring {
			b, next := &w.d.m.Bonds[l], &w.d.m.Bonds[ring[(x+1)%len(ring)]]
			fits = fits && w.m.Bonds[l].Aromatic && b.Dir == molecule.DirNone && min(b.Type, next.Type) == molecule.Single && max(b.Type, next.Type) == molecule.Double
		}
		if fits {
			return ring
		}
	}
	return nil
}
