package featurize

import (
	"slices"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// dgllifePretrain is PretrainAtomFeaturizer and PretrainBondFeaturizer(self_loop=False) of DGL-LifeSci (dgllife 0.3.2,
// utils/featurizers.py; Hu et al., arXiv:1905.12265): indices into lists. The library's two fields of an atom, and of a
// bond, are the two columns.
//
//	atom  0 element 1…118 · 1 chiral tag none CW CCW other
//	bond  0 type single double triple aromatic · 1 direction none / \
//
// The library raises on what is in no list, and on a molecule without bonds.
var dgllifePretrain = Featurizer{Name: "dgllife_pretrain", AtomWidth: 2, BondWidth: 2, Integer: true,
	refuse: func(m *molecule.Molecule) error {
		if len(m.Bonds) == 0 {
			return molecule.Refuse(molecule.CodeUnsupported, -1, "a molecule without bonds, which dgllife_pretrain takes with loops alone")
		}
		return pretrainRefuses(m)
	},
	atom: pretrainAtom, bond: pretrainBond}

// dgllifePretrainLoops is the same with self_loop=True, that library's default: behind the bonds stands an edge i → i of each
// atom, of type 4 and direction 0.
var dgllifePretrainLoops = Featurizer{Name: "dgllife_pretrain_loops", AtomWidth: 2, BondWidth: 2, Integer: true,
	refuse: pretrainRefuses, atom: pretrainAtom, bond: pretrainBond,
	finish: func(_ *molecule.Molecule, g *graph.Graph) { addLoops(g, []float32{4, 0}) }}

func pretrainAtom(m *molecule.Molecule, i int, row []float32) {
	row[0], row[1] = float32(m.Atoms[i].Z)-1, float32(m.Atoms[i].Chiral)
}

func pretrainBond(m *molecule.Molecule, k int, row []float32) {
	b := &m.Bonds[k]
	row[0], row[1] = float32(slices.Index(dgllifeBondTypes, b.Type)), float32(b.Dir)
}

func pretrainRefuses(m *molecule.Molecule) error {
	for i := range m.Atoms {
		switch a := &m.Atoms[i]; {
		case a.Z == 0:
			return refuseAtom("dgllife_pretrain", m, i, "atomic number", a.Z)
		case a.Chiral > molecule.ChiralOther:
			return refuseAtom("dgllife_pretrain", m, i, "chiral tag", a.Chiral)
		}
	}
	for k := range m.Bonds {
		if t := m.Bonds[k].Type; !slices.Contains(dgllifeBondTypes, t) {
			return refuseBond("dgllife_pretrain", m, k, "type", t)
		}
	}
	return nil
}
