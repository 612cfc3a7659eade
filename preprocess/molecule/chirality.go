package molecule

// OddPermutation tells whether an odd number of swaps turns order into ref; both hold the same
// distinct bonds. It is the parity of RDKit's Atom::getPerturbationOrder.
func OddPermutation(order, ref []int32) bool {
	var few [8]int32
	place := append(few[:0], order...)
	if len(order) <= manyLigands {
		for x, k := range order {
			place[x] = int32(index(ref, k))
		}
	} else {
		placeAll(place, order, ref)
	}
	odd := false
	for x := range place {
		for int(place[x]) != x {
			y := place[x]
			place[x], place[y] = place[y], y
			odd = !odd
		}
	}
	return odd
}

// manyLigands is the number from which on ligands are looked up in a table.
const manyLigands = 64

// placeAll writes the place of each of order in ref.
func placeAll(place, order, ref []int32) {
	at := make(map[int32]int32, len(ref))
	for x, k := range ref {
		at[k] = int32(x)
	}
	for x, k := range order {
		place[x] = at[k]
	}
}

// index returns the place of k in list, len(list) when it is not there.
func index(list []int32, k int32) int {
	for i, v := range list {
		if v == k {
			return i
		}
	}
	return len(list)
}

// Inverted returns the mirror image of a tetrahedral tag and every other tag unchanged.
func (c Chirality) Inverted() Chirality {
	switch c {
	case ChiralCW:
		return ChiralCCW
	case ChiralCCW:
		return ChiralCW
	}
	return c
}

// polyhedral tells whether c is one of the classes whose tag stereo perception never takes away
// (RDKit's hasNonTetrahedralStereo; allenes are not among them).
func (c Chirality) polyhedral() bool {
	return c == ChiralSquarePlanar || c == ChiralTrigonalBipyramidal || c == ChiralOctahedral
}

// cleanupChirality is the step of sanitizing that takes chiral tags from atoms that cannot carry
// them: tetrahedral ones from what is not sp3, polyhedral ones from atoms with too few or too
// many neighbours (RDKit's MolOps::cleanupChirality).
func cleanupChirality(m *Molecule) {
	for i := range m.Atoms {
		a := &m.Atoms[i]
		switch a.Chiral {
		case ChiralCW, ChiralCCW, ChiralTetrahedral:
			if a.Hybridization != SP3 {
				a.Chiral = ChiralNone
			}
		case ChiralSquarePlanar, ChiralTrigonalBipyramidal, ChiralOctahedral:
			if d := m.TotalDegree(i); d < 2 || d > a.Chiral.ligands() {
				a.Chiral, a.Permutation = ChiralNone, 0
			}
		}
	}
}

// affectsChirality tells whether bond k counts as a ligand of atom i: a dative bond counts only
// at its acceptor, bonds of no order never (RDKit's bondAffectsAtomChirality).
func (m *Molecule) affectsChirality(k int32, i int) bool {
	switch m.Bonds[k].Type {
	case BondUnspecified, ZeroBond:
		return false
	case Dative:
		return int(m.Bonds[k].Begin) != i
	}
	return true
}

// legalCenter tells whether atom i could be a tetrahedral stereocentre if all its ligands were
// different: four ligands, or three on the atoms that do not invert (RDKit's
// isAtomPotentialChiralCenter, whose rules for P, As, S, Se and N come from InChI).
func (m *Molecule) legalCenter(i int) bool {
	ligands := 0
	for _, k := range m.incident[i] {
		if m.affectsChirality(k, i) {
			ligands++
		}
	}
	hs, z := m.TotalHs(i), m.Atoms[i].Z
	switch {
	case ligands+hs > 4 || ligands+hs < 3:
		return false
	case ligands == 4:
		return true
	case ligands < 3:
		return z == 15 || z == 33
	case hs == 1:
		return !m.protiumNeighbour(i)
	}
	return m.stablePyramid(i)
}

// stablePyramid tells whether atom i, with three ligands and no hydrogen, holds its shape.
func (m *Molecule) stablePyramid(i int) bool {
	a := &m.Atoms[i]
	switch a.Z {
	case 7:
		return a.Hybridization == SP3 && !m.hasConjugatedBond(i) && (m.Rings.MinSize[i] == 3 || m.bridgehead(i))
	case 15, 33:
		return true
	case 16, 34:
		v := a.explicitValence
		return v == 4 || v == 3 && a.Charge == 1
	}
	return false
}

// protiumNeighbour tells whether an H atom without isotope label is bonded to atom i.
func (m *Molecule) protiumNeighbour(i int) bool {
	for _, k := range m.incident[i] {
		if a := &m.Atoms[m.Other(int(k), i)]; a.Z == 1 && a.Isotope == 0 {
			return true
		}
	}
	return false
}
