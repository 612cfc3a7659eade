package molecule

// minStereoRing is the size of the smallest ring whose double bonds can have stereo (RDKit's
// minRingSizeForDoubleBondStereo).
const minStereoRing = 8

// side is what marks tell about the ligands at one end of a double bond.
type side struct {
	atom [2]int32   // the ligands
	bond [2]int32   // the bonds to them
	dir  [2]BondDir // as seen from the double bond
	n    int        // 0 = no mark, or two equal ligands
	tied bool       // two equal ligands, one marked
}

// labelBonds labels every double bond with marks at both ends whose ligands have different ranks
// (assignBondStereoCodes). open: a double bond that could have stereo is without label; found:
// one got its label, or its marks contradict each other; tied: one has marks at both ends but
// equal ligands.
func (p *perceiver) labelBonds() (open, found, tied bool) {
	var contradictory []int32
	for k := range p.m.Bonds {
		b := &p.m.Bonds[k]
		if b.Type != Double || b.Stereo != StereoNone || !p.canHaveStereo(k) {
			continue
		}
		begin, end := p.side(b.Begin, k), p.side(b.End, k)
		if begin.n == 0 || end.n == 0 {
			open = true
			tied = tied || (begin.tied || begin.n > 0) && (end.tied || end.n > 0)
			continue
		}
		found = true
		if begin.contradicts() || end.contradicts() {
			contradictory = append(contradictory, begin.contradiction()...)
			contradictory = append(contradictory, end.contradiction()...)
			continue
		}
		x, y := p.higher(&begin), p.higher(&end)
		b.StereoAtoms = [2]int32{begin.atom[x], end.atom[y]}
		b.Stereo = StereoE
		if begin.dir[x] == end.dir[y] {
			b.Stereo = StereoZ
		}
	}
	for _, k := range contradictory {
		p.m.Bonds[k].Dir = DirNone
	}
	return open, found, tied
}

// canHaveStereo tells whether double bond k has ligands at both ends and no small ring forces it.
func (p *perceiver) canHaveStereo(k int) bool {
	b := &p.m.Bonds[k]
	d, e := p.m.Degree(int(b.Begin)), p.m.Degree(int(b.End))
	return !p.smallRing[k] && (d == 2 || d == 3) && (e == 2 || e == 3)
}

// side reads the marks around atom i, an end of double bond k with one or two ligands.
func (p *perceiver) side(i int32, k int) side {
	s := side{}
	for _, l := range p.m.incident[i] {
		if int(l) == k {
			continue
		}
		b := &p.m.Bonds[l]
		s.atom[s.n], s.bond[s.n], s.dir[s.n] = int32(p.m.Other(int(l), int(i))), l, b.Dir
		if b.Begin != i {
			s.dir[s.n] = b.Dir.Flip()
		}
		s.n++
	}
	if s.dir[0] == DirNone && s.dir[1] == DirNone {
		return side{}
	}
	if s.n == 2 && p.ranks.rank[s.atom[0]] == p.ranks.rank[s.atom[1]] {
		return side{tied: true}
	}
	if s.n == 2 && s.dir[0] == DirNone {
		s.dir[0] = s.dir[1].Flip()
	} else if s.n == 2 && s.dir[1] == DirNone {
		s.dir[1] = s.dir[0].Flip()
	}
	return s
}

func (s *side) contradicts() bool { return s.n == 2 && s.dir[0] == s.dir[1] }

// contradiction returns the bonds that contradict each other.
func (s *side) contradiction() []int32 {
	if !s.contradicts() {
		return nil
	}
	return s.bond[:]
}

// higher returns which ligand of s has the higher rank.
func (p *perceiver) higher(s *side) int {
	if s.n == 1 || p.ranks.rank[s.atom[0]] > p.ranks.rank[s.atom[1]] {
		return 0
	}
	return 1
}
