package molecule

import "math"

// cipKeys returns what the first ranking starts from: atomic number, then isotope, then atom map
// number (RDKit's buildCIPInvariants). An isotope label is compared with the commonest isotope;
// none at all ranks between the lighter ones and that one.
func cipKeys(m *Molecule) []int32 {
	const massBits, mapBits = 10, 10
	keys := m.work.int32s(len(m.Atoms))
	for i := range m.Atoms {
		a := &m.Atoms[i]
		mass := int32(0)
		if a.Isotope != 0 {
			mass = int32(a.Isotope) - commonestIsotope(a.Z)
			if mass >= 0 {
				mass++
			}
		}
		mass += 1 << (massBits - 1)
		mass = max(mass, 0) % (1 << massBits)
		keys[i] = (int32(a.Z)<<massBits|mass)<<mapBits | a.mapKey()
	}
	return keys
}

// commonestIsotope is the mass number of the commonest isotope of an element: its mass, rounded.
func commonestIsotope(z uint8) int32 { return int32(math.Round(elements[z].mostCommon)) }

// mapKey is the atom map number as RDKit ranks by it; ":0" in a bracket is above none.
func (a *Atom) mapKey() int32 {
	if a.Map == 0 && !a.MapZero {
		return 0
	}
	return (a.Map + 1) % 1024
}

// stereoKeys returns what the next ranking starts from when stereo was found in between: the
// ranks so far, then R > S > none, then Z > E > none (RDKit's rerankAtoms).
func stereoKeys(m *Molecule, ranks []int32) []int32 {
	factor := int32(100)
	for factor < int32(len(m.Atoms)) {
		factor *= 10
	}
	keys := m.work.int32s(len(m.Atoms))
	for i := range keys {
		keys[i] = ranks[i] * factor
		switch m.Atoms[i].CIP {
		case 'S':
			keys[i] += 10
		case 'R':
			keys[i] += 20
		}
		for _, k := range m.incident[i] {
			switch m.Bonds[k].Stereo {
			case StereoE:
				keys[i]++
			case StereoZ:
				keys[i] += 2
			}
		}
	}
	return keys
}
