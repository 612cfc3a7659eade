package featurize

import "molserve/preprocess/molecule"

// The other atom tables of chemprop (chemprop 2.3.1, featurizers/atom.py), laid out as chemprop_v2:
// each one-hot ends with a slot for "none of these".

// chempropV1 is MultiHotAtomFeaturizer.v1(), the table of chemprop 1.x.
//
//	atom  0–100 element 1…100 · 101–107 total degree 0…5 · 108–113 charge −1 −2 +1 +2 0 ·
//	      114–118 chiral tag 0…3 · 119–124 hydrogens 0…4 · 125–130 sp sp2 sp3 sp3d sp3d2 ·
//	      131 aromatic · 132 mass/100 u
//	bond  as chemprop_v2
var chempropV1 = Featurizer{Name: "chemprop_v1", AtomWidth: 133, BondWidth: 14, bond: chempropBond,
	atom: func(m *molecule.Molecule, i int, row []float32) {
		a := &m.Atoms[i]
		row[upTo(int(a.Z)-1, 100)] = 1
		chempropTail(m, i, row[101:], chempropV1Hybridizations)
	}}

// chempropOrganic is MultiHotAtomFeaturizer.organic(), for drug-like molecules.
//
//	atom  0–12 element H B C N O F Si P S Cl Br I · 13–19 total degree 0…5 · 20–25 charge −1 −2 +1 +2 0 ·
//	      26–30 chiral tag 0…3 · 31–36 hydrogens 0…4 · 37–41 s sp sp2 sp3 · 42 aromatic · 43 mass/100 u
//	bond  as chemprop_v2
var chempropOrganic = Featurizer{Name: "chemprop_organic", AtomWidth: 44, BondWidth: 14, bond: chempropBond,
	atom: func(m *molecule.Molecule, i int, row []float32) {
		row[indexOrEnd(chempropOrganicElements, m.Atoms[i].Z)] = 1
		chempropTail(m, i, row[13:], chempropOrganicHybridizations)
	}}

// chempropRIGR is RIGRAtomFeaturizer and RIGRBondFeaturizer: what all resonance forms agree on
// (Zalte et al., J. Chem. Inf. Model. 2025, 65, 10832).
//
//	atom  0–37 element 1…36, 53 · 38–44 total degree 0…5 · 45–50 hydrogens 0…4 · 51 mass/100 u
//	bond  0 no bond · 1 in a ring
var chempropRIGR = Featurizer{Name: "chemprop_rigr", AtomWidth: 52, BondWidth: 2,
	atom: func(m *molecule.Molecule, i int, row []float32) {
		row[chempropV2Element(m.Atoms[i].Z)] = 1
		row[38+upTo(m.TotalDegree(i), 6)] = 1
		row[45+upTo(m.TotalHs(i), 5)] = 1
		row[51] = hundredth(m.AtomMass(i))
	},
	bond: func(m *molecule.Molecule, k int, row []float32) { row[1] = bit(m.BondInRing(k)) }}

var (
	chempropV1Hybridizations      = []molecule.Hybridization{molecule.SP, molecule.SP2, molecule.SP3, molecule.SP3D, molecule.SP3D2}
	chempropOrganicHybridizations = []molecule.Hybridization{molecule.S, molecule.SP, molecule.SP2, molecule.SP3}
	chempropOrganicElements       = []uint8{1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 35, 53}
)

// chempropTail writes what follows the element in every multi-hot table of chemprop:
//
//	0–6 total degree 0…5 · 7–12 charge · 13–17 chiral tag · 18–23 hydrogens · 24… hybridisation · aromatic · mass/100 u
func chempropTail(m *molecule.Molecule, i int, row []float32, hybridizations []molecule.Hybridization) {
	a := &m.Atoms[i]
	row[upTo(m.TotalDegree(i), 6)] = 1
	row[7+indexOrEnd(chempropCharges, int(a.Charge))] = 1
	row[13+upTo(int(a.Chiral), 4)] = 1
	row[18+upTo(m.TotalHs(i), 5)] = 1
	row[24+indexOrEnd(hybridizations, a.Hybridization)] = 1
	last := len(row) - 1
	row[last-1] = bit(a.Aromatic)
	row[last] = hundredth(m.AtomMass(i))
}

// hundredth is mass/100, rounded from float64 once.
func hundredth(mass float64) float32 { return float32(0.01 * mass) }
