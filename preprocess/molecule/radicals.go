package molecule

// assignRadicals counts the unpaired electrons of bracket atoms whose bonds and charge do not fill
// their shell. Atoms with implicit hydrogens have none.
func (m *Molecule) assignRadicals() {
	for i := range m.Atoms {
		a := &m.Atoms[i]
		switch {
		case !a.NoImplicit || a.Z == 0:
		case !freeValence(int(a.Z)):
			a.Radicals = uint8(m.countRadicals(i))
		case m.Degree(i) > 0:
			a.Radicals = 0 // bonds to a metal tell nothing about its electrons
		default:
			a.Radicals = uint8(max(OuterElectrons(a.Z)-int(a.Charge), 0) % 2)
		}
	}
}

// countRadicals is the smaller of what the octet lacks and what the outer shell has left.
func (m *Molecule) countRadicals(i int) int {
	a := &m.Atoms[i]
	valence := m.twiceBondOrders(i)/2 + int(a.ExplicitHs) // a half is cut off
	charge, outer := int(a.Charge), OuterElectrons(a.Z)
	shell := 8
	if a.Z <= 2 {
		shell = 2
	}
	lacking := shell - outer - valence + charge
	if lacking < 0 {
		lacking = radicalsOfHypervalent(int(a.Z), valence, charge)
	}
	if left := outer - valence - charge; left >= 0 {
		lacking = min(lacking, left)
	}
	return lacking
}

// radicalsOfHypervalent is what is missing to the next of several allowed valences.
func radicalsOfHypervalent(z, valence, charge int) int {
	list := valences(z)
	if len(list) < 2 {
		return 0
	}
	for _, v := range list {
		if missing := int(v) - valence + charge; missing >= 0 {
			return missing
		}
	}
	return 0
}
