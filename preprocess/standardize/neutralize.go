package standardize

import (
	"cmp"
	"fmt"
	"slices"

	"molserve/preprocess/molecule"
)

// neutralize adds and takes away protons until the molecule has no charge, or none that can go: RDKit's
// Uncharger with its defaults. Charges that balance each other in one group (nitro, N-oxides, ylides) stay, and
// so do as many anions as there are cations that cannot lose theirs (quaternary nitrogen, metals). Hybridization,
// conjugation and aromaticity stay as they were perceived.
func neutralize(m *molecule.Molecule) (done []string, err error) {
	p := &proton{m: m}
	for i := range m.Atoms {
		if p.isProtonated(i) {
			p.protonated = append(p.protonated, i)
		}
	}
	fixed := p.fixed()
	anions, err := p.anions(fixed)
	if err != nil {
		return nil, err
	}
	if surplus := len(anions) - fixed; surplus != 0 { // below zero all anions go, as in RDKit
		for _, i := range anions {
			if p.neutralizeAnion(i) {
				if surplus--; surplus == 0 {
					break
				}
			}
		}
	}
	p.neutralizeCations()
	return p.done, nil
}

// proton moves protons.
type proton struct {
	m          *molecule.Molecule
	protonated []int // cations with hydrogens, before anything moved
	done       []string
}

// positive tells a charge that can be matched with one of −1. RDKit's patterns end at +4.
func positive(charge int8) bool { return 1 <= charge && charge <= 4 }

// neighbour tells whether an atom beside i has what is asked.
func (p *proton) neighbour(i int, has func(*molecule.Atom) bool) bool {
	for _, k := range p.m.Incident(i) {
		if has(&p.m.Atoms[p.m.Other(int(k), i)]) {
			return true
		}
	}
	return false
}

func isAnion(a *molecule.Atom) bool  { return a.Charge == -1 }
func isCation(a *molecule.Atom) bool { return positive(a.Charge) }

// fixed sums the positive charge that no proton can take away.
func (p *proton) fixed() (sum int) {
	for i := range p.m.Atoms {
		a := &p.m.Atoms[i]
		switch {
		case !positive(a.Charge):
		case p.m.TotalHs(i) == 0 && !p.neighbour(i, isAnion):
			sum += int(a.Charge)
		case p.isProtonated(i) && protonsOff(a, p.m.TotalHs(i)) == 0:
			sum += int(a.Charge)
		}
	}
	return sum
}

// isProtonated tells a cation with hydrogens that is not balanced by an anion beside it, or has two beside it.
func (p *proton) isProtonated(i int) bool {
	if !positive(p.m.Atoms[i].Charge) || p.m.TotalHs(i) == 0 {
		return false
	}
	beside := 0
	for _, k := range p.m.Incident(i) {
		if isAnion(&p.m.Atoms[p.m.Other(int(k), i)]) {
			beside++
		}
	}
	return beside != 1
}

// protonsOff is the change of hydrogens when a cation loses one charge, 0 = it cannot.
func protonsOff(a *molecule.Atom, hydrogens int) int {
	switch {
	case a.Z == 6 || molecule.IsEarly(a.Z):
		return 1 // a carbocation takes a hydride
	case hydrogens == 0:
		return 0
	}
	return -1
}

// anions lists what may take up a proton, in the order in which it is done: by canonical rank where cations must
// stay balanced, anions of strong acids last and not twice in one group.
func (p *proton) anions(fixed int) ([]int, error) {
	var weak, strong []int
	for i := range p.m.Atoms {
		if !isAnion(&p.m.Atoms[i]) {
			continue
		}
		if p.isAcidAnion(i) {
			strong = append(strong, i)
		} else if !p.neighbour(i, isCation) {
			weak = append(weak, i)
		}
	}
	if fixed > 0 && len(weak)+len(strong) > 0 {
		ranks, err := molecule.CanonicalRanks(p.m, true)
		if err != nil {
			return nil, err
		}
		byRank := func(i, j int) int { return cmp.Compare(ranks[i], ranks[j]) }
		slices.SortFunc(weak, byRank)
		slices.SortFunc(strong, byRank)
	}
	return append(weak, p.unbalanced(strong)...), nil
}

// unbalanced leaves out of acid anions those that balance the charge of the atom they are bound to (one O⁻ of a nitrate).
func (p *proton) unbalanced(acids []int) (rest []int) {
	balanced := map[int]int8{}
	for _, i := range acids {
		skip := false
		for _, k := range p.m.Incident(i) {
			j := p.m.Other(int(k), i)
			if q := p.m.Atoms[j].Charge; q > 0 {
				if skip = balanced[j] < q; skip {
					balanced[j]++
				}
				break
			}
		}
		if !skip {
			rest = append(rest, i)
		}
	}
	return rest
}

func (p *proton) neutralizeAnion(i int) bool {
	a, change := &p.m.Atoms[i], 1
	if molecule.IsEarly(a.Z) {
		if p.m.TotalHs(i) == 0 {
			return false
		}
		change = -1 // borohydride loses a hydride
	}
	p.set(i, a.Charge+1, change)
	return true
}

// neutralizeCations takes protons off while the molecule as a whole is positive.
func (p *proton) neutralizeCations() {
	net := p.m.Charge()
	for _, i := range p.protonated {
		for a := &p.m.Atoms[i]; a.Charge > 0 && net > 0; net-- {
			change := protonsOff(a, p.m.TotalHs(i))
			if change == 0 {
				break
			}
			p.set(i, a.Charge-1, change)
		}
	}
}

func (p *proton) set(i int, charge int8, hydrogens int) {
	a := &p.m.Atoms[i]
	p.done = append(p.done, fmt.Sprintf("charge of atom %d (%s) from %+d to %+d", i, molecule.Symbol(a.Z), a.Charge, charge))
	total := max(p.m.TotalHs(i)+hydrogens, 0)
	p.m.SetCharge(i, charge, uint8(total))
}
