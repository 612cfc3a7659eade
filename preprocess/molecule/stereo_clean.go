package molecule

// dropSmallRingStereo takes ANY from double bonds that a small ring forces.
func (p *perceiver) dropSmallRingStereo() {
	for k := range p.m.Bonds {
		if b := &p.m.Bonds[k]; b.Stereo == StereoAny && p.smallRing[k] {
			b.Stereo, b.StereoAtoms = StereoNone, [2]int32{-1, -1}
		}
	}
}

// clean takes tags and directions from where there turned out to be no stereo.
func (p *perceiver) clean() {
	if p.unlabelledTags() {
		p.ranks.finish()
		special := p.ringStereo()
		for i := range p.m.Atoms {
			a := &p.m.Atoms[i]
			a.ringStereo = special[i]
			if a.Chiral != ChiralNone && a.CIP == 0 && !a.Chiral.polyhedral() && !special[i] {
				p.m.dropTag(i)
			}
		}
	}
	for k := range p.m.Bonds {
		p.cleanBond(k)
	}
}

// dropTag takes the tag from atom i. A hydrogen in its bracket stood there for the tag alone and
// becomes an implicit one, unless the atom is charged or aromatic.
func (m *Molecule) dropTag(i int) {
	a := &m.Atoms[i]
	a.Chiral, a.Permutation = ChiralNone, 0
	if a.ExplicitHs == 1 && a.Charge == 0 && !a.Aromatic {
		a.ExplicitHs, a.NoImplicit = 0, false
		m.updateValence(i)
	}
}

// cleanBond takes the directions around double bond k that no stereo bond needs.
func (p *perceiver) cleanBond(k int) {
	b := &p.m.Bonds[k]
	if b.Type != Double || b.Stereo > StereoAny {
		return
	}
	if p.m.Degree(int(b.Begin)) == 1 || p.m.Degree(int(b.End)) == 1 {
		b.Stereo = StereoNone
	}
	for _, i := range [2]int32{b.Begin, b.End} {
		for _, l := range p.m.incident[i] {
			if int(l) != k && !p.directsStereo(l, int(i)) {
				p.m.Bonds[l].Dir = DirNone
			}
		}
	}
}

// directsStereo tells whether bond l, seen from atom i, marks a stereo double bond at its other end.
func (p *perceiver) directsStereo(l int32, i int) bool {
	for _, o := range p.m.incident[p.m.Other(int(l), i)] {
		if b := &p.m.Bonds[o]; b.Type == Double && b.Stereo > StereoAny {
			return true
		}
	}
	return false
}
