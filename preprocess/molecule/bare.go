package molecule

// BareHs returns, [n], how many hydrogens each atom would get if it stood outside brackets, uncharged and
// with the given bonds, [nb], those of m as a reader will see them; -1 = they are too many. Writers leave
// brackets out where that is what the atom has. m is not changed.
func (m *Molecule) BareHs(bonds []Bond) []int16 {
	bare := Molecule{Atoms: make([]Atom, len(m.Atoms)), Bonds: bonds, incident: m.incident}
	counts := make([]int16, len(m.Atoms))
	for i := range m.Atoms {
		a := &bare.Atoms[i]
		a.Z, a.Aromatic = m.Atoms[i].Z, m.Atoms[i].Aromatic
		bare.setExplicitValence(i)
		ok := !a.overbonded() && bare.setImplicitHs(i)
		counts[i] = int16(a.ImplicitHs)
		if !ok {
			counts[i] = -1
		}
	}
	return counts
}
