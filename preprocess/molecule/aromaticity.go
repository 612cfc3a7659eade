package molecule

import "slices"

// Aromaticity in RDKit's model: a ring, or a fused system of up to six rings, is aromatic when all its
// atoms can give electrons to a π system and the sum can be 4n+2. The outer bonds of what is aromatic
// become aromatic.

// donor is what an atom can give to the π system of a ring.
type donor = uint8

const (
	noDonor donor = iota
	vacant
	oneElectron
	twoElectrons
	oneOrTwo // dummy atoms
)

const (
	maxFusedRingSize = 24  // larger rings are not fused to others
	maxFusedRings    = 6   // largest combination that is looked at
	manyRings        = 300 // of one system; then only pairs are looked at
	macrocycle       = 9   // from this size on O and S are bridges
)

// setAromaticity marks aromatic atoms and bonds of a Kekulé form.
func (m *Molecule) setAromaticity(pi []int32, sums []bondSum) error {
	if len(m.Rings.Symmetric) == 0 {
		return nil
	}
	defer m.work.dropGiant(len(m.Atoms), func(a *arena) { a.pi, a.fusion = piSystem{}, fusion{} })
	p := &m.work.pi
	*p = piSystem{m: m, pi: pi, sums: sums, donors: m.work.uint8s(len(m.Atoms)), budget: m.Budget.Of(fusedSets)}
	p.findCandidates()
	if len(p.rings) == 0 {
		return nil
	}
	p.aromatic = m.work.bools(len(m.Bonds))
	var ok bool
	if p.neighbours, ok = m.ringNeighbours(p.bonds, maxFusedRingSize); !ok {
		return RefuseWork(CodeUnsupported, "more than %d pairs of rings share bonds", m.Budget.Of(ringPairs))
	}
	f := p.newFusion()
	for _, system := range m.fusedSystems(p.neighbours) {
		if !f.findAromatic(system) {
			return RefuseWork(CodeUnsupported, "a system of %d fused rings has more than %d combinations", len(system), m.Budget.Of(fusedSets))
		}
	}
	p.mark()
	return nil
}

// piSystem is the state of one molecule.
type piSystem struct {
	m          *Molecule
	pi         []int32   // [n] electrons free for a π system, see piElectrons
	sums       []bondSum // [n]
	donors     []donor   // [n]
	rings      [][]int32 // atoms of each candidate
	bonds      [][]int32 // and its bonds
	neighbours [][]int32 // candidates that share one bond
	aromatic   []bool    // [nb] bonds found aromatic
	budget     int       // combinations that may still be looked at
}

// findCandidates collects the rings whose atoms all can take part.
func (p *piSystem) findCandidates() {
	m := p.m
	count := len(m.Rings.Symmetric)
	seen, fit := m.work.bools(len(m.Atoms)), m.work.bools(len(m.Atoms))
	rings := m.work.slices(2 * count)
	p.rings, p.bonds = rings[:0:count], rings[count:count]
	for r, ring := range m.Rings.Symmetric {
		all, dummies := true, true
		for _, i := range ring {
			if !seen[i] {
				seen[i] = true
				p.donors[i] = p.donorType(int(i))
				if len(ring) >= macrocycle && p.donors[i] == twoElectrons && m.isBridge(int(i)) {
					p.donors[i] = noDonor
				}
				fit[i] = m.canBeAromatic(int(i), p.donors[i])
			}
			all = all && fit[i]
			dummies = dummies && m.Atoms[i].Z == 0
		}
		if all && !dummies {
			p.rings, p.bonds = append(p.rings, ring), append(p.bonds, m.Rings.Bonds[r])
		}
	}
}

// isBridge tells that atom i is an ether O or S.
func (m *Molecule) isBridge(i int) bool {
	a := &m.Atoms[i]
	if a.Z != 8 && a.Z != 16 || a.Charge != 0 || m.Degree(i) != 2 {
		return false
	}
	return !slices.ContainsFunc(m.incident[i], func(k int32) bool { return m.Bonds[k].Type == Double || m.Bonds[k].Type == Triple })
}

// donorType decides what atom i can give.
func (p *piSystem) donorType(i int) donor {
	m, a := p.m, &p.m.Atoms[i]
	electrons := int(p.pi[i])
	if a.Z != 0 && electrons < 0 {
		return noDonor
	}
	outside, inside := m.multipleBonds(i)
	if a.Z == 0 {
		if inside {
			return oneElectron
		}
		return oneOrTwo
	}
	stolen := outside >= 0 && moreElectronegative(m.Atoms[outside].Z, a.Z)
	switch {
	case electrons == 0 && outside >= 0:
		return vacant
	case electrons == 0 && inside:
		return oneElectron
	case electrons == 0:
		return noDonor
	case electrons == 1 && stolen:
		return vacant
	case electrons == 1 && (outside >= 0 || p.isUnsaturated(i)):
		return oneElectron
	case electrons == 1 && a.Charge == 1:
		return vacant // tropylium, cyclopropenylium
	case electrons == 1:
		return noDonor
	}
	if stolen {
		electrons--
	}
	if electrons%2 == 1 {
		return oneElectron
	}
	return twoElectrons
}

// multipleBonds finds the first double or higher bond of atom i that is in no ring, as the atom it goes
// to (-1 = none), and tells whether there is one in a ring.
func (m *Molecule) multipleBonds(i int) (outside int, inside bool) {
	outside = -1
	for _, k := range m.incident[i] {
		if m.twiceContribution(k, i) < 4 {
			continue
		}
		if m.BondInRing(int(k)) {
			inside = true
		} else if outside < 0 {
			outside = m.Other(int(k), i)
		}
	}
	return outside, inside
}

// isUnsaturated tells whether atom i has more valence than neighbours.
func (p *piSystem) isUnsaturated(i int) bool {
	a := &p.m.Atoms[i]
	return int(a.explicitValence) != p.m.Degree(i)+int(a.ExplicitHs)-int(p.sums[i].empty)
}

// canBeAromatic shuts out heavy elements but Se and Te, atoms above their default valence, radicals
// but those of neutral carbon, and cumulated double bonds.
func (m *Molecule) canBeAromatic(i int, d donor) bool {
	a := &m.Atoms[i]
	if d == noDonor || a.Z > 18 && a.Z != 34 && a.Z != 52 {
		return false
	}
	if defaultValence(int(a.Z)) > 0 && m.TotalValence(i) > defaultValence(min(max(int(a.Z)-int(a.Charge), 0), MaxZ)) {
		return false
	}
	if a.Radicals > 0 && (a.Z != 6 || a.Charge != 0) {
		return false
	}
	if int(a.explicitValence)-m.Degree(i) <= 1 {
		return true
	}
	multiple := 0
	for _, k := range m.incident[i] {
		if t := m.Bonds[k].Type; t == Double || t == Triple {
			multiple++
		}
	}
	return multiple <= 1
}

// mark makes the bonds found, and their atoms, aromatic.
func (p *piSystem) mark() {
	for k, found := range p.aromatic {
		if !found {
			continue
		}
		b := &p.m.Bonds[k]
		b.Aromatic = true
		if b.Type == Single || b.Type == Double {
			b.Type = AromaticBond
			p.m.Atoms[b.Begin].Aromatic = true
			p.m.Atoms[b.End].Aromatic = true
		}
	}
}
