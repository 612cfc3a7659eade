// Package scaffold cuts molecules down to their frameworks.
package scaffold

import "molserve/preprocess/molecule"

// Murcko returns the scaffold of Bemis and Murcko (J. Med. Chem. 1996, 39, 2887) as RDKit's MurckoScaffold.GetScaffoldForMol has
// it: rings, the chains that join them, and what is double-bonded to either; no atoms where there is no ring. Its atoms and
// bonds keep their order; atoms is the index in m of each. Hydrogens take the places of what was cut off; aromaticity,
// hybridization and what stereo is left stay as they were. What RDKit refuses, an atom that the cut leaves above its valence, is
// refused. m is not changed.
func Murcko(m *molecule.Molecule) (s *molecule.Molecule, atoms []int32, err error) {
	framework, err := framework(m)
	if err != nil {
		return nil, nil, err
	}
	keep := make([]bool, len(m.Atoms))
	var cut []int32 // atoms of the framework that lost a neighbour, in the order of the neighbours
	for i := range m.Atoms {
		var lost []int32
		keep[i] = framework[i]
		if !keep[i] {
			keep[i], lost = isDoubleBonded(m, i, framework)
		}
		cut = append(cut, lost...)
		if keep[i] {
			atoms = append(atoms, int32(i))
		}
	}
	s, number := m.Subset(keep)
	for _, j := range cut {
		fill(&s.Atoms[number[j]])
	}
	return s, atoms, s.Refresh()
}

// isDoubleBonded tells whether atom i hangs on the framework by a double bond, and on which atoms of it by others.
func isDoubleBonded(m *molecule.Molecule, i int, framework []bool) (double bool, others []int32) {
	for _, k := range m.Incident(i) {
		j := m.Other(int(k), i)
		switch {
		case !framework[j]:
		case m.Bonds[k].Type == molecule.Double:
			return true, others
		default:
			others = append(others, int32(j))
		}
	}
	return false, others
}

// fill makes room for the hydrogen that takes the place of a neighbour: aromatic heteroatoms and carbocations state it, other
// atoms with stated hydrogens or a tag lose both.
func fill(a *molecule.Atom) {
	switch {
	case a.Aromatic && (a.Z != 6 || a.Charge == 1):
		a.ExplicitHs = 1
	case a.NoImplicit || a.Chiral != molecule.ChiralNone:
		a.NoImplicit, a.ExplicitHs = false, 0
		a.Chiral, a.Permutation = molecule.ChiralNone, 0
	}
}
