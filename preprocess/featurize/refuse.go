package featurize

import "molserve/preprocess/molecule"

// refuseAtom refuses atom i for a value that is in none of the library's lists.
func refuseAtom(featurizer string, m *molecule.Molecule, i int, what string, value any) error {
	a := &m.Atoms[i]
	return molecule.Refuse(molecule.CodeUnsupported, int(a.Offset), "atom %d (%s) has %s %v, which %s has no index for",
		i, molecule.Symbol(a.Z), what, value, featurizer)
}

// refuseBond refuses bond k likewise.
func refuseBond(featurizer string, m *molecule.Molecule, k int, what string, value any) error {
	b := &m.Bonds[k]
	return molecule.Refuse(molecule.CodeUnsupported, int(m.Atoms[b.Begin].Offset), "the bond of atoms %d and %d has %s %v, which %s has no index for",
		b.Begin, b.End, what, value, featurizer)
}
