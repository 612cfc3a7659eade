package molecule

import "slices"

// Perception in steps, for readers that find stereo in coordinates: what a molfile says of
// handedness must be read before its hydrogens are folded, and what its coordinates say of double
// bonds after nitro groups and the like have their charges (RDKit's finishMolProcessing).

// PerceiveDrawn is Perceive of a molecule whose atoms have coordinates. Its atoms carry their tags,
// its single bonds no marks any more. When the molecule is ready, direct is called; it gives Dir to
// the bonds beside stereo double bonds, and StereoAny to double bonds that are to have none. Rings
// are known to it when a double bond may ask for them. kept lists the atoms that remain, by their
// old indices; nil means all. held, when not nil, marks hydrogens that must stay.
func PerceiveDrawn(m *Molecule, h Hydrogens, held []bool, direct func()) (kept []int32, err error) {
	m.work = arenas.Get().(*arena)
	defer func() {
		m.work.release()
		m.work = nil
	}()
	if h == Keep {
		if err = m.sanitize(); err == nil {
			m.dropAtropisomers()
			direct()
		}
	} else {
		kept, err = m.foldDrawn(held, direct)
	}
	if err != nil {
		return nil, err
	}
	unknown := m.settleMarks()
	if err := assignStereochemistry(m); err != nil {
		return nil, err
	}
	for _, k := range unknown {
		if b := &m.Bonds[k]; b.Type == Single || b.Stereo > StereoAny {
			b.Stereo = StereoAny
		}
	}
	if h == Explicit {
		m.AddHs()
	}
	return kept, nil
}

// foldDrawn cleans up, calls direct, folds hydrogens and sanitizes.
func (m *Molecule) foldDrawn(held []bool, direct func()) (kept []int32, err error) {
	m.cleanUp()
	m.updateValences()
	if m.hasOpenDoubleBond() {
		if err := m.findRings(); err != nil {
			return nil, err
		}
		direct()
		m.work.rings.forget() // sanitizing finds rings again, without what is folded or becomes dative
	}
	if kept, err = m.foldDrawnHs(held); err != nil {
		return nil, err
	}
	if err := m.sanitize(); err != nil {
		return nil, err
	}
	m.dropAtropisomers()
	m.dropDoubledHs()
	return kept, nil
}

// hasOpenDoubleBond tells whether a double bond has ligands at both ends.
func (m *Molecule) hasOpenDoubleBond() bool {
	return slices.ContainsFunc(m.Bonds, func(b Bond) bool {
		return b.Type == Double && m.Degree(int(b.Begin)) > 1 && m.Degree(int(b.End)) > 1
	})
}

// foldDrawnHs is removeHs as MolFromMolBlock has it: a folded hydrogen is one that the valence model
// would add again, unless its neighbour must be told of it.
func (m *Molecule) foldDrawnHs(held []bool) (kept []int32, err error) {
	m.updateValences()
	remove := m.work.bools(len(m.Atoms))
	kept = make([]int32, 0, len(m.Atoms))
	for i := range m.Atoms {
		remove[i] = m.Atoms[i].Z == 1 && (held == nil || !held[i]) && m.mayRemoveH(i)
		if !remove[i] {
			kept = append(kept, int32(i))
		}
	}
	if len(kept) == len(m.Atoms) {
		return nil, nil
	}
	steps, most, stereo := 0, m.Budget.Of(foldedNeighbours), m.hasStereoBond()
	for i := len(m.Atoms) - 1; i >= 0; i-- {
		if !remove[i] {
			continue
		}
		j := m.Other(int(m.incident[i][0]), i)
		told := m.mustCountH(j)
		if steps += m.foldH(i, stereo); steps > most {
			return nil, m.refuseFolding()
		}
		if !told {
			m.Atoms[j].ExplicitHs--
		}
	}
	m.compact(remove)
	return kept, nil
}

// mustCountH tells whether atom j would not get a folded hydrogen back from the valence model: it
// takes none, is a stereocentre, is aromatic N, P or an atom like the one in a borole, or is in a
// valence above its first.
func (m *Molecule) mustCountH(j int) bool {
	a := &m.Atoms[j]
	if a.NoImplicit || a.Chiral != ChiralNone {
		return true
	}
	if (a.Z == 7 || a.Z == 15 || m.betweenAromaticBonds(j)) && m.isAromatic(j) {
		return true
	}
	list := valences(int(a.Z))
	return len(list) > 1 && slices.ContainsFunc(list[1:], func(v int8) bool { return int(v) == m.TotalValence(j) })
}

// betweenAromaticBonds tells that atom j has two aromatic bonds, one single bond and valence 3.
func (m *Molecule) betweenAromaticBonds(j int) bool {
	single, aromatic := 0, 0
	for _, k := range m.incident[j] {
		switch m.Bonds[k].Type {
		case Single:
			if single++; single > 1 {
				return false
			}
		case AromaticBond:
			aromatic++
		default:
			return false
		}
	}
	return single == 1 && aromatic == 2 && m.TotalValence(j) == 3
}

// dropAtropisomers takes the stereo from single bonds that turn freely: an end is not planar, or a
// small ring holds the bond (RDKit's cleanupAtropisomers).
func (m *Molecule) dropAtropisomers() {
	atropisomer := func(b Bond) bool { return b.Stereo == StereoAtropCW || b.Stereo == StereoAtropCCW }
	if !slices.ContainsFunc(m.Bonds, atropisomer) {
		return
	}
	small := smallRingBonds(m)
	for k := range m.Bonds {
		b := &m.Bonds[k]
		flat := m.Atoms[b.Begin].Hybridization == SP2 && m.Atoms[b.End].Hybridization == SP2
		if atropisomer(*b) && (!flat || small[k]) {
			b.Stereo = StereoNone
		}
	}
}

// settleMarks makes ANY of crossed double bonds. It returns the bonds that are to be ANY whatever
// stereo perception says of them: wavy double bonds and those beside them if it finds stereo, and
// crossed single bonds, which RDKit lets be.
func (m *Molecule) settleMarks() (unknown []int32) {
	for k := range m.Bonds {
		b := &m.Bonds[k]
		switch {
		case b.Dir == DirEitherDouble:
			b.Dir = DirNone
			if b.Type == Double {
				b.Stereo = StereoAny
			}
		case b.Type == Double && b.Dir == DirUnknown:
			b.Dir = DirNone
			unknown = m.appendDoubles(m.appendDoubles(unknown, b.Begin), b.End)
		case b.Type == Single && b.Stereo == StereoAny:
			unknown = append(unknown, int32(k))
		}
	}
	return unknown
}

// appendDoubles appends the double bonds of atom i.
func (m *Molecule) appendDoubles(list []int32, i int32) []int32 {
	for _, k := range m.incident[i] {
		if m.Bonds[k].Type == Double {
			list = append(list, k)
		}
	}
	return list
}

// SmallRingBonds marks the bonds in rings of fewer than 8 atoms, where double bonds have no stereo.
// Rings must be known.
func (m *Molecule) SmallRingBonds() []bool { return smallRingBonds(m) }

// UpdateValences counts the implicit hydrogens of all atoms, of impossible ones as well as can be. It
// may be asked before Perceive.
func (m *Molecule) UpdateValences() { m.updateValences() }

// UpdateValence is UpdateValences of atom i.
func (m *Molecule) UpdateValence(i int) { m.updateValence(i) }

// Hybridize finds the hybridization of all atoms as they stand. It may be asked before Perceive.
func (m *Molecule) Hybridize() {
	m.updateValences()
	sums := m.sumBonds()
	m.setConjugation(m.countPiElectrons(sums))
	m.setHybridization(sums)
}

// AffectsChirality tells whether bond k counts as a ligand of atom i.
func (m *Molecule) AffectsChirality(k int32, i int) bool { return m.affectsChirality(k, i) }

// PermutationOf returns the permutation number of an arrangement of class c: seats lists the ligands,
// numbered in the order of the atom's bonds, around the square (square planar), or on the near and
// the far end of the axis and then counterclockwise as seen from the near end. Places without a
// ligand have the numbers behind. 0 says nothing.
func (c Chirality) PermutationOf(seats [6]uint8) uint8 {
	p := polyhedra()[c]
	if p == nil {
		return 0
	}
	return p.numbers[p.canonical(seats)]
}
