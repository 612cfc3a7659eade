package molecule

import "slices"

// Hydrogens says which hydrogens are atoms of the graph.
type Hydrogens uint8

// The zero value is what MolFromSmiles does.
const (
	Implicit Hydrogens = iota // plain H are folded into their neighbours (removeHs=True)
	Keep                      // H atoms stay as they were written (removeHs=False)
	Explicit                  // folded, perceived, and then all added as atoms (AddHs)
)

func (m *Molecule) refuseFolding() error {
	return RefuseWork(CodeTooLarge, "an atom has too many hydrogens to fold among %d atoms", len(m.Atoms))
}

// removeHs folds plain hydrogen atoms into their neighbours. The others keep their order.
func (m *Molecule) removeHs() error {
	var remove []bool // [n]
	for i := range m.Atoms {
		if m.Atoms[i].Z == 1 && m.mayRemoveH(i) {
			if remove == nil {
				remove = m.work.bools(len(m.Atoms))
			}
			remove[i] = true
		}
	}
	if remove == nil {
		return nil
	}
	steps, most, stereo := 0, m.Budget.Of(foldedNeighbours), m.hasStereoBond()
	for i := len(m.Atoms) - 1; i >= 0; i-- {
		if !remove[i] {
			continue
		}
		if steps += m.foldH(i, stereo); steps > most {
			return m.refuseFolding()
		}
	}
	m.compact(remove)
	return nil
}

// hasStereoBond tells whether the stereo of some bond is known.
func (m *Molecule) hasStereoBond() bool {
	return slices.ContainsFunc(m.Bonds, func(b Bond) bool { return b.Stereo > StereoAny })
}

// mayRemoveH: H stay that say something a count cannot: isotopes, hydrides, bridges, H2, H on dummies
// or on centres whose geometry they are part of, and those that carry the stereo of a double bond.
func (m *Molecule) mayRemoveH(i int) bool {
	a := &m.Atoms[i]
	if len(m.incident[i]) != 1 || a.Isotope != 0 || a.Charge == -1 {
		return false
	}
	k := m.incident[i][0]
	j := m.Other(int(k), i)
	switch c := m.Atoms[j].Chiral; {
	case m.Atoms[j].Z <= 1:
		return false
	case c == ChiralSquarePlanar, c == ChiralTrigonalBipyramidal, c == ChiralOctahedral:
		return false
	}
	if m.Degree(j) != 2 {
		return true
	}
	for _, l := range m.incident[j] {
		if b := &m.Bonds[l]; b.Type == Double && (b.Stereo > StereoAny || m.Bonds[k].Dir != DirNone) {
			return false
		}
	}
	return true
}

// foldH takes hydrogen i off its neighbour and counts it there; the neighbour's tag and directions
// keep their meaning. stereo tells that some bond has stereo already. It returns how many bonds it looked at.
func (m *Molecule) foldH(i int, stereo bool) (steps int) {
	k := m.incident[i][0]
	j := m.Other(int(k), i)
	m.Atoms[j].ExplicitHs++
	bonds := m.incident[j]
	at := len(bonds) - 1 // hydrogens go from the last one on, so that theirs tend to stand at the end
	for bonds[at] != k {
		at--
	}
	steps = len(bonds) - at
	m.foldTag(j, steps-1)
	if stereo && m.Degree(j) == 2 {
		m.dropBondStereo(j, k)
	}
	m.foldMark(j, k)
	if stereo && m.Degree(j) > 2 {
		m.passStereoAtomOn(i, j)
	}
	m.incident[j] = slices.Delete(bonds, at, at+1)
	m.incident[i] = nil
	return steps
}

// compact drops atoms that have no bonds left in incident lists, and their bonds, and renumbers.
func (m *Molecule) compact(remove []bool) {
	number := make([]int32, len(m.Atoms))
	n := 0
	for i := range m.Atoms {
		if remove[i] {
			number[i] = -1
			continue
		}
		number[i] = int32(n)
		m.Atoms[n], m.incident[n] = m.Atoms[i], m.incident[i]
		n++
	}
	m.Atoms, m.incident = m.Atoms[:n], m.incident[:n]
	bondNumber := make([]int32, len(m.Bonds))
	nb := 0
	for k := range m.Bonds {
		b := m.Bonds[k]
		if remove[b.Begin] || remove[b.End] {
			continue
		}
		b.Begin, b.End = number[b.Begin], number[b.End]
		if b.Stereo > StereoAny {
			for side, s := range b.StereoAtoms {
				if s >= 0 {
					b.StereoAtoms[side] = number[s]
				}
			}
		}
		bondNumber[k] = int32(nb)
		m.Bonds[nb] = b
		nb++
	}
	m.Bonds = m.Bonds[:nb]
	for i := range m.incident {
		for at, k := range m.incident[i] {
			m.incident[i][at] = bondNumber[k]
		}
	}
}

// AddHs makes all hydrogens atoms, after the others, in the order of the atoms that carry them.
func (m *Molecule) AddHs() {
	heavy := len(m.Atoms)
	counts := make([]int, heavy)
	for i := range counts {
		counts[i] = m.TotalHs(i)
	}
	for i, count := range counts {
		m.Atoms[i].ExplicitHs = 0
		for range count {
			h := m.AddAtom(Atom{Z: 1, Offset: m.Atoms[i].Offset})
			m.AddBond(Bond{Begin: int32(i), End: int32(h), Type: Single, StereoAtoms: [2]int32{-1, -1}})
		}
	}
	m.updateValences()
	m.Rings.extend(len(m.Atoms), len(m.Bonds))
}

// extend gives new atoms and bonds their place outside all rings.
func (r *Rings) extend(n, nb int) {
	r.AtomCount = append(r.AtomCount, make([]int32, n-len(r.AtomCount))...)
	r.MinSize = append(r.MinSize, make([]int32, n-len(r.MinSize))...)
	r.BondCount = append(r.BondCount, make([]int32, nb-len(r.BondCount))...)
}
