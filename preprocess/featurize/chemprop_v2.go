package featurize

import (
	"slices"

	"molserve/preprocess/molecule"
)

// chempropV2 is chemprop 2's default: MultiHotAtomFeaturizer.v2() and MultiHotBondFeaturizer()
// (chemprop 2.3.1, featurizers/atom.py and bond.py). Each one-hot but those of bonds' types ends
// with a slot for "none of these".
//
//	atom  0–37 element 1…36, 53 · 38–44 total degree 0…5 · 45–50 charge −1 −2 +1 +2 0 ·
//	      51–55 chiral tag 0…3 · 56–61 hydrogens 0…4 · 62–69 hybridisation · 70 aromatic · 71 mass/100 u
//	bond  0 no bond · 1–4 single double triple aromatic · 5 conjugated · 6 in a ring · 7–13 stereo 0…5
var chempropV2 = Featurizer{Name: "chemprop_v2", AtomWidth: 72, BondWidth: 14, atom: chempropV2Atom, bond: chempropBond,
	hot: &hotTable{atomOnes: 7, bondOnes: 4, atom: chempropV2Columns, bond: chempropBondColumns}}

var (
	chempropCharges        = []int{-1, -2, 1, 2, 0}
	chempropHybridizations = []molecule.Hybridization{molecule.S, molecule.SP, molecule.SP2, molecule.SP2D,
		molecule.SP3, molecule.SP3D, molecule.SP3D2}
	chempropBondTypes = []molecule.BondType{molecule.Single, molecule.Double, molecule.Triple, molecule.AromaticBond}
)

// The same choices by value, for rows are written by the million.
var (
	chempropChargeSlot        = slots(chempropCharges, func(v uint8) int { return int(int8(v)) })
	chempropHybridizationSlot = slots(chempropHybridizations, func(v uint8) molecule.Hybridization { return molecule.Hybridization(v) })
	chempropBondSlot          = slots(chempropBondTypes, func(v uint8) molecule.BondType { return molecule.BondType(v) })
)

// slots is the place of every byte among choices.
func slots[T comparable](choices []T, of func(uint8) T) (slot [256]uint8) {
	for v := range slot {
		slot[v] = uint8(indexOrEnd(choices, of(uint8(v))))
	}
	return slot
}

// hundredthWeight is 0.01 × the standard atomic weight of each element, u, rounded from float64 once.
var hundredthWeight = func() (w [molecule.MaxZ + 1]float32) {
	for z := range w {
		w[z] = float32(0.01 * molecule.AtomicWeight(uint8(z)))
	}
	return w
}()

func chempropMass(m *molecule.Molecule, i int) float32 {
	if a := &m.Atoms[i]; a.Isotope == 0 {
		return hundredthWeight[a.Z]
	}
	return float32(0.01 * m.AtomMass(i))
}

func chempropV2Atom(m *molecule.Molecule, i int, row []float32) {
	var columns [7]uint8
	row[71] = chempropV2Columns(m, i, columns[:])
	for _, c := range columns {
		row[c] = 1
	}
}

func chempropV2Columns(m *molecule.Molecule, i int, columns []uint8) (mass float32) {
	a, hs := &m.Atoms[i], m.TotalHs(i)
	element := uint8(chempropV2Element(a.Z))
	columns = columns[:7]
	columns[0] = element
	columns[1] = 38 + uint8(upTo(m.Degree(i)+hs, 6))
	columns[2] = 45 + chempropChargeSlot[uint8(a.Charge)]
	columns[3] = 51 + uint8(upTo(int(a.Chiral), 4))
	columns[4] = 56 + uint8(upTo(hs, 5))
	columns[5] = 62 + chempropHybridizationSlot[a.Hybridization]
	columns[6] = element // again: no further one
	if a.Aromatic {
		columns[6] = 70
	}
	return chempropMass(m, i)
}

// chempropV2Element maps 1…36 to 0…35, iodine to 36, all others to 37.
func chempropV2Element(z uint8) int {
	switch {
	case 1 <= z && z <= 36:
		return int(z) - 1
	case z == 53:
		return 36
	}
	return 37
}

// chempropBond leaves the type bits of an unlisted type all zero, as chemprop does: it sets bit 5 for
// "unlisted" and then overwrites it with the conjugated flag.
func chempropBond(m *molecule.Molecule, k int, row []float32) {
	b := &m.Bonds[k]
	if t := int(chempropBondSlot[b.Type]); t < len(chempropBondTypes) {
		row[1+t] = 1
	}
	row[5], row[6] = bit(b.Conjugated), bit(m.BondInRing(k))
	row[7+upTo(int(b.Stereo), 6)] = 1
}

// chempropBondColumns names the columns that chempropBond sets.
func chempropBondColumns(m *molecule.Molecule, k int, columns []uint8) {
	b := &m.Bonds[k]
	stereo := 7 + uint8(upTo(int(b.Stereo), 6))
	columns = columns[:4]
	columns[0], columns[1], columns[2], columns[3] = stereo, stereo, stereo, stereo
	if t := chempropBondSlot[b.Type]; int(t) < len(chempropBondTypes) {
		columns[1] = 1 + t
	}
	if b.Conjugated {
		columns[2] = 5
	}
	if m.BondInRing(k) {
		columns[3] = 6
	}
}

// upTo returns v when it is below n, else n: the slot for "none of these".
func upTo(v, n int) int {
	if 0 <= v && v < n {
		return v
	}
	return n
}

func indexOrEnd[T comparable](choices []T, v T) int {
	if i := slices.Index(choices, v); i >= 0 {
		return i
	}
	return len(choices)
}

func bit(b bool) float32 {
	if b {
		return 1
	}
	return 0
}
