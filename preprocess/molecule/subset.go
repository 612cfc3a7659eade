package molecule

// Subset returns a copy of m with the atoms to keep, and the bonds between them, in their order. Hydrogens, valences and rings
// are m's until Refresh. number is the new index of each atom of m, -1 for those left out.
func (m *Molecule) Subset(keep []bool) (s *Molecule, number []int32) {
	s = New(len(m.Atoms))
	s.Title, s.Budget = m.Title, m.Budget
	number = make([]int32, len(m.Atoms))
	for i := range m.Atoms {
		number[i] = -1
		if keep[i] {
			number[i] = int32(s.AddAtom(m.Atoms[i]))
		}
	}
	for k := range m.Bonds {
		b := m.Bonds[k]
		if !keep[b.Begin] || !keep[b.End] {
			continue
		}
		b.Begin, b.End = number[b.Begin], number[b.End]
		b.StereoAtoms = renumberStereo(b.StereoAtoms, number)
		s.AddBond(b)
	}
	return s, number
}

// renumberStereo forgets both atoms when one is left out.
func renumberStereo(atoms [2]int32, number []int32) [2]int32 {
	for side, i := range atoms {
		if i < 0 || number[i] < 0 {
			return [2]int32{-1, -1}
		}
		atoms[side] = number[i]
	}
	return atoms
}

// Refresh counts hydrogens and valences again and finds the rings: RDKit's UpdatePropertyCache and GetSymmSSSR. Aromaticity,
// hybridization, conjugation and stereo stay. An impossible valence is refused.
func (m *Molecule) Refresh() error {
	m.work = arenas.Get().(*arena)
	defer func() {
		m.work.release()
		m.work = nil
	}()
	if err := m.checkValences(m.sumBonds()); err != nil {
		return err
	}
	return m.findRings()
}
