package featurize

import (
	"slices"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// multifidelity is the table of Buterez et al. (Nat. Commun. 2024, 15, 1517; code davidbuterez/multi-fidelity-gnns-for-
// drug-discovery-and-quantum-mechanics, commit 2d65e0f, multifidelity_gnn/src/chemprop_featurisation.py and data_loading.py),
// n + 27 and 13 wide.
//
//	atom  0…n−1 atomic number 0…n−1, then 27: 6 total degree 0…5 · 5 charge −1 −2 +1 +2 0 · 4 chiral tag ·
//	      5 hydrogens 0…4 · 5 sp sp2 sp3 sp3d sp3d2 · aromatic · mass/100 u
//	bond  0 no bond · 1–4 single double triple aromatic · 5 conjugated · 6 in a ring · 7–12 stereo
//
// A value in no list sets the last slot, which is another value's: its charge +3 reads 0, its iodine with n = 53 reads
// tellurium. The data set takes stereo away first, so that chiral tag and stereo are always none. Edges are those of the
// adjacency matrix, sorted by source, then target. The data set also renumbers atoms, by way of a canonical SMILES; here
// they stay in input order, and what does not depend on the order of atoms is the same.
func multifidelity(name string, n int) *Featurizer {
	return &Featurizer{Name: name, AtomWidth: n + 27, BondWidth: 13,
		atom: func(m *molecule.Molecule, i int, row []float32) {
			row[min(int(m.Atoms[i].Z), n-1)] = 1
			multifidelityTail(m, i, row[n:])
		},
		bond:   multifidelityBond,
		finish: func(_ *molecule.Molecule, g *graph.Graph) { sortEdges(g) }}
}

// The number of elements is an option of the code, --max-atomic-number. 80 is its data module's default; 53 and 35 are those of
// the commands that the authors publish for their low- and high-fidelity models of AID 1445.
var (
	multifidelityDefault = multifidelity("multifidelity", 80)
	multifidelity53      = multifidelity("multifidelity_53", 53)
	multifidelity35      = multifidelity("multifidelity_35", 35)
)

func multifidelityTail(m *molecule.Molecule, i int, row []float32) {
	a := &m.Atoms[i]
	row[upTo(m.TotalDegree(i), 5)] = 1
	row[6+min(indexOrEnd(chempropCharges, int(a.Charge)), 4)] = 1
	row[11] = 1
	row[15+upTo(m.TotalHs(i), 4)] = 1
	row[20+min(indexOrEnd(dgllifeHybridizations, a.Hybridization), 4)] = 1
	row[25], row[26] = bit(a.Aromatic), hundredth(m.AtomMass(i))
}

func multifidelityBond(m *molecule.Molecule, k int, row []float32) {
	b := &m.Bonds[k]
	if t := slices.Index(dgllifeBondTypes, b.Type); t >= 0 {
		row[1+t] = 1
	}
	row[5], row[6], row[7] = bit(b.Conjugated), bit(m.BondInRing(k)), 1
}
