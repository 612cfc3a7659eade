package molecule

// Stereo, as RDKit's legacy perception leaves it (Chirality.cpp: legacyStereoPerception with
// cleanIt, force and flagPossibleStereoCenters, as MolFromSmiles calls it).
//
// cleanupChirality belongs to sanitizing, after hybridization; assignStereochemistry comes last.
// Folding an H atom into a stereocentre or a stereo double bond is the work of hydrogens.go.

// perceiver holds what one perception needs.
type perceiver struct {
	m         *Molecule
	ranks     *ranker
	legal     []bool // [n] see legalCenter
	smallRing []bool // [nb] bond lies in a ring of fewer than 8 atoms
}

// assignStereochemistry finds the stereocentres and the stereo double bonds among those that are
// marked: it sets Atom.CIP, Bond.Stereo and Bond.StereoAtoms and takes the tags and directions
// from where there is no stereo. Where nothing is marked, one look at each atom and bond is all.
func assignStereochemistry(m *Molecule) error {
	if !resetStereo(m) {
		return nil
	}
	p := &m.work.stereo
	*p = perceiver{m: m, ranks: newRanker(m), smallRing: smallRingBonds(m), legal: m.work.bools(len(m.Atoms))}
	for i := range p.legal {
		p.legal[i] = m.legalCenter(i)
	}
	p.dropSmallRingStereo()
	p.label()
	p.clean()
	return nil
}

// resetStereo forgets what an earlier perception found and tells whether anything is marked.
func resetStereo(m *Molecule) bool {
	marked := false
	for i := range m.Atoms {
		m.Atoms[i].CIP, m.Atoms[i].ringStereo = 0, false
		marked = marked || m.Atoms[i].Chiral != ChiralNone
	}
	for k := range m.Bonds {
		b := &m.Bonds[k]
		marked = marked || b.Dir != DirNone || b.Stereo == StereoAny
		if b.Type == Double && b.Stereo != StereoAny {
			b.Stereo, b.StereoAtoms = StereoNone, [2]int32{-1, -1}
		}
	}
	return marked
}

// label gives R, S, Z and E to all that its ligands tell apart, then ranks again with the labels
// found, which may tell more apart, until nothing changes.
func (p *perceiver) label() {
	p.ranks.start(cipKeys(p.m))
	p.ranks.tellApart(p.questions())
	for {
		openAtoms, newAtoms := p.labelAtoms()
		openBonds, newBonds, tiedBonds := p.labelBonds()
		if !(openAtoms || openBonds) || !(newAtoms || newBonds) {
			return
		}
		if !tiedBonds && !p.unlabelledTags() {
			return // RDKit ranks again, but nobody is left to ask for it
		}
		p.ranks.finish()
		p.ranks.refine(stereoKeys(p.m, p.ranks.rank))
	}
}

// questions lists the pairs of ligands whose ranks labels depend on: around tagged centres and at the
// ends of marked double bonds.
func (p *perceiver) questions() [][2]int32 {
	pairs := p.ranks.pairs[:0]
	for i := range p.m.Atoms {
		if p.legal[i] && p.m.Atoms[i].Chiral != ChiralNone {
			pairs = p.appendPairs(pairs, i, -1)
		}
	}
	for k := range p.m.Bonds {
		b := &p.m.Bonds[k]
		if b.Type == Double && p.canHaveStereo(k) && (p.isMarked(b.Begin) || p.isMarked(b.End)) {
			pairs = p.appendPairs(pairs, int(b.Begin), k)
			pairs = p.appendPairs(pairs, int(b.End), k)
		}
	}
	p.ranks.pairs = pairs
	return pairs
}

// appendPairs appends the pairs of neighbours of atom i but that across bond k.
func (p *perceiver) appendPairs(pairs [][2]int32, i, k int) [][2]int32 {
	inc := p.m.incident[i]
	for x, l := range inc {
		for _, o := range inc[:x] {
			if int(l) != k && int(o) != k {
				pairs = append(pairs, [2]int32{int32(p.m.Other(int(l), i)), int32(p.m.Other(int(o), i))})
			}
		}
	}
	return pairs
}

// isMarked tells whether a bond of atom i has a direction.
func (p *perceiver) isMarked(i int32) bool {
	for _, k := range p.m.incident[i] {
		if p.m.Bonds[k].Dir != DirNone {
			return true
		}
	}
	return false
}

// unlabelledTags tells whether an atom with a tag has no label.
func (p *perceiver) unlabelledTags() bool {
	for i := range p.m.Atoms {
		if a := &p.m.Atoms[i]; a.Chiral != ChiralNone && a.CIP == 0 {
			return true
		}
	}
	return false
}
