package molecule

// What is done to a molecule after it was perceived, at the wish of a caller.

// Copy returns a molecule that shares nothing with m but the rings that were found, which are never changed in place.
func (m *Molecule) Copy() *Molecule {
	s := New(len(m.Atoms))
	s.Title, s.Rings, s.Budget = m.Title, m.Rings, m.Budget
	for i := range m.Atoms {
		s.AddAtom(m.Atoms[i])
	}
	for k := range m.Bonds {
		s.AddBond(m.Bonds[k])
	}
	return s
}

// Sanitize is RDKit's SanitizeMol: valences, rings, aromaticity, conjugation, hybridization anew; stereo stays. What it refuses
// is an *Error.
func (m *Molecule) Sanitize() error {
	m.work = arenas.Get().(*arena)
	defer func() {
		m.work.release()
		m.work = nil
	}()
	return m.sanitize()
}

// SetCharge gives atom i a formal charge and so many hydrogens, which then are explicit: no implicit ones are added.
// Nothing else is perceived again.
func (m *Molecule) SetCharge(i int, charge int8, hydrogens uint8) {
	a := &m.Atoms[i]
	a.Charge, a.ExplicitHs, a.ImplicitHs, a.NoImplicit = charge, hydrogens, 0, true
	m.updateValence(i)
}

// IsEarly tells that element z stands left of carbon in its row, where a charge changes the valence the other way.
func IsEarly(z uint8) bool { return isEarly(z) }

// Kekulize gives the aromatic bonds of a perceived molecule single and double ones in turn, and takes all
// aromatic marks off. Hydrogens stay as they are. What has no such form is refused as CodeKekulize.
func (m *Molecule) Kekulize() error {
	m.work = arenas.Get().(*arena)
	defer func() {
		m.work.release()
		m.work = nil
	}()
	before := m.Copy()
	sums := m.sumBonds()
	if !anyAromatic(sums) {
		return nil
	}
	err := m.kekulize(sums)
	for i := range m.Atoms {
		a, was := &m.Atoms[i], &before.Atoms[i]
		a.ExplicitHs, a.ImplicitHs, a.NoImplicit = was.ExplicitHs, was.ImplicitHs, was.NoImplicit
	}
	return err
}
