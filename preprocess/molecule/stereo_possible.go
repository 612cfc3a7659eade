package molecule

// PossibleStereocentres marks the atoms that are stereocentres or could be, whether tagged or not: those whose ligands all
// have different ranks (RDKit's _ChiralityPossible, as MolFromSmiles leaves it). m must be perceived.
//
// Only a perceived molecule's tags and labels are at hand, so the labelling is walked through again: in each round what the
// ranks tell apart by then gets its known label, and the labels tell more apart in the next.
func (m *Molecule) PossibleStereocentres() []bool {
	possible := make([]bool, len(m.Atoms))
	legal := make([]bool, len(m.Atoms))
	found := false
	for i := range legal {
		legal[i] = m.legalCenter(i)
		found = found || legal[i]
	}
	if !found {
		return possible
	}
	p := &perceiver{m: m.unlabelled(), legal: legal}
	p.ranks = newRanker(p.m)
	p.ranks.refine(cipKeys(p.m))
	for p.relabelAtoms(m, possible) || p.relabelBonds(m) {
		p.relabelBonds(m)
		p.ranks.refine(stereoKeys(p.m, p.ranks.rank))
	}
	return possible
}

// unlabelled is a copy of m's graph without labels.
func (m *Molecule) unlabelled() *Molecule {
	c := &Molecule{Atoms: append([]Atom(nil), m.Atoms...), Bonds: append([]Bond(nil), m.Bonds...), Rings: m.Rings, Budget: m.Budget, incident: m.incident}
	for i := range c.Atoms {
		c.Atoms[i].CIP = 0
	}
	for k := range c.Bonds {
		c.Bonds[k].Stereo = StereoNone
	}
	return c
}

// relabelAtoms marks the legal centres without tied ligands and copies their labels; it tells whether there was one to copy.
func (p *perceiver) relabelAtoms(from *Molecule, possible []bool) (found bool) {
	for i := range p.m.Atoms {
		if possible[i] || !p.legal[i] || p.tiedLigands(i) {
			continue
		}
		possible[i] = true
		p.m.Atoms[i].CIP = from.Atoms[i].CIP
		found = found || from.Atoms[i].CIP != 0
	}
	return found
}

// relabelBonds copies the labels of double bonds whose ligands are told apart.
func (p *perceiver) relabelBonds(from *Molecule) (found bool) {
	for k := range p.m.Bonds {
		b := &p.m.Bonds[k]
		if from.Bonds[k].Stereo <= StereoAny || b.Stereo != StereoNone || p.tiedEnd(b.Begin, k) || p.tiedEnd(b.End, k) {
			continue
		}
		b.Stereo = from.Bonds[k].Stereo
		found = true
	}
	return found
}

// tiedEnd tells whether the two ligands of atom i beside double bond k have the same rank.
func (p *perceiver) tiedEnd(i int32, k int) bool {
	var ranks []int32
	for _, l := range p.m.incident[i] {
		if int(l) != k {
			ranks = append(ranks, p.rankAcross(l, int(i)))
		}
	}
	return len(ranks) == 2 && ranks[0] == ranks[1]
}
