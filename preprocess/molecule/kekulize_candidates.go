package molecule

import "slices"

// findCandidates marks the atoms of a fused system that may take a double bond and makes its aromatic
// bonds single. It returns the atoms that take no part, and the dummies, which may do without.
func (k *kekulizer) findCandidates(system []int32) (done, optional []int32) {
	m := k.m
	toSingle := k.walk.partners[:0] // both ends of a bond name it; the walk comes later
	done = m.work.int32s(len(system))[:0]
	for _, at := range system {
		i := int(at)
		a := &m.Atoms[i]
		if a.Z != 0 && !k.aromatic[i] {
			done = append(done, at)
			continue
		}
		sigma := k.sigmaBonds(i, &toSingle)
		switch {
		case a.Z == 0 && k.dummyMayTakeDouble(i):
			k.candidate[i] = true
			optional = append(optional, at)
		default:
			k.candidate[i] = m.lacksBond(i, sigma)
		}
	}
	for _, l := range toSingle {
		m.Bonds[l].Type = Single
	}
	k.walk.partners = toSingle[:0]
	return done, optional
}

// sigma counts the bonds of an atom as they will be when all its aromatic ones are single.
type sigma struct {
	orders int // sum of bond orders
	empty  int // bonds that add nothing
}

// sigmaBonds counts them and lists the aromatic bonds, which become single only when all atoms are
// counted: the hydrogens depend on them.
func (k *kekulizer) sigmaBonds(i int, toSingle *[]int32) (s sigma) {
	for _, l := range k.m.incident[i] {
		b := &k.m.Bonds[l]
		if b.Aromatic && (b.Type == Single || b.Type == Double || b.Type == AromaticBond) {
			s.orders++
			*toSingle = append(*toSingle, l)
			continue
		}
		order := (k.m.twiceContribution(l, i) + 1) / 2
		s.orders += order
		if order == 0 {
			s.empty++
		}
	}
	return s
}

// dummyMayTakeDouble: a dummy atom may, unless as many neighbours as it has rings, or all its rings, are not
// aromatic. Of the neighbours only those before it in the system count, as in RDKit.
func (k *kekulizer) dummyMayTakeDouble(i int) bool {
	m := k.m
	plain := int32(0)
	for _, l := range m.incident[i] {
		j := m.Other(int(l), i)
		if m.Atoms[j].Z != 0 && !m.Atoms[j].Aromatic && k.inSystem[j] && k.place[j] < k.place[i] {
			plain++
		}
	}
	if plain >= m.Rings.AtomCount[i] {
		return false
	}
	notCandidates := int32(0)
	for _, r := range m.ringsThrough(int32(i)) {
		if !k.hasOwnAromatic(r) {
			notCandidates++
		}
	}
	return notCandidates < m.Rings.AtomCount[i]
}

// hasOwnAromatic tells whether ring r has an aromatic atom that is in no other ring.
func (k *kekulizer) hasOwnAromatic(r int32) bool {
	rings := k.m.Rings.Symmetric
	if k.own == nil {
		k.own = k.m.work.bools(len(rings))
		for r, ring := range rings {
			k.own[r] = slices.ContainsFunc(ring, func(j int32) bool { return k.m.Rings.AtomCount[j] == 1 && k.aromatic[j] })
		}
	}
	return k.own[r]
}

// lacksBond tells whether atom i is one bond short of an allowed valence.
func (m *Molecule) lacksBond(i int, s sigma) bool {
	a := &m.Atoms[i]
	orders := s.orders + m.TotalHs(i)
	charge := int(a.Charge)
	if isEarly(a.Z) || a.Z == 6 && charge > 0 {
		charge = -charge
	}
	list := valences(int(a.Z))
	valence := int(list[0]) + charge
	total := m.TotalValence(i)
	for _, v := range list[1:] {
		if total <= valence || v <= 0 {
			break
		}
		valence = int(v) + charge
	}
	radicals := int(a.Radicals)
	degree := m.Degree(i) + int(a.ImplicitHs) - s.empty
	if total == 5 && orders == 4 && valence == 3 && degree == 3 && radicals == 0 && charge == 0 && m.TotalHs(i) == 0 &&
		(a.Z == 7 || a.Z == 15 || a.Z == 33) {
		valence = 5 // N-oxides that were not cleaned up
	}
	if degree+radicals >= valence {
		return false
	}
	return valence == orders+1+radicals || radicals == 0 && a.NoImplicit && valence == orders+2
}
