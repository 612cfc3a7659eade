package molecule

// smallRingBonds marks the bonds in rings of fewer than 8 atoms.
func smallRingBonds(m *Molecule) []bool {
	small := m.work.bools(len(m.Bonds))
	for _, bonds := range m.Rings.Bonds {
		if len(bonds) >= minStereoRing {
			continue
		}
		for _, k := range bonds {
			if k >= 0 {
				small[k] = true
			}
		}
	}
	return small
}

// ringStereo finds the tagged ring atoms without label that have stereo all the same because
// another such atom lies in the same ring system, as in cis-1,4-dimethylcyclohexane
// (findChiralAtomSpecialCases).
func (p *perceiver) ringStereo() []bool {
	m := p.m
	special, seen := m.work.bools(len(m.Atoms)), m.work.bools(len(m.Atoms))
	bondSeen, queue := m.work.bools(len(m.Bonds)), m.work.int32s(len(m.Atoms))
	for i := range m.Atoms {
		if seen[i] || !p.ringCandidate(i) {
			continue
		}
		seen[i] = true
		queue = append(queue[:0], int32(i))
		for head := 0; head < len(queue); head++ {
			j := int(queue[head])
			if j != i && p.ringCandidate(j) {
				special[i], special[j] = true, true
			}
			for _, k := range m.incident[j] {
				o := m.Other(int(k), j)
				if bondSeen[k] || !m.BondInRing(int(k)) {
					continue
				}
				bondSeen[k] = true
				if !seen[o] {
					seen[o] = true
					queue = append(queue, int32(o))
				}
			}
		}
	}
	return special
}

// ringCandidate tells whether atom i is tagged, without label, in a ring, and has ligands of
// which only ring neighbours are equal (atomIsCandidateForRingStereochem). A nitrogen must be in
// a three-ring or a bridgehead.
func (p *perceiver) ringCandidate(i int) bool {
	m, a := p.m, &p.m.Atoms[i]
	if a.Chiral == ChiralNone || a.CIP != 0 || !m.AtomInRing(i) {
		return false
	}
	if a.Z == 7 && m.TotalDegree(i) == 3 && m.Rings.MinSize[i] != 3 && !m.bridgehead(i) {
		return false
	}
	var outside [2]int32
	outsiders, ringers, different := 0, 0, 0
	for x, k := range m.incident[i] {
		if !m.BondInRing(int(k)) {
			outside[outsiders%2] = p.rankAcross(k, i)
			outsiders++
			continue
		}
		ringers++
		if !p.rankSeen(i, x) {
			different++
		}
	}
	switch outsiders {
	case 2:
		return outside[0] != outside[1] && ringers != different
	case 1:
		return ringers > different
	case 0:
		return ringers == 4 && different == 3 || ringers == 3 && different == 2
	}
	return false
}

// rankSeen tells whether a ring neighbour of atom i before its x-th bond has the same rank.
func (p *perceiver) rankSeen(i, x int) bool {
	inc := p.m.incident[i]
	for _, k := range inc[:x] {
		if p.m.BondInRing(int(k)) && p.rankAcross(k, i) == p.rankAcross(inc[x], i) {
			return true
		}
	}
	return false
}
