package pharmacophore

import "molserve/preprocess/molecule"

// What SMARTS asks of atoms and bonds.

// has tells whether a bond of atom i, and the atom j at its other end, are as asked.
func has(m *molecule.Molecule, i int, asked func(k, j int) bool) bool {
	for _, k := range m.Incident(i) {
		if asked(int(k), m.Other(int(k), i)) {
			return true
		}
	}
	return false
}

// count counts them.
func count(m *molecule.Molecule, i int, asked func(k, j int) bool) int {
	n := 0
	for _, k := range m.Incident(i) {
		if asked(int(k), m.Other(int(k), i)) {
			n++
		}
	}
	return n
}

// hydrogens is H<n>: all hydrogens, those in the graph too.
func hydrogens(m *molecule.Molecule, i int) int {
	return m.TotalHs(i) + count(m, i, func(_, j int) bool { return m.Atoms[j].Z == 1 })
}

func isAliphatic(m *molecule.Molecule, i int, z uint8) bool {
	return m.Atoms[i].Z == z && !m.Atoms[i].Aromatic
}

func isAromatic(m *molecule.Molecule, i int, z uint8) bool {
	return m.Atoms[i].Z == z && m.Atoms[i].Aromatic
}

func isHalogen(m *molecule.Molecule, i int) bool {
	switch m.Atoms[i].Z {
	case 9, 17, 35, 53:
		return !m.Atoms[i].Aromatic
	}
	return false
}

func single(m *molecule.Molecule, k int) bool { return m.Bonds[k].Type == molecule.Single }
func double(m *molecule.Molecule, k int) bool { return m.Bonds[k].Type == molecule.Double }

// open is a bond for which SMARTS names no symbol: single or aromatic.
func open(m *molecule.Molecule, k int) bool {
	return m.Bonds[k].Type == molecule.Single || m.Bonds[k].Type == molecule.AromaticBond
}
