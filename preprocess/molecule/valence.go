package molecule

import "slices"

// The valence model: how many bonds an atom has, may have, and how many hydrogens that leaves.
// A charged atom has the valences of the element with as many electrons (N+ those of C), except
// elements without known valences.

// twiceOrder is twice the order that a bond of each type adds to the valence of its atoms.
var twiceOrder = [...]uint8{Single: 2, Double: 4, Triple: 6, Quadruple: 8, Quintuple: 10, Hextuple: 12,
	OneAndAHalf: 3, TwoAndAHalf: 5, ThreeAndAHalf: 7, FourAndAHalf: 9, FiveAndAHalf: 11,
	AromaticBond: 3, DativeOne: 2, Dative: 2, ZeroBond: 0}

// isDative tells whether the bond gives both electrons from its beginning atom.
func isDative(t BondType) bool { return t >= DativeOne && t <= DativeR }

// twiceContribution is twice what bond k adds to the valence of atom i; a dative bond adds to its end alone.
func (m *Molecule) twiceContribution(k int32, i int) int {
	b := &m.Bonds[k]
	if (b.Type == Dative || b.Type == DativeOne) && int(b.End) != i {
		return 0
	}
	return int(twiceOrder[b.Type])
}

// twiceBondOrders sums twiceContribution over the bonds of atom i.
func (m *Molecule) twiceBondOrders(i int) int {
	sum := 0
	for _, k := range m.incident[i] {
		sum += m.twiceContribution(k, i)
	}
	return sum
}

// isAromatic tells whether atom i is marked aromatic or has a bond that is.
func (m *Molecule) isAromatic(i int) bool {
	if m.Atoms[i].Aromatic {
		return true
	}
	for _, k := range m.incident[i] {
		if m.Bonds[k].Aromatic || m.Bonds[k].Type == AromaticBond {
			return true
		}
	}
	return false
}

// bondSum is what the bonds of one atom add up to.
type bondSum struct {
	twice    int32 // twice the orders that count for the atom
	empty    int32 // bonds that add nothing
	aromatic bool  // the atom or one of its bonds is marked aromatic
}

// sumBonds adds up the bonds of every atom in one pass over them. The sums hold until a bond changes, and no longer than
// until the next call: those of giants lie in the same room.
func (m *Molecule) sumBonds() []bondSum {
	sums := m.bondSums()
	for i := range sums {
		sums[i] = bondSum{aromatic: m.Atoms[i].Aromatic}
	}
	for k := range m.Bonds {
		b := &m.Bonds[k]
		begin, end := &sums[b.Begin], &sums[b.End]
		order := int32(twiceOrder[b.Type])
		switch b.Type {
		case Dative, DativeOne:
			begin.empty++
		default:
			begin.twice += order
		}
		end.twice += order
		if order == 0 {
			begin.empty++
			end.empty++
		}
		if b.Aromatic || b.Type == AromaticBond {
			begin.aromatic, end.aromatic = true, true
		}
	}
	return sums
}

func (m *Molecule) bondSums() []bondSum {
	if m.work == nil {
		return make([]bondSum, len(m.Atoms))
	}
	if len(m.Atoms) <= maxBlock {
		return cut(&m.work.sums, len(m.Atoms))
	}
	m.work.manySums = slices.Grow(m.work.manySums[:0], len(m.Atoms))[:len(m.Atoms)]
	return m.work.manySums
}

// effectiveNumber is the element whose valences atom a has: the one with its number of electrons.
func effectiveNumber(a *Atom) int {
	if freeValence(int(a.Z)) {
		return int(a.Z)
	}
	return min(max(int(a.Z)-int(a.Charge), 0), MaxZ)
}

// canBeHypervalent: P, S, As and Se keep their own valences where a negative charge would make them a halogen.
func canBeHypervalent(a *Atom, effective int) bool {
	return effective > 16 && (a.Z == 15 || a.Z == 16) || effective > 34 && (a.Z == 33 || a.Z == 34)
}

// setExplicitValence counts the bonds and bracket hydrogens of atom i.
func (m *Molecule) setExplicitValence(i int) int {
	a := &m.Atoms[i]
	a.countValence(m.twiceBondOrders(i), m.isAromatic(i))
	return int(a.explicitValence)
}

// countValence sets the explicit valence by twice the bond orders. An aromatic atom that would be
// above an allowed valence by no more than 1.5 is taken to have that valence, as its Kekulé form will.
func (a *Atom) countValence(twice int, aromatic bool) {
	twice += 2 * int(a.ExplicitHs)
	if aromatic {
		twice = a.roundAromatic(twice)
	}
	a.explicitValence = int16((twice + 1) / 2) // halves round up
}

func (a *Atom) roundAromatic(twice int) int {
	effective := effectiveNumber(a)
	standard := defaultValence(effective)
	if standard < 0 || twice <= 2*standard {
		return twice
	}
	for _, v := range valences(effective) {
		if v == -1 || 2*int(v) > twice {
			break
		}
		standard = int(v)
	}
	if twice-2*standard <= 3 {
		return 2 * standard
	}
	return twice
}

// overbonded tells that the atom has more bonds than its element allows.
func (a *Atom) overbonded() bool {
	effective := effectiveNumber(a)
	highest, own := highestValence(effective), highestValence(int(a.Z))
	valence := int(a.explicitValence)
	if canBeHypervalent(a, effective) {
		highest = own
		valence -= int(a.Charge)
	}
	if a.Z == 1 && a.Charge == -1 {
		highest = 2 // two-coordinate hydrides have always been read
	}
	return highest >= 0 && own >= 0 && valence > highest || int8(a.explicitValence) < 0 // RDKit keeps eight bits of it
}

// refuseValence names the atom that has too many bonds.
func (m *Molecule) refuseValence(i int) error {
	a, hint := &m.Atoms[i], ""
	if a.Charge == 0 && (a.Z == 7 && a.explicitValence == 4 || a.Z == 8 && a.explicitValence == 3) {
		hint = "; with so many bonds it is written [" + Symbol(a.Z) + "+]"
	}
	return Refuse(CodeValence, int(a.Offset), "atom %d (%s) has valence %d, more than is allowed for charge %d%s",
		i, Symbol(a.Z), a.explicitValence, a.Charge, hint)
}

// setImplicitHs gives atom i the hydrogens that fill its next allowed valence; !ok tells that it is above all of them.
func (m *Molecule) setImplicitHs(i int) (ok bool) { return m.Atoms[i].addHs(m.isAromatic(i)) }

func (a *Atom) addHs(aromatic bool) (ok bool) {
	a.ImplicitHs = 0
	if a.NoImplicit || a.Z == 0 {
		return true
	}
	if a.Z == 1 && a.explicitValence == 0 && a.Radicals == 0 {
		if a.Charge == 0 {
			a.ImplicitHs = 1
		}
		return a.Charge >= -1 && a.Charge <= 1
	}
	effective := effectiveNumber(a)
	standard := defaultValence(effective)
	if effective == 0 || standard == -1 {
		return true
	}
	used := int(a.explicitValence) + int(a.Radicals)
	if canBeHypervalent(a, effective) {
		effective = int(a.Z)
		used -= int(a.Charge)
	}
	if aromatic {
		return a.fillAromatic(used, standard, effective)
	}
	return a.fill(used, effective)
}

// fillAromatic: an aromatic atom is filled up to its default valence and no further.
func (a *Atom) fillAromatic(used, standard, effective int) bool {
	if used <= standard {
		a.ImplicitHs = uint8(standard - used)
		return true
	}
	for _, v := range valences(effective) {
		if v <= 0 {
			break
		}
		if int(v) == used {
			return true
		}
	}
	return false
}

// fill takes the lowest allowed valence that holds what is used.
func (a *Atom) fill(used, effective int) bool {
	for _, v := range valences(effective) {
		if v < 0 {
			break
		}
		if used <= int(v) {
			a.ImplicitHs = uint8(int(v) - used)
			return true
		}
	}
	return highestValence(effective) == -1 || highestValence(int(a.Z)) <= 0
}

// updateValence recomputes both valences of atom i and forgives.
func (m *Molecule) updateValence(i int) {
	m.setExplicitValence(i)
	m.setImplicitHs(i)
}

// updateValences recomputes the valences of all atoms and forgives.
func (m *Molecule) updateValences() {
	sums := m.sumBonds()
	for i := range m.Atoms {
		a := &m.Atoms[i]
		a.countValence(int(sums[i].twice), sums[i].aromatic)
		a.addHs(sums[i].aromatic)
	}
}

// checkValences recomputes the valences of all atoms and refuses the first that is impossible.
func (m *Molecule) checkValences(sums []bondSum) error {
	for i := range m.Atoms {
		a := &m.Atoms[i]
		a.countValence(int(sums[i].twice), sums[i].aromatic)
		if a.overbonded() || !a.addHs(sums[i].aromatic) {
			return m.refuseValence(i)
		}
	}
	return nil
}

// settleHs recomputes the valences of all atoms as checkValences does, and states the hydrogens that an
// atom would lose by being aromatic (the H of pyrrole).
func (m *Molecule) settleHs(sums []bondSum) error {
	for i := range m.Atoms {
		a, aromatic := &m.Atoms[i], sums[i].aromatic
		before := a.ImplicitHs
		a.countValence(int(sums[i].twice), aromatic)
		ok := a.addHs(aromatic)
		if a.ImplicitHs < before {
			a.ExplicitHs += before - a.ImplicitHs
			a.countValence(int(sums[i].twice), aromatic)
			ok = a.addHs(aromatic)
		}
		if a.overbonded() || !ok {
			return m.refuseValence(i)
		}
	}
	return nil
}

// TotalValence is the explicit valence of atom i as last computed, and its implicit hydrogens.
func (m *Molecule) TotalValence(i int) int {
	return int(m.Atoms[i].explicitValence) + int(m.Atoms[i].ImplicitHs)
}

// ExplicitValence counts the bonds of atom i and the hydrogens that stand on it in the text. It may be
// asked before Perceive.
func (m *Molecule) ExplicitValence(i int) int { return m.setExplicitValence(i) }
