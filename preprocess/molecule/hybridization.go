package molecule

// setHybridization follows the coordination that a stereo class states, else the count of bonds and
// lone pairs; four of them are SP2 where the atom is part of a conjugated system (amide N, furan O).
func (m *Molecule) setHybridization(sums []bondSum) {
	conjugated := m.work.bools(len(m.Atoms))
	for k := range m.Bonds {
		if b := &m.Bonds[k]; b.Conjugated {
			conjugated[b.Begin], conjugated[b.End] = true, true
		}
	}
	for i := range m.Atoms {
		m.Atoms[i].Hybridization = m.hybridizationOf(i, conjugated[i], sums[i].empty > 0)
	}
}

// hybridizationOf decides for atom i; empty tells that one of its bonds or more adds nothing to its valence.
func (m *Molecule) hybridizationOf(i int, conjugated, empty bool) Hybridization {
	a := &m.Atoms[i]
	if a.Z == 0 {
		return Unspecified
	}
	degree := m.TotalDegree(i)
	if h := fromChirality(a.Chiral, degree); h != Unspecified {
		return h
	}
	orbitals := degree
	if a.Z < 89 {
		orbitals = m.bondsAndLonePairs(i, degree, empty)
	}
	switch orbitals {
	case 0, 1:
		return S
	case 2:
		return SP
	case 3:
		return SP2
	case 4:
		if degree <= 3 && conjugated {
			return SP2
		}
		return SP3
	case 5:
		return SP3D
	case 6:
		return SP3D2
	}
	return Unspecified
}

func fromChirality(c Chirality, degree int) Hybridization {
	switch c {
	case ChiralTetrahedral, ChiralCW, ChiralCCW:
		if degree == 4 {
			return SP3
		}
	case ChiralSquarePlanar:
		if degree >= 2 && degree <= 4 {
			return SP2D
		}
	case ChiralTrigonalBipyramidal:
		if degree >= 2 && degree <= 5 {
			return SP3D
		}
	case ChiralOctahedral:
		if degree >= 2 && degree <= 6 {
			return SP3D2
		}
	}
	return Unspecified
}

// withoutPair counts the bonds of atom i that take no orbital of it: zero bonds, and dative ones that begin here.
func (m *Molecule) withoutPair(i int) int {
	count := 0
	for _, k := range m.incident[i] {
		if t := m.Bonds[k].Type; t == ZeroBond || isDative(t) && int(m.Bonds[k].End) != i {
			count++
		}
	}
	return count
}

// bondsAndLonePairs counts the orbitals of atom i; unpaired electrons count where the octet is not full.
func (m *Molecule) bondsAndLonePairs(i, degree int, empty bool) int {
	a := &m.Atoms[i]
	if empty {
		degree -= m.withoutPair(i)
	}
	if a.Z <= 1 {
		return degree
	}
	outer, valence, charge := OuterElectrons(a.Z), m.TotalValence(i), int(a.Charge)
	free := outer - (valence + charge)
	if valence+outer-charge < 8 {
		return degree + (free-int(a.Radicals))/2 + int(a.Radicals)
	}
	return degree + free/2
}
