package molfile

import (
	"cmp"
	"fmt"
	"slices"

	"molserve/preprocess/molecule"
)

// wedgeChoice is a bond that may be wedged, with its narrow end at an atom.
type wedgeChoice struct {
	bond int32
	from int // atom at the narrow end
	dir  molecule.BondDir
	cost int
	ring []int32 // bonds of a ring whose single and double bonds must change places for it
}

// wedge wedges one bond for each centre of handedness, each bond for one centre at most.
func (w *blockWriter) wedge() error {
	choices := map[int][]wedgeChoice{}
	var centres []int
	for i := range w.m.Atoms {
		switch w.m.Atoms[i].Chiral {
		case molecule.ChiralNone:
			continue
		case molecule.ChiralCW, molecule.ChiralCCW:
		default:
			return fmt.Errorf("%w: wedges cannot say the chiral class of atom %d", ErrUnwritable, i)
		}
		centres = append(centres, i)
		choices[i] = w.wedgesOf(i)
	}
	taken := map[int32]wedgeChoice{}
	for _, i := range centres {
		if !assign(i, choices, taken, map[int32]bool{}) {
			return fmt.Errorf("%w: no bond of atom %d can be wedged", ErrStereo, i)
		}
	}
	for k, c := range taken {
		w.apply(k, c)
	}
	return nil
}

func (w *blockWriter) apply(k int32, c wedgeChoice) {
	w.begin(k, c.from)
	w.d.m.Bonds[k].Dir = c.dir
}

// assign gives atom i a bond, and moves others to other bonds where it must (augmenting paths, Kuhn 1955).
func assign(i int, choices map[int][]wedgeChoice, taken map[int32]wedgeChoice, seen map[int32]bool) bool {
	for _, c := range choices[i] {
		if seen[c.bond] {
			continue
		}
		seen[c.bond] = true
		if holder, held := taken[c.bond]; !held || assign(holder.from, choices, taken, seen) {
			taken[c.bond] = c
			return true
		}
	}
	return false
}

// wedgesOf lists the wedges that alone give centre i its tag, best first: those that leave the bond its
// direction, then to ends that are no centres, outside rings, and last in the drawing.
func (w *blockWriter) wedgesOf(i int) (list []wedgeChoice) {
	for _, k := range w.d.m.Incident(i) {
		if w.d.m.Bonds[k].Type != molecule.Single || w.d.m.Bonds[k].Dir != molecule.DirNone {
			continue
		}
		for _, dir := range []molecule.BondDir{molecule.DirWedge, molecule.DirDash} {
			c := wedgeChoice{bond: k, from: i, dir: dir, cost: w.cost(k, i)}
			if w.tagBy(c) == w.m.Atoms[i].Chiral {
				list = append(list, c)
				break
			}
		}
	}
	slices.SortStableFunc(list, func(a, b wedgeChoice) int { return cmp.Compare(a.cost, b.cost) })
	return list
}

// tagBy is the tag that a reader takes from one wedge.
func (w *blockWriter) tagBy(c wedgeChoice) molecule.Chirality {
	b := &w.d.m.Bonds[c.bond]
	was := *b
	w.apply(c.bond, c)
	tag := w.d.wedgeTag(c.bond)
	*b = was
	return tag
}

// cost of wedging bond k from atom i.
func (w *blockWriter) cost(k int32, i int) (cost int) {
	j := w.m.Other(int(k), i)
	for _, bad := range []struct {
		is   bool
		cost int
	}{{int(w.m.Bonds[k].Begin) != i, 16}, {w.m.Atoms[j].Chiral != molecule.ChiralNone, 8}, {w.m.BondInRing(int(k)), 4}, {w.m.Degree(j) > 1, 2}} {
		if bad.is {
			cost += bad.cost
		}
	}
	return cost
}
