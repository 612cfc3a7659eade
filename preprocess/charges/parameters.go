package charges

import "molserve/preprocess/molecule"

// parameters are those of χ(q) = a + b q + c q², in eV, eV/e and eV/e².
type parameters struct{ a, b, c float64 }

// mode is the state of an atom that parameters are given for.
type mode uint8

const (
	none mode = iota
	atom
	sp
	sp2
	sp3
	so  // S with one oxygen
	so2 // with two
)

type state struct {
	z    uint8
	mode mode
}

// table holds the parameters of Gasteiger and Marsili, with RDKit's additions for P, Si, B, Be, Mg and Al. All
// others have zeros.
var table = map[state]parameters{
	{1, atom}: hydrogen,

	{6, sp3}: {7.98, 9.18, 1.88}, {6, sp2}: {8.79, 9.32, 1.51}, {6, sp}: {10.39, 9.45, 0.73},
	{7, sp3}: {11.54, 10.82, 1.36}, {7, sp2}: {12.87, 11.15, 0.85}, {7, sp}: {15.68, 11.7, -0.27},
	{8, sp3}: {14.18, 12.92, 1.39}, {8, sp2}: {17.07, 13.79, 0.47},
	{9, sp3}: {14.66, 13.85, 2.31}, {17, sp3}: {11.00, 9.69, 1.35}, {35, sp3}: {10.08, 8.47, 1.16}, {53, sp3}: {9.9, 7.96, 0.96},
	{16, sp3}: {10.14, 9.13, 1.38}, {16, so}: {10.14, 9.13, 1.38}, {16, so2}: {12.00, 10.81, 1.20}, {16, sp2}: {10.88, 9.49, 1.33},
	{15, sp3}: {8.90, 8.24, 0.96}, {15, sp2}: {9.665, 8.530, 0.735},
	{14, sp3}: {7.300, 6.567, 0.657}, {14, sp2}: {7.905, 6.748, 0.443}, {14, sp}: {9.065, 7.027, -0.002},
	{5, sp3}: {5.980, 6.820, 1.605}, {5, sp2}: {6.420, 6.807, 1.322},
	{4, sp3}: {3.845, 6.755, 3.165}, {4, sp2}: {4.005, 6.725, 3.035},
	{12, sp3}: {3.300, 5.587, 2.447}, {12, sp2}: {3.565, 5.572, 2.197}, {12, sp}: {4.040, 5.472, 1.823},
	{13, sp3}: {5.375, 4.953, 0.867}, {13, sp2}: {5.795, 5.020, 0.695},
}

var hydrogen = parameters{7.17, 6.24, -0.56}

func parametersOf(m *molecule.Molecule, i int) parameters {
	return table[state{m.Atoms[i].Z, modeOf(m, i)}]
}

// modeOf is the hybridisation; of a sulfur above it, how many oxygens it has.
func modeOf(m *molecule.Molecule, i int) mode {
	a := &m.Atoms[i]
	switch a.Hybridization {
	case molecule.SP3:
		return sp3
	case molecule.SP2:
		return sp2
	case molecule.SP:
		return sp
	}
	switch a.Z {
	case 1:
		return atom
	case 16:
		return sulfurMode(m, i)
	}
	return none
}

func sulfurMode(m *molecule.Molecule, i int) mode {
	oxygens := 0
	for _, k := range m.Incident(i) {
		if m.Atoms[m.Other(int(k), i)].Z == 8 {
			oxygens++
		}
	}
	switch oxygens {
	case 1:
		return so
	case 2:
		return so2
	}
	return sp3
}
