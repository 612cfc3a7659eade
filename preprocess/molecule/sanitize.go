package molecule

// Perceive finds out about a molecule that was just read what MolFromSmiles finds out: it folds
// hydrogens, cleans up, checks valences and perceives rings, aromaticity, conjugation, hybridization
// and stereo, in RDKit's order. What it refuses is an *Error.
func Perceive(m *Molecule, h Hydrogens) error {
	m.work = arenas.Get().(*arena)
	defer func() {
		m.work.release()
		m.work = nil
	}()
	if h != Keep {
		if err := m.removeHs(); err != nil {
			return err
		}
	}
	if err := m.sanitize(); err != nil {
		return err
	}
	if h != Keep {
		m.dropDoubledHs()
	}
	if err := assignStereochemistry(m); err != nil {
		return err
	}
	if h == Explicit {
		m.AddHs()
	}
	return nil
}

// sanitize is RDKit's sanitizeMol.
func (m *Molecule) sanitize() error {
	m.cleanUp()
	if err := m.checkElectrons(); err != nil {
		return err
	}
	if err := m.cleanUpOrganometallics(); err != nil {
		return err
	}
	sums := m.sumBonds()
	if err := m.checkValences(sums); err != nil {
		return err
	}
	if err := m.findRings(); err != nil {
		return err
	}
	if anyAromatic(sums) {
		if err := m.kekulize(sums); err != nil {
			return err
		}
		sums = m.sumBonds()
	}
	m.assignRadicals()
	pi := m.countPiElectrons(sums)
	if err := m.setAromaticity(pi, sums); err != nil {
		return err
	}
	m.setConjugation(pi)
	m.setHybridization(sums)
	cleanupChirality(m)
	return m.settleHs(m.sumBonds())
}

// dropDoubledHs takes folded hydrogens off centres with more than one, which are none; they become
// implicit ones again.
func (m *Molecule) dropDoubledHs() {
	for i := range m.Atoms {
		if a := &m.Atoms[i]; !a.NoImplicit && a.Chiral != ChiralNone && a.ExplicitHs > 1 {
			a.ExplicitHs = 0
			m.updateValence(i)
		}
	}
}
