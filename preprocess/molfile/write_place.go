package molfile

import (
	"fmt"
	"math"

	"molserve/preprocess/molecule"
)

// place checks the coordinates, rounds them to the columns of V2000 and chooses dimension and version.
func (w *blockWriter) place(o BlockOptions) error {
	flat := true
	w.v3000 = w.v3000 || w.beyondV2000()
	for _, at := range w.d.xyz {
		flat = flat && math.Abs(at[2]) <= flatZ
		for _, x := range at {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("%w: the coordinate %g", ErrUnwritable, x)
			}
			w.v3000 = w.v3000 || x < leastV2000 || x > mostV2000
		}
	}
	if !w.v3000 {
		for i := range w.d.xyz {
			for axis, x := range w.d.xyz[i] {
				w.d.xyz[i][axis] = math.Round(x*1e4) / 1e4
			}
		}
	}
	w.d.threeD = o.Dim == 3 || o.Dim == 0 && !flat
	if o.Dim == 2 && !flat {
		return fmt.Errorf("%w: a drawing with z coordinates", ErrUnwritable)
	}
	return w.checkMaps()
}

// checkMaps refuses map numbers below 0 that no column holds.
func (w *blockWriter) checkMaps() error {
	for i := range w.m.Atoms {
		if n := w.m.Atoms[i].Map; n < -99 || n < 0 && w.v3000 {
			return fmt.Errorf("%w: the map number %d", ErrUnwritable, n)
		}
	}
	return nil
}

// leastV2000 and mostV2000 are the coordinates that nine columns with four decimals hold, Å; the tenth stays
// blank, since readers read on where it is not.
const (
	leastV2000 = -999
	mostV2000  = 9999
)

// beyondV2000 tells whether V2000 lacks columns or codes for the molecule.
func (w *blockWriter) beyondV2000() bool {
	beyond := len(w.m.Atoms) > 999 || len(w.m.Bonds) > 999
	for i := range w.m.Atoms {
		a := &w.m.Atoms[i]
		beyond = beyond || a.Map > 999 || a.Isotope > 9999
	}
	for k := range w.m.Bonds {
		t := w.m.Bonds[k].Type
		beyond = beyond || t == molecule.Dative || t == molecule.HydrogenBond
	}
	return beyond
}
