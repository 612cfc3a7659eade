package xyz

import (
	"math"

	"molserve/preprocess/molecule"
)

// What a frame says of its motion and its electrons. Where nothing is said nothing is refused; what is said
// in words that cannot be read is, with the frame's line.

// Velocities returns the rows [N,3], Å/fs: the column velocities, which is in Å/fs, else the column momenta,
// which ASE writes in its own units, √(u·eV), divided by the column masses, u, or by ASE's masses of the
// elements. Without these columns it returns nil.
func (f *Frame) Velocities() ([][3]float64, error) {
	if v := f.Column("velocities"); v != nil {
		return f.motion("velocities", v, nil)
	}
	p := f.Column("momenta")
	if p == nil {
		return nil, nil
	}
	masses, err := f.masses()
	if err != nil {
		return nil, err
	}
	return f.motion("momenta", p, masses)
}

// motion reads rows of three, and divides them by masses where there are some.
func (f *Frame) motion(name string, column *Array, masses []float64) ([][3]float64, error) {
	x, ok := column.numbers()
	if !ok || len(x) != 3*f.N() || len(column.Shape) != 2 {
		return nil, f.refuse("column %s has not three numbers an atom", name)
	}
	rows := make([][3]float64, f.N())
	for k, v := range x {
		if masses != nil {
			v = v / masses[k/3] * femtosecond
		}
		if !inRange(v) {
			return nil, f.refuse("column %s: atom %d moves at %v Å/fs; velocities must be finite and within %g", name, k/3, v, maxLength)
		}
		rows[k/3][k%3] = v
	}
	return rows, nil
}

// masses are those of the file, else of the elements, u.
func (f *Frame) masses() ([]float64, error) {
	column := f.Column("masses")
	if column == nil {
		m := make([]float64, f.N())
		for i, z := range f.Numbers {
			m[i] = masses[z]
		}
		return m, nil
	}
	m, ok := column.numbers()
	if !ok || len(m) != f.N() {
		return nil, f.refuse("column masses has not a number an atom")
	}
	for i, x := range m {
		if !(x > 0) {
			return nil, f.refuse("column masses: atom %d weighs %v u", i, x)
		}
	}
	return m, nil
}

// The keys that say a charge, e, and a spin multiplicity, 2S + 1, in the words of ASE, OMol25 and others.
var (
	chargeKeys = []string{"charge", "total_charge"}
	spinKeys   = []string{"spin_multiplicity", "multiplicity", "mult", "spin"}
)

// mostElectrons bounds charges and multiplicities.
const mostElectrons = 10_000

// Charge returns what the keys charge or total_charge say, e; 0 without them.
func (f *Frame) Charge() (int, error) {
	return f.whole(chargeKeys, 0, -mostElectrons)
}

// Multiplicity returns 2S + 1 as the keys spin_multiplicity, multiplicity, mult or spin say it; 1 without
// them. OMol25's spin is a multiplicity too.
func (f *Frame) Multiplicity() (int, error) {
	return f.whole(spinKeys, 1, 1)
}

// whole reads the one number that keys say, at least least.
func (f *Frame) whole(keys []string, otherwise, least int) (int, error) {
	said, at := otherwise, ""
	for _, key := range keys {
		a := f.Key(key)
		if a == nil {
			continue
		}
		x, ok := a.numbers()
		if !ok || a.Shape != nil || x[0] != math.Trunc(x[0]) || x[0] < float64(least) || x[0] > mostElectrons {
			return 0, f.refuse("key %s is no whole number from %d to %d", key, least, mostElectrons)
		}
		n := int(x[0])
		if at != "" && n != said {
			return 0, f.refuse("key %s is %d and key %s is %d", at, said, key, n)
		}
		said, at = n, key
	}
	return said, nil
}

// refuse makes a refusal of the frame.
func (f *Frame) refuse(format string, args ...any) error {
	return atLine(refuse(molecule.CodeFormat, format, args...), f.Line)
}
