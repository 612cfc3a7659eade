package standardize

import "molserve/preprocess/molecule"

// isAcidAnion tells the anion of a strong acid: carboxylates, carbonates, sulfites and sulfates, phosphites and phosphates
// with a charge on P, nitrates, halates, their sulfur kin, tetrazoles. RDKit's Uncharger protonates them last.
func (p *proton) isAcidAnion(i int) bool {
	a := &p.m.Atoms[i]
	if a.Z == 7 && a.Aromatic {
		return p.isTetrazole(i)
	}
	if !isChalcogen(a) {
		return false
	}
	for _, k := range p.m.Incident(i) {
		if b := &p.m.Bonds[k]; b.Type == molecule.Single || b.Type == molecule.AromaticBond {
			if p.acidifies(p.m.Other(int(k), i), i) {
				return true
			}
		}
	}
	return false
}

// isChalcogen tells an O or S outside aromatic rings.
func isChalcogen(a *molecule.Atom) bool { return !a.Aromatic && (a.Z == 8 || a.Z == 16) }

// acidifies tells whether atom c makes the anion i beside it that of a strong acid.
func (p *proton) acidifies(c, i int) bool {
	a := &p.m.Atoms[c]
	switch {
	case a.Aromatic:
		return false
	case (a.Z == 6 || a.Z == 16) && a.Charge == 0:
		return p.has(c, i, molecule.Double, isChalcogen)
	case (a.Z == 7 || a.Z == 15) && a.Charge == 1:
		return p.has(c, i, molecule.Double, isChalcogen) && p.has(c, i, molecule.Single, isChalcogenide)
	case a.Z == 17 || a.Z == 35 || a.Z == 53:
		return 1 <= a.Charge && a.Charge <= 3 && p.m.Atoms[i].Z == 8 && p.has(c, i, molecule.Single, isOxide)
	}
	return false
}

func isChalcogenide(a *molecule.Atom) bool { return isChalcogen(a) && a.Charge == -1 }
func isOxide(a *molecule.Atom) bool        { return isChalcogenide(a) && a.Z == 8 }

// has tells whether atom c has a neighbour of a kind by a bond of a type, another than atom i.
func (p *proton) has(c, i int, t molecule.BondType, kind func(*molecule.Atom) bool) bool {
	for _, k := range p.m.Incident(c) {
		if j := p.m.Other(int(k), c); j != i && p.m.Bonds[k].Type == t && kind(&p.m.Atoms[j]) {
			return true
		}
	}
	return false
}

// The rings of tetrazoles from the anion on: nnnc and ncnn, in either direction.
var tetrazoles = [][4]uint8{{7, 7, 7, 6}, {7, 6, 7, 7}}

// isTetrazole tells an aromatic [n-] in a ring of four nitrogens and a carbon.
func (p *proton) isTetrazole(i int) bool {
	for _, zs := range tetrazoles {
		if p.closes(i, i, -1, zs[:]) {
			return true
		}
	}
	return false
}

// closes walks from atom at over aromatic atoms of the elements zs, and back to home.
func (p *proton) closes(home, at, from int, zs []uint8) bool {
	for _, k := range p.m.Incident(at) {
		j := p.m.Other(int(k), at)
		if t := p.m.Bonds[k].Type; j == from || t != molecule.AromaticBond && t != molecule.Single {
			continue
		}
		if len(zs) == 0 && j == home {
			return true
		}
		if a := &p.m.Atoms[j]; len(zs) > 0 && j != home && a.Aromatic && a.Z == zs[0] && p.closes(home, j, at, zs[1:]) {
			return true
		}
	}
	return false
}
