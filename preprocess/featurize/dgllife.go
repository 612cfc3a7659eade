package featurize

import (
	"slices"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// The featurizers of DGL-LifeSci (dgllife 0.3.2, utils/featurizers.py) on mol_to_bigraph with
// canonical_atom_order=False: atoms stay in input order. Values in no list leave their one-hot zero
// unless a slot for others is named. Those that end in _loops are made with self_loop=True: behind the
// bonds stands an edge i → i of each atom, all zero but for a last column that is 1.

// dgllifeCanonical is CanonicalAtomFeaturizer and CanonicalBondFeaturizer.
//
//	atom  0–42 element, in the order of dgllifeElements · 43–53 neighbours 0…10 · 54–60 implicit hydrogens 0…6 ·
//	      61 charge · 62 radical electrons · 63–67 sp sp2 sp3 sp3d sp3d2 · 68 aromatic · 69–73 hydrogens 0…4
//	bond  0–3 single double triple aromatic · 4 conjugated · 5 in a ring · 6–11 stereo none any Z E cis trans
var dgllifeCanonical = Featurizer{Name: "dgllife_canonical", AtomWidth: 74, BondWidth: 12, atom: dgllifeCanonicalAtom,
	bond: func(m *molecule.Molecule, k int, row []float32) { dgllifeBond(m, k, row, 6) }}

// dgllifeAttentiveFP is AttentiveFPAtomFeaturizer and AttentiveFPBondFeaturizer (Xiong et al., J. Med. Chem.
// 2020, 63, 8749).
//
//	atom  0–15 element B C N O F Si P S Cl As Se Br Te I At, other · 16–21 neighbours 0…5 · 22 charge ·
//	      23 radical electrons · 24–29 sp sp2 sp3 sp3d sp3d2, other · 30 aromatic · 31–35 hydrogens 0…4 ·
//	      36 could be a stereocentre · 37–38 R S
//	bond  0–3 single double triple aromatic · 4 conjugated · 5 in a ring · 6–9 stereo none any Z E
var dgllifeAttentiveFP = Featurizer{Name: "dgllife_attentivefp", AtomWidth: 39, BondWidth: 10, atom: dgllifeAttentiveFPAtom,
	bond:   func(m *molecule.Molecule, k int, row []float32) { dgllifeBond(m, k, row, 4) },
	finish: markStereocentres}

var (
	dgllifeCanonicalLoops   = withLoops(dgllifeCanonical)
	dgllifeAttentiveFPLoops = withLoops(dgllifeAttentiveFP)
)

// dgllifeElements are C N O S F Si P Cl Br Mg Na Ca Fe As Al I B V K Tl Yb Sb Sn Ag Pd Co Se Ti Zn H Li Ge Cu Au Ni
// Cd In Mn Zr Cr Pt Hg Pb.
var dgllifeElements = []uint8{6, 7, 8, 16, 9, 14, 15, 17, 35, 12, 11, 20, 26, 33, 13, 53, 5, 23, 19, 81, 70, 51, 50, 47, 46, 27,
	34, 22, 30, 1, 3, 32, 29, 79, 28, 48, 49, 25, 40, 24, 78, 80, 82}

var (
	attentiveFPElements   = []uint8{5, 6, 7, 8, 9, 14, 15, 16, 17, 33, 34, 35, 52, 53, 85}
	dgllifeHybridizations = []molecule.Hybridization{molecule.SP, molecule.SP2, molecule.SP3, molecule.SP3D, molecule.SP3D2}
	dgllifeBondTypes      = []molecule.BondType{molecule.Single, molecule.Double, molecule.Triple, molecule.AromaticBond}
)

func dgllifeCanonicalAtom(m *molecule.Molecule, i int, row []float32) {
	a := &m.Atoms[i]
	mark(row[:43], slices.Index(dgllifeElements, a.Z))
	mark(row[43:54], m.Degree(i))
	mark(row[54:61], int(a.ImplicitHs))
	row[61], row[62] = float32(a.Charge), float32(a.Radicals)
	mark(row[63:68], slices.Index(dgllifeHybridizations, a.Hybridization))
	row[68] = bit(a.Aromatic)
	mark(row[69:], m.TotalHs(i))
}

func dgllifeAttentiveFPAtom(m *molecule.Molecule, i int, row []float32) {
	a := &m.Atoms[i]
	row[indexOrEnd(attentiveFPElements, a.Z)] = 1
	mark(row[16:22], m.Degree(i))
	row[22], row[23] = float32(a.Charge), float32(a.Radicals)
	row[24+indexOrEnd(dgllifeHybridizations, a.Hybridization)] = 1
	row[30] = bit(a.Aromatic)
	mark(row[31:36], m.TotalHs(i))
	row[37], row[38] = bit(a.CIP == 'R'), bit(a.CIP == 'S')
}

// markStereocentres writes column 36 of AttentiveFP, RDKit's _ChiralityPossible.
func markStereocentres(m *molecule.Molecule, g *graph.Graph) {
	for i, possible := range m.PossibleStereocentres() {
		g.NodeFeatures[i*g.NodeWidth+36] = bit(possible)
	}
}

// dgllifeBond writes what both bond tables begin with, and one slot for each of the first stereo values.
func dgllifeBond(m *molecule.Molecule, k int, row []float32, stereos int) {
	b := &m.Bonds[k]
	mark(row[:4], slices.Index(dgllifeBondTypes, b.Type))
	row[4], row[5] = bit(b.Conjugated), bit(m.BondInRing(k))
	mark(row[6:6+stereos], int(b.Stereo))
}

// mark sets slot v of a one-hot that has no slot for others.
func mark(slots []float32, v int) {
	if 0 <= v && v < len(slots) {
		slots[v] = 1
	}
}

// withLoops is f with a loop at each atom behind the bonds, told by a column of its own.
func withLoops(f Featurizer) Featurizer {
	finish := f.finish
	f.Name += "_loops"
	f.BondWidth++
	f.finish = func(m *molecule.Molecule, g *graph.Graph) {
		if finish != nil {
			finish(m, g)
		}
		row := make([]float32, g.EdgeWidth)
		row[len(row)-1] = 1
		addLoops(g, row)
	}
	return f
}
