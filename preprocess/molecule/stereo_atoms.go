package molecule

// labelAtoms labels every tagged centre whose ligands all have different ranks. open: a legal
// centre, tagged or not, is without label; found: one got its label (assignAtomChiralCodes).
func (p *perceiver) labelAtoms() (open, found bool) {
	for i := range p.m.Atoms {
		a := &p.m.Atoms[i]
		if a.CIP != 0 || !p.legal[i] {
			continue
		}
		if a.Chiral == ChiralNone || a.Chiral == ChiralOther || p.tiedLigands(i) {
			open = true
			continue
		}
		a.CIP = p.descriptor(i)
		found = true
	}
	return open, found
}

// tiedLigands tells whether two ligands of atom i have the same rank.
func (p *perceiver) tiedLigands(i int) bool {
	inc := p.m.incident[i]
	for x, k := range inc {
		if !p.m.affectsChirality(k, i) {
			continue
		}
		for _, l := range inc[:x] {
			if p.m.affectsChirality(l, i) && p.rankAcross(k, i) == p.rankAcross(l, i) {
				return true
			}
		}
	}
	return false
}

func (p *perceiver) rankAcross(k int32, i int) int32 { return p.ranks.rank[p.m.Other(int(k), i)] }

// descriptor reads R or S off atom i: the tag holds for the bonds in the order of the molecule,
// the label for the bonds by ascending rank, and an H outside the graph swaps two more.
func (p *perceiver) descriptor(i int) byte {
	inc := p.m.incident[i]
	odd := len(inc) == 3 && p.m.TotalHs(i) == 1
	for x, k := range inc {
		for _, l := range inc[:x] {
			if p.rankAcross(l, i) > p.rankAcross(k, i) {
				odd = !odd
			}
		}
	}
	// Of the polyhedral classes RDKit reads every tag but @ as @@.
	if (p.m.Atoms[i].Chiral == ChiralCCW) != odd {
		return 'S'
	}
	return 'R'
}
