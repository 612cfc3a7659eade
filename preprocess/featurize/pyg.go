package featurize

import (
	"slices"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// pyg is from_smiles of PyTorch Geometric (torch_geometric 2.8.1, utils/smiles.py): indices into lists.
//
//	atom  0 element 0…118 · 1 chiral tag, RDKit's nine · 2 total degree 0…10 · 3 charge −5…6 · 4 hydrogens 0…8 ·
//	      5 radical electrons 0…4 · 6 hybridisation unspecified s sp sp2 sp3 sp3d sp3d2 other · 7 aromatic · 8 in a ring
//	bond  0 type, RDKit's 22 · 1 stereo none any Z E cis trans · 2 conjugated
//
// The library raises on what is in no list. Edges are sorted by source, then target.
var pyg = Featurizer{Name: "pyg", AtomWidth: 9, BondWidth: 3, Integer: true, refuse: pygRefuses, atom: pygAtom, bond: pygBond,
	finish: func(_ *molecule.Molecule, g *graph.Graph) { sortEdges(g) }}

var pygHybridizations = []molecule.Hybridization{molecule.Unspecified, molecule.S, molecule.SP, molecule.SP2, molecule.SP3,
	molecule.SP3D, molecule.SP3D2, molecule.OtherHybridization}

func pygAtom(m *molecule.Molecule, i int, row []float32) {
	a := &m.Atoms[i]
	for at, v := range [...]int{int(a.Z), int(a.Chiral), m.TotalDegree(i), int(a.Charge) + 5, m.TotalHs(i), int(a.Radicals),
		slices.Index(pygHybridizations, a.Hybridization)} {
		row[at] = float32(v)
	}
	row[7], row[8] = bit(a.Aromatic), bit(m.AtomInRing(i))
}

func pygBond(m *molecule.Molecule, k int, row []float32) {
	b := &m.Bonds[k]
	row[0], row[1], row[2] = float32(b.Type), float32(b.Stereo), bit(b.Conjugated)
}

func pygRefuses(m *molecule.Molecule) error {
	for i := range m.Atoms {
		a := &m.Atoms[i]
		switch {
		case m.TotalDegree(i) > 10:
			return refuseAtom("pyg", m, i, "total degree", m.TotalDegree(i))
		case a.Charge < -5 || a.Charge > 6:
			return refuseAtom("pyg", m, i, "formal charge", a.Charge)
		case m.TotalHs(i) > 8:
			return refuseAtom("pyg", m, i, "hydrogen count", m.TotalHs(i))
		case a.Radicals > 4:
			return refuseAtom("pyg", m, i, "radical electron count", a.Radicals)
		case !slices.Contains(pygHybridizations, a.Hybridization):
			return refuseAtom("pyg", m, i, "hybridization", a.Hybridization)
		}
	}
	for k := range m.Bonds {
		if s := m.Bonds[k].Stereo; s > molecule.StereoTrans {
			return refuseBond("pyg", m, k, "stereo", s)
		}
	}
	return nil
}
