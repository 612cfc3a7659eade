// Package pharmacophore finds atoms that bind to receptors in a known way.
package pharmacophore

import "molserve/preprocess/molecule"

// The families Donor and Acceptor of RDKit's BaseFeatures.fdef (2026.03), its SMARTS as predicates, each quoted beside its own.
// A bond that SMARTS leaves open is single or aromatic.
//
// RDKit's reader of that file puts a further line of an atom type inside the last bracket of the type's first line. For the
// acceptors that makes "or" of what can never be with the "and" before it, so that the lines for nitriles, for amines on
// aromatic carbon, for O⁻ and for aromatic O have no effect: BuildFeatureFactory finds none of them, and neither does Acceptor.

// Donor tells whether atom i gives a hydrogen bond.
func Donor(m *molecule.Molecule, i int) bool {
	a := &m.Atoms[i]
	switch {
	case a.Z == 7 && !a.Aromatic:
		return donorAmine(m, i)
	case a.Z == 7:
		return hydrogens(m, i) == 1 && a.Charge == 0 || // [n&H1&+0]
			nearPyrrole(m, i) // $(n[n;H1]),$(nc[n;H1])
	case (a.Z == 8 || a.Z == 16) && !a.Aromatic:
		return hydrogens(m, i) == 1 && a.Charge == 0 // [O,S;H1;+0]
	}
	return false
}

// donorAmine: [N&!H0&v3,N&!H0&+1&v4], $([Nv3](-C)(-C)-C).
func donorAmine(m *molecule.Molecule, i int) bool {
	valence := m.TotalValence(i)
	if hydrogens(m, i) > 0 && (valence == 3 || valence == 4 && m.Atoms[i].Charge == 1) {
		return true
	}
	return valence == 3 && count(m, i, func(k, j int) bool { return single(m, k) && isAliphatic(m, j, 6) }) >= 3
}

// nearPyrrole tells whether aromatic atom i has an [n;H1] beside it, or beside an aromatic carbon of its.
func nearPyrrole(m *molecule.Molecule, i int) bool {
	return has(m, i, func(k, j int) bool {
		switch {
		case !open(m, k):
			return false
		case isAromatic(m, j, 7) && hydrogens(m, j) == 1:
			return true
		}
		return isAromatic(m, j, 6) && has(m, j, func(l, h int) bool {
			return h != i && open(m, l) && isAromatic(m, h, 7) && hydrogens(m, h) == 1
		})
	})
}

// Acceptor tells whether atom i takes a hydrogen bond.
func Acceptor(m *molecule.Molecule, i int) bool {
	a := &m.Atoms[i]
	switch {
	case a.Z == 8 && !a.Aromatic:
		return acceptorOxygen(m, i)
	case a.Z == 7 && a.Aromatic:
		return a.Charge == 0 && m.TotalDegree(i) != 3 && !isIndole(m, i) // [n;+0;!X3;!$([n;H1](cc)cc)]
	case a.Z == 9 && !a.Aromatic:
		return acceptorFluorine(m, i)
	}
	return false
}

// acceptorOxygen: [O;H1;v2], [O;H0;v2;!$(O=N-*)].
func acceptorOxygen(m *molecule.Molecule, i int) bool {
	hs := hydrogens(m, i)
	return m.TotalValence(i) == 2 && (hs == 1 || hs == 0 && !isNitroso(m, i))
}

// isNitroso: O=N-*.
func isNitroso(m *molecule.Molecule, i int) bool {
	return has(m, i, func(k, j int) bool {
		return double(m, k) && isAliphatic(m, j, 7) && has(m, j, func(l, h int) bool { return h != i && single(m, l) })
	})
}

// isIndole: [n;H1](cc)cc, five different atoms.
func isIndole(m *molecule.Molecule, i int) bool {
	if hydrogens(m, i) != 1 {
		return false
	}
	var near []int
	for _, k := range m.Incident(i) {
		if j := m.Other(int(k), i); open(m, int(k)) && isAromatic(m, j, 6) {
			near = append(near, j)
		}
	}
	for x, j := range near {
		for _, h := range near[:x] {
			if branchApart(m, i, j, h) {
				return true
			}
		}
	}
	return false
}

// branchApart tells whether j and h, both beside i, have different aromatic carbons as further neighbours.
func branchApart(m *molecule.Molecule, i, j, h int) bool {
	return has(m, j, func(k, jj int) bool {
		return jj != i && jj != h && open(m, k) && isAromatic(m, jj, 6) && has(m, h, func(l, hh int) bool {
			return hh != i && hh != j && hh != jj && open(m, l) && isAromatic(m, hh, 6)
		})
	})
}

// acceptorFluorine: [F;$(F-[#6]);!$(FC[F,Cl,Br,I])].
func acceptorFluorine(m *molecule.Molecule, i int) bool {
	onCarbon := has(m, i, func(k, j int) bool { return single(m, k) && m.Atoms[j].Z == 6 })
	return onCarbon && !has(m, i, func(k, j int) bool {
		return open(m, k) && isAliphatic(m, j, 6) && has(m, j, func(l, h int) bool { return h != i && open(m, l) && isHalogen(m, h) })
	})
}
