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
		m.removeHs()
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
	if err := m.checkValences(); err != nil {
		return err
	}
	if err := m.findRings(); err != nil {
		return err
	}
	if err := m.kekulize(); err != nil {
		return err
	}
	m.assignRadicals()
	if err := m.setAromaticity(); err != nil {
		return err
	}
	m.setConjugation()
	m.setHybridization()
	cleanupChirality(m)
	m.adjustHs()
	return m.checkValences()
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
