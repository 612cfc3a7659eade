package fingerprint

import "molserve/preprocess/molecule"

// combine folds v into a seed (boost's hash_combine, of 32 bits).
func combine(seed, v uint32) uint32 {
	return seed ^ (v + 0x9e3779b9 + seed<<6 + seed>>2)
}

// invariant is what an atom is told by before it has surroundings: element, total degree, all hydrogens, charge,
// mass above the standard weight in whole u, and whether it is in a ring.
func invariant(m *molecule.Molecule, i int) uint32 {
	a := &m.Atoms[i]
	hydrogens := m.TotalHs(i)
	for _, k := range m.Incident(i) {
		if m.Atoms[m.Other(int(k), i)].Z == 1 {
			hydrogens++
		}
	}
	heavier := int32(m.AtomMass(i) - molecule.AtomicWeight(a.Z)) // towards zero
	code := uint32(0)
	for _, v := range [...]uint32{uint32(a.Z), uint32(m.TotalDegree(i)), uint32(hydrogens), uint32(int32(a.Charge)), uint32(heavier)} {
		code = combine(code, v)
	}
	if m.AtomInRing(i) {
		code = combine(code, 1)
	}
	return code
}
