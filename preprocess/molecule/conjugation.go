package molecule

// setConjugation marks aromatic bonds, and around each atom with a multiple bond the bonds to atoms
// that can share its electrons.
func (m *Molecule) setConjugation() {
	for k := range m.Bonds {
		m.Bonds[k].Conjugated = m.Bonds[k].Aromatic
	}
	for i := range m.Atoms {
		if d := m.TotalDegree(i); (d == 2 || d == 3) && m.canConjugate(i) {
			m.conjugateAround(i)
		}
	}
}

// conjugateAround marks each pair of a multiple bond of atom i and another bond of it.
func (m *Molecule) conjugateAround(i int) {
	for _, k := range m.incident[i] {
		if m.twiceContribution(k, i) < 3 || !m.canConjugate(m.Other(int(k), i)) {
			continue
		}
		for _, l := range m.incident[i] {
			if k == l {
				continue
			}
			if j := m.Other(int(l), i); m.TotalDegree(j) <= 3 && m.canConjugate(j) {
				m.Bonds[k].Conjugated, m.Bonds[l].Conjugated = true, true
			}
		}
	}
}

// canConjugate tells whether atom i has electrons to share: hypervalent atoms have not, nor have the
// heavier atoms of groups 15 and 16, except terminal ones of group 16.
func (m *Molecule) canConjugate(i int) bool {
	a := &m.Atoms[i]
	standard := defaultValence(int(a.Z))
	if a.Charge == 0 && standard >= 0 && m.TotalValence(i) > standard {
		return false
	}
	outer := OuterElectrons(a.Z)
	if a.Z > 10 && (outer == 5 || outer == 6 && m.TotalDegree(i) >= 2) {
		return false
	}
	return m.piElectrons(i) > 0
}

// hasConjugatedBond tells whether any bond of atom i is conjugated.
func (m *Molecule) hasConjugatedBond(i int) bool {
	for _, k := range m.incident[i] {
		if m.Bonds[k].Conjugated {
			return true
		}
	}
	return false
}

// piElectrons counts the electrons of atom i that are free for a π system; -1 = it can have no part in one.
func (m *Molecule) piElectrons(i int) int {
	a := &m.Atoms[i]
	standard := defaultValence(int(a.Z))
	if standard <= 1 {
		return -1
	}
	degree := m.TotalDegree(i)
	for _, k := range m.incident[i] {
		if m.twiceContribution(k, i) == 0 {
			degree--
		}
	}
	if degree > 3 {
		return -1
	}
	lonePair := max(OuterElectrons(a.Z)-standard-int(a.Charge), 0)
	free := standard - degree + lonePair - int(a.Radicals)
	if free > 1 && int(a.explicitValence)-m.Degree(i) > 1 {
		return 1 // a triple bond gives one electron to the π system, not two
	}
	return free
}
