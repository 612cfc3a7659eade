package molecule

// Before valences are checked, forms that chemists write with too many bonds become the charged
// forms that they mean.

// cleanUp rewrites hypervalent N, P and halogens.
func (m *Molecule) cleanUp() {
	m.cleanNitrogens()
	for i := range m.Atoms {
		switch m.Atoms[i].Z {
		case 15:
			m.cleanPhosphorus(i)
		case 17, 35, 53:
			m.cleanHalogen(i)
		}
	}
}

// cleanNitrogens rewrites five-valent neutral N: CN(=O)=O → C[N+](=O)[O-] and CN=N#N → CN=[N+]=[N-].
func (m *Molecule) cleanNitrogens() {
	var fiveValent []int
	for i := range m.Atoms {
		if a := &m.Atoms[i]; a.Z == 7 && a.Charge == 0 && m.setExplicitValence(i) == 5 {
			fiveValent = append(fiveValent, i)
			m.separateCharge(i, 8, Double, Single)
		}
	}
	for _, i := range fiveValent {
		m.separateCharge(i, 7, Triple, Double)
	}
}

// separateCharge lowers the first bond of the given type from atom i to a neutral element z by one
// order, to zwitterion.
func (m *Molecule) separateCharge(i int, z uint8, from, to BondType) {
	for _, k := range m.incident[i] {
		other := &m.Atoms[m.Other(int(k), i)]
		if m.Bonds[k].Type == from && other.Z == z && other.Charge == 0 {
			m.Bonds[k].Type = to
			m.Atoms[i].Charge, other.Charge = 1, -1
			return
		}
	}
}

// cleanPhosphorus rewrites C=P(=O)X → C=[P+]([O-])X.
func (m *Molecule) cleanPhosphorus(i int) {
	if m.Atoms[i].Charge != 0 || m.setExplicitValence(i) != 5 || m.Degree(i) != 3 {
		return
	}
	toOxygen, toCorN := int32(-1), false
	for _, k := range m.incident[i] {
		j := m.Other(int(k), i)
		a := &m.Atoms[j]
		switch {
		case m.Bonds[k].Type != Double:
		case a.Z == 8 && a.Charge == 0:
			toOxygen = k
		case (a.Z == 6 || a.Z == 7) && m.Degree(j) >= 2:
			toCorN = true
		}
	}
	if toOxygen >= 0 && toCorN {
		m.Bonds[toOxygen].Type = Single
		m.Atoms[i].Charge = 1
		m.Atoms[m.Other(int(toOxygen), i)].Charge = -1
	}
}

// cleanHalogen rewrites X(=O)(=O)(=O)O → [X+3]([O-])([O-])([O-])O, and with fewer =O.
func (m *Molecule) cleanHalogen(i int) {
	valence := m.setExplicitValence(i)
	if m.Atoms[i].Charge != 0 || valence != 7 && valence != 5 && valence != 3 {
		return
	}
	for _, k := range m.incident[i] {
		if m.Atoms[m.Other(int(k), i)].Z != 8 {
			return
		}
	}
	for _, k := range m.incident[i] {
		if m.Bonds[k].Type == Double {
			m.Bonds[k].Type = Single
			m.Atoms[i].Charge++
			m.Atoms[m.Other(int(k), i)].Charge = -1
		}
	}
}

// checkElectrons refuses a non-metal whose charge would give it more electrons than any element has.
func (m *Molecule) checkElectrons() error {
	for i := range m.Atoms {
		if a := &m.Atoms[i]; int(a.Z)-int(a.Charge) > MaxZ && !isMetal(a.Z) {
			return Refuse(CodeValence, int(a.Offset), "atom %d (%s) cannot have charge %d", i, Symbol(a.Z), a.Charge)
		}
	}
	return nil
}

func (m *Molecule) hasMetal() bool {
	for i := range m.Atoms {
		if isMetal(m.Atoms[i].Z) {
			return true
		}
	}
	return false
}

// isHypervalentNonMetal tells that atom i has more bonds than its highest valence; four neighbours
// around an aromatic atom (cyclopentadienyl) are too many as well.
func (m *Molecule) isHypervalentNonMetal(i int) bool {
	a := &m.Atoms[i]
	effective := int(a.Z) - int(a.Charge)
	if isMetal(a.Z) || effective <= 0 || effective > MaxZ {
		return false
	}
	highest := highestValence(effective)
	valence := int(a.explicitValence)
	return highest > 0 && (valence > highest || valence == highest && a.Aromatic && m.TotalDegree(i) == 4)
}
