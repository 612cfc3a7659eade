package smiles

import "molserve/preprocess/molecule"

// resolveChirality gives the marked atoms their tags. In SMILES a mark holds for the neighbours as
// they stand in the text; a tag holds for the bonds in the order of the molecule, where ring
// closures come last. It refuses classes with a permutation number that they do not have, as
// RDKit's CheckChiralitySpecifications does.
func resolveChirality(m *molecule.Molecule, marks []chiralMark) error {
	for x := range marks {
		mark := &marks[x]
		if most := mark.class.Permutations(); most > 0 && mark.permutation > most {
			return molecule.Refuse(molecule.CodeStereo, int(mark.offset), "permutation %d of chirality at atom %d is above %d",
				mark.permutation, mark.atom, most)
		}
		resolve(m, mark)
	}
	return nil
}

// resolve gives one atom its tag (RDKit's AdjustAtomChiralityFlags).
func resolve(m *molecule.Molecule, mark *chiralMark) {
	a := &m.Atoms[mark.atom]
	bonds := m.Incident(int(mark.atom))
	switch tag := mark.handedness(); tag {
	case molecule.ChiralCW, molecule.ChiralCCW:
		odd := molecule.OddPermutation(mark.order, bonds)
		if odd != missingLigandSwaps(m, mark) != mark.invert {
			tag = tag.Inverted()
		}
		a.Chiral = tag
	case molecule.ChiralSquarePlanar, molecule.ChiralTrigonalBipyramidal, molecule.ChiralOctahedral:
		a.Chiral = tag
		a.Permutation = tag.Relist(uint8(mark.permutation), mark.order, bonds, mark.start)
	default:
		a.Chiral, a.Permutation = tag, uint8(mark.permutation)
	}
}

// handedness returns the class of the mark, @TH1 read as @ and @TH2 as @@.
func (c *chiralMark) handedness() molecule.Chirality {
	switch {
	case c.class != molecule.ChiralTetrahedral:
		return c.class
	case c.permutation == 2:
		return molecule.ChiralCW
	}
	return molecule.ChiralCCW
}

// missingLigandSwaps tells whether the ligand that is not in the bonds of a three-bonded atom
// inverts the tag (RDKit's chiralAtomNeedsTagInversion). A bracket H that begins the text is
// looked from, while the tag takes it last. A lone pair is counted first where the text has
// one ring closure, so that F[C@]1CCO1 reads like F[C@](Cl)CCO1; unsaturated atoms are not.
func missingLigandSwaps(m *molecule.Molecule, mark *chiralMark) bool {
	if m.Degree(int(mark.atom)) != 3 {
		return false
	}
	if m.Atoms[mark.atom].ExplicitHs == 1 {
		return mark.start
	}
	return mark.closures == 1 && !unsaturated(m, int(mark.atom))
}

// unsaturated tells whether a bond of atom i has an order above one.
func unsaturated(m *molecule.Molecule, i int) bool {
	for _, k := range m.Incident(i) {
		switch m.Bonds[k].Type {
		case molecule.Single, molecule.Dative, molecule.DativeOne, molecule.ZeroBond, molecule.BondUnspecified:
		default:
			return true
		}
	}
	return false
}
