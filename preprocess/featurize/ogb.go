package featurize

import (
	"slices"

	"molserve/preprocess/molecule"
)

// ogb is smiles2graph of the Open Graph Benchmark (ogb 1.3.6, utils/features.py and mol.py): indices into
// lists, of which the last stands for "none of these".
//
//	atom  0 element 1…118 · 1 chiral tag none CW CCW other · 2 total degree 0…10 · 3 charge −5…5 ·
//	      4 hydrogens 0…8 · 5 radical electrons 0…4 · 6 hybridisation sp sp2 sp3 sp3d sp3d2 · 7 aromatic · 8 in a ring
//	bond  0 single double triple aromatic · 1 stereo none Z E cis trans any · 2 conjugated
//
// The list of stereo has no such last entry: the library raises on others.
var ogb = Featurizer{Name: "ogb", AtomWidth: 9, BondWidth: 3, Integer: true, refuse: ogbRefuses, atom: ogbAtom, bond: ogbBond}

var (
	ogbHybridizations = []molecule.Hybridization{molecule.SP, molecule.SP2, molecule.SP3, molecule.SP3D, molecule.SP3D2}
	ogbBondTypes      = []molecule.BondType{molecule.Single, molecule.Double, molecule.Triple, molecule.AromaticBond}
	ogbStereos        = []molecule.BondStereo{molecule.StereoNone, molecule.StereoZ, molecule.StereoE, molecule.StereoCis,
		molecule.StereoTrans, molecule.StereoAny}
)

func ogbAtom(m *molecule.Molecule, i int, row []float32) {
	a := &m.Atoms[i]
	for at, v := range [...]int{
		upTo(int(a.Z)-1, 118),
		upTo(int(a.Chiral), 4),
		upTo(m.TotalDegree(i), 11),
		upTo(int(a.Charge)+5, 11),
		upTo(m.TotalHs(i), 9),
		upTo(int(a.Radicals), 5),
		indexOrEnd(ogbHybridizations, a.Hybridization),
	} {
		row[at] = float32(v)
	}
	row[7], row[8] = bit(a.Aromatic), bit(m.AtomInRing(i))
}

func ogbBond(m *molecule.Molecule, k int, row []float32) {
	b := &m.Bonds[k]
	row[0] = float32(indexOrEnd(ogbBondTypes, b.Type))
	row[1] = float32(slices.Index(ogbStereos, b.Stereo))
	row[2] = bit(b.Conjugated)
}

func ogbRefuses(m *molecule.Molecule) error {
	for k := range m.Bonds {
		if s := m.Bonds[k].Stereo; !slices.Contains(ogbStereos, s) {
			return refuseBond("ogb", m, k, "stereo", s)
		}
	}
	return nil
}
