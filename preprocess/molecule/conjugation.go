package molecule

// setConjugation marks aromatic bonds, and around each atom with a multiple bond the bonds to atoms
// that can share its electrons.
func (m *Molecule) setConjugation(pi []int32) {
	for k := range m.Bonds {
		m.Bonds[k].Conjugated = m.Bonds[k].Aromatic
	}
	part := m.conjugationParts(pi)
	for i := range m.Atoms {
		if part[i] == partCentre {
			m.conjugateAround(i, part)
		}
	}
}

// What part an atom can have in conjugation; the later ones can have the earlier ones too.
const (
	noPart     uint8 = iota
	partEnd          // it has π electrons, and too many ligands to pass them on
	partLigand       // at most three ligands
	partCentre       // two or three
)

func (m *Molecule) conjugationParts(pi []int32) []uint8 {
	parts := m.work.uint8s(len(m.Atoms))
	for i := range parts {
		if pi[i] <= 0 {
			continue
		}
		degree := m.TotalDegree(i)
		switch {
		case !m.canConjugate(i, degree):
		case degree > 3:
			parts[i] = partEnd
		case degree < 2:
			parts[i] = partLigand
		default:
			parts[i] = partCentre
		}
	}
	return parts
}

// conjugateAround makes each multiple bond of atom i conjugated with its other bonds to atoms that can.
func (m *Molecule) conjugateAround(i int, part []uint8) {
	bonds := m.incident[i]
	for _, k := range bonds {
		if m.twiceContribution(k, i) < 3 || part[m.Other(int(k), i)] == noPart {
			continue
		}
		for _, l := range bonds {
			if k != l && part[m.Other(int(l), i)] >= partLigand {
				m.Bonds[k].Conjugated, m.Bonds[l].Conjugated = true, true
			}
		}
	}
}

// canConjugate tells whether atom i with π electrons can be part of a conjugated system.
func (m *Molecule) canConjugate(i, degree int) bool {
	a := &m.Atoms[i]
	standard := defaultValence(int(a.Z))
	if a.Charge == 0 && standard >= 0 && m.TotalValence(i) > standard {
		return false
	}
	outer := OuterElectrons(a.Z)
	return a.Z <= 10 || outer != 5 && (outer != 6 || degree < 2)
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

// countPiElectrons counts the electrons of each atom that are free for a π system; -1 = it can have no
// part in one. They hold through aromaticity and conjugation.
func (m *Molecule) countPiElectrons(sums []bondSum) []int32 {
	pi := m.work.int32s(len(m.Atoms))
	for i := range pi {
		pi[i] = int32(m.piElectrons(i, int(sums[i].empty)))
	}
	return pi
}

// piElectrons counts those of atom i, some of whose bonds are empty.
func (m *Molecule) piElectrons(i, empty int) int {
	a := &m.Atoms[i]
	standard := defaultValence(int(a.Z))
	if standard <= 1 {
		return -1
	}
	degree := m.TotalDegree(i) - empty
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
