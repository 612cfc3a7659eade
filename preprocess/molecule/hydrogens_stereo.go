package molecule

// What folding a hydrogen atom does to the stereo of its neighbour (RDKit's molRemoveH).

// foldTag keeps the handedness of atom j when its bond to a hydrogen goes: a hydrogen outside the
// graph counts as the last ligand, so each of the bonds that stand after it swaps with it.
func (m *Molecule) foldTag(j, after int) {
	if after%2 == 1 {
		m.Atoms[j].Chiral = m.Atoms[j].Chiral.Inverted()
	}
}

// foldMark hands the direction of bond k, to a hydrogen that goes, to the last single bond of atom j
// without one, unless another bond has a direction already.
func (m *Molecule) foldMark(j int, k int32) {
	dir := m.Bonds[k].Dir
	if dir == DirNone {
		return
	}
	heir := int32(-1)
	for _, l := range m.incident[j] {
		if l == k || m.Bonds[l].Type != Single {
			continue
		}
		if m.Bonds[l].Dir != DirNone {
			return
		}
		heir = l
	}
	if heir < 0 {
		return
	}
	// RDKit turns the mark when both bonds begin here, but not when both end here.
	if int(m.Bonds[heir].Begin) == j && int(m.Bonds[k].Begin) == j {
		dir = dir.Flip()
	}
	m.Bonds[heir].Dir = dir
}

// dropBondStereo takes the stereo off the bonds of atom j other than k, which it hung on.
func (m *Molecule) dropBondStereo(j int, k int32) {
	for _, l := range m.incident[j] {
		if b := &m.Bonds[l]; l != k && b.Stereo > StereoAny {
			b.Stereo, b.StereoAtoms = StereoNone, [2]int32{-1, -1}
		}
	}
}

// passStereoAtomOn replaces hydrogen i as the stereo atom of a double bond of atom j.
func (m *Molecule) passStereoAtomOn(i, j int) {
	for _, l := range m.incident[j] {
		b := &m.Bonds[l]
		if b.Type != Double || b.Stereo <= StereoAny {
			continue
		}
		for side, s := range b.StereoAtoms {
			if int(s) != i {
				continue
			}
			b.StereoAtoms[side] = m.otherSubstituent(j, i, m.Other(int(l), j))
			switch b.Stereo {
			case StereoCis:
				b.Stereo = StereoTrans
			case StereoTrans:
				b.Stereo = StereoCis
			}
			return
		}
	}
}

// otherSubstituent is the first neighbour of atom j that is neither a nor b.
func (m *Molecule) otherSubstituent(j, a, b int) int32 {
	for _, l := range m.incident[j] {
		if o := m.Other(int(l), j); o != a && o != b {
			return int32(o)
		}
	}
	return -1
}
