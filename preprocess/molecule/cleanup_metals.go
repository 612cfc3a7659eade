package molecule

import "slices"

// cleanUpOrganometallics turns the single bond between a metal and a non-metal that has one bond too
// many into a dative one, from the non-metal. Of several metals it takes the one with the fewest dative
// bonds, then the highest in canonical rank; the non-metals come by rank, too.
func (m *Molecule) cleanUpOrganometallics() error {
	if !m.hasMetal() {
		return nil
	}
	m.updateValences()
	donors, bridges := m.donors()
	var ranks []int32
	if bridges {
		var err error
		if ranks, err = CanonicalRanks(m, true); err != nil {
			return err
		}
		slices.SortFunc(donors, func(i, j int) int { return int(ranks[i] - ranks[j]) })
	}
	if len(donors) == 0 {
		return nil
	}
	datives := m.countDatives()
	for _, i := range donors {
		if m.isHypervalentNonMetal(i) {
			m.donate(i, ranks, datives)
		}
	}
	return nil
}

// donors lists the non-metals with too many bonds, one of them or more to a metal; bridges tells that one
// has a choice of metals.
func (m *Molecule) donors() (atoms []int, bridges bool) {
	for i := range m.Atoms {
		if z := m.Atoms[i].Z; z == 1 || z == 2 || z == 9 || z == 10 || !m.isHypervalentNonMetal(i) {
			continue
		}
		metals := 0
		for _, k := range m.incident[i] {
			if m.bondsMetal(k, i) {
				metals++
			}
		}
		if metals > 0 {
			atoms = append(atoms, i)
		}
		bridges = bridges || metals > 1
	}
	return atoms, bridges
}

// bondsMetal tells whether bond k is a single one from atom i to a metal.
func (m *Molecule) bondsMetal(k int32, i int) bool {
	return m.Bonds[k].Type == Single && isMetal(m.Atoms[m.Other(int(k), i)].Z)
}

// donate makes one bond of atom i to a metal dative. ranks are not needed where there is one metal. datives counts the
// dative bonds of each atom, [n].
func (m *Molecule) donate(i int, ranks, datives []int32) {
	best, fewest := int32(-1), int32(0)
	for _, k := range m.incident[i] {
		if !m.bondsMetal(k, i) {
			continue
		}
		metal := m.Other(int(k), i)
		count := datives[metal]
		if best < 0 || count < fewest || count == fewest && ranks[metal] > ranks[m.Other(int(best), i)] {
			best, fewest = k, count
		}
	}
	if best >= 0 {
		b := &m.Bonds[best]
		b.Begin, b.End = int32(i), int32(m.Other(int(best), i))
		b.Type = Dative
		datives[b.Begin]++
		datives[b.End]++
	}
}

// countDatives counts the dative bonds of each atom, [n].
func (m *Molecule) countDatives() []int32 {
	counts := m.work.int32s(len(m.Atoms))
	for k := range m.Bonds {
		if b := &m.Bonds[k]; isDative(b.Type) {
			counts[b.Begin]++
			counts[b.End]++
		}
	}
	return counts
}
