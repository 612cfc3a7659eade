package smiles

import (
	"slices"
	"strconv"

	"molserve/preprocess/molecule"
)

// lowerCase tells whether atom i is written in lower case: it is aromatic and has such a symbol.
func (w *writer) lowerCase(i int32) bool {
	a := &w.m.Atoms[i]
	if !a.Aromatic {
		return false
	}
	switch a.Z {
	case 5, 6, 7, 8, 14, 15, 16, 33, 34, 52:
		return true
	}
	return false
}

// isOrganic tells whether an element may stand outside brackets.
func isOrganic(z uint8, lower bool) bool {
	switch z {
	case 0, 5, 6, 7, 8, 15, 16:
		return true
	case 9, 17, 35, 53:
		return !lower
	}
	return false
}

// atomText writes an atom without its ring digits.
func (w *writer) atomText(i int32) {
	a := &w.m.Atoms[i]
	lower := w.lowerCase(i)
	mark := w.chiralText(i)
	hs := w.m.TotalHs(int(i))
	if isOrganic(a.Z, lower) && a.Charge == 0 && a.Isotope == 0 && a.Map == 0 && !a.MapZero && a.Radicals == 0 && mark == "" &&
		int(w.bare[i]) == hs {
		w.symbol(a.Z, lower)
		return
	}
	w.text = append(w.text, '[')
	if a.Isotope != 0 {
		w.text = strconv.AppendUint(w.text, uint64(a.Isotope), 10)
	}
	w.symbol(a.Z, lower)
	w.text = append(w.text, mark...)
	if hs > 0 {
		w.text = append(w.text, 'H')
		if hs > 1 {
			w.text = strconv.AppendInt(w.text, int64(hs), 10)
		}
	}
	w.charge(int64(a.Charge))
	if a.Map != 0 || a.MapZero {
		w.text = strconv.AppendInt(append(w.text, ':'), int64(a.Map), 10)
	}
	w.text = append(w.text, ']')
}

func (w *writer) symbol(z uint8, lower bool) {
	start := len(w.text)
	w.text = append(w.text, molecule.Symbol(z)...)
	if lower {
		w.text[start] |= 0x20
	}
}

func (w *writer) charge(q int64) {
	switch {
	case q == 1:
		w.text = append(w.text, '+')
	case q == -1:
		w.text = append(w.text, '-')
	case q > 0:
		w.text = strconv.AppendInt(append(w.text, '+'), q, 10)
	case q < 0:
		w.text = strconv.AppendInt(w.text, q, 10)
	}
}

// bondsInText lists the bonds of atom i in the order of the text.
func (w *writer) bondsInText(i int32) []int32 {
	t := &w.tree
	bonds := make([]int32, 0, 6)
	if t.bond[i] >= 0 {
		bonds = append(bonds, t.bond[i])
	}
	bonds = append(bonds, t.rings[i]...)
	for _, j := range t.children[i] {
		bonds = append(bonds, t.bond[j])
	}
	return bonds
}

// chiralText is the mark of atom i, "" = none: the one from which resolveChirality makes the atom's tag.
func (w *writer) chiralText(i int32) string {
	a := &w.m.Atoms[i]
	if a.Chiral == molecule.ChiralNone {
		return ""
	}
	bonds, now := w.bondsInText(i), w.m.Incident(int(i))
	start := w.tree.bond[i] < 0
	switch a.Chiral {
	case molecule.ChiralCW, molecule.ChiralCCW:
		clockwise := a.Chiral == molecule.ChiralCW
		if molecule.OddPermutation(bonds, now) != w.swapsMissing(i, start) {
			clockwise = !clockwise
		}
		if clockwise {
			return "@@"
		}
		return "@"
	case molecule.ChiralSquarePlanar, molecule.ChiralTrigonalBipyramidal, molecule.ChiralOctahedral:
		return polyhedralText(a.Chiral, a.Permutation, bonds, now, start)
	case molecule.ChiralAllene:
		return numbered("@AL", int(a.Permutation))
	}
	return ""
}

// swapsMissing tells whether the reader inverts the mark of atom i for a ligand that is not in its bonds
// (see missingLigandSwaps).
func (w *writer) swapsMissing(i int32, start bool) bool {
	if w.m.Degree(int(i)) != 3 {
		return false
	}
	if w.m.TotalHs(int(i)) == 1 {
		return start
	}
	return len(w.tree.rings[i]) == 1 && !unsaturated(w.m, int(i))
}

// polyhedralText finds the least permutation number that means the atom's when the bonds stand as in the text.
func polyhedralText(class molecule.Chirality, number uint8, text, now []int32, start bool) string {
	name := map[molecule.Chirality]string{molecule.ChiralSquarePlanar: "@SP", molecule.ChiralTrigonalBipyramidal: "@TB",
		molecule.ChiralOctahedral: "@OH"}[class]
	meant := equivalents(class, number, now, now)
	for p := int32(1); number > 0 && p <= class.Permutations(); p++ {
		if slices.Contains(meant, class.Relist(uint8(p), text, now, start)) {
			return numbered(name, int(p))
		}
	}
	return name
}

func numbered(name string, number int) string {
	if number == 0 {
		return name
	}
	return name + strconv.Itoa(number)
}
