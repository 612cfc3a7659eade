package molfile

import (
	"fmt"

	"molserve/preprocess/molecule"
)

// writeV2000 writes counts, atoms, bonds and properties.
func (w *blockWriter) writeV2000() {
	w.out = fmt.Appendf(w.out, "%3d%3d  0  0  0  0  0  0  0  0999 V2000\n", len(w.m.Atoms), len(w.m.Bonds))
	for i, at := range w.d.xyz {
		w.out = fmt.Appendf(w.out, "%10.4f%10.4f%10.4f %-3s 0  0  0  0  0%3d  0  0  0%s  0  0\n",
			at[0]+0, at[1]+0, at[2]+0, w.symbol(i), w.valence(i, 15), w.mapping(i))
	}
	for k := range w.d.m.Bonds {
		b := &w.d.m.Bonds[k]
		w.out = fmt.Appendf(w.out, "%3d%3d%3d%3d\n", b.Begin+1, b.End+1, bondCodes[b.Type], stereoV2000[b.Dir])
	}
	w.propertiesV2000()
}

// stereoV2000 are the numbers that markV2000 reads.
var stereoV2000 = map[molecule.BondDir]int{molecule.DirWedge: 1, molecule.DirEitherDouble: 3, molecule.DirUnknown: 4, molecule.DirDash: 6}

// mapping tells the map number 0 from none, as the reader does.
func (w *blockWriter) mapping(i int) string {
	if a := &w.m.Atoms[i]; a.Map != 0 || !a.MapZero {
		return fmt.Sprintf("%3d", a.Map)
	}
	return " 00"
}

func (w *blockWriter) propertiesV2000() {
	w.pairs("CHG", len(w.m.Atoms), func(i int) int { return int(w.m.Atoms[i].Charge) })
	w.pairs("RAD", len(w.m.Atoms), w.radical)
	w.pairs("ISO", len(w.m.Atoms), func(i int) int {
		if w.rgroup(i) {
			return 0
		}
		return int(w.m.Atoms[i].Isotope)
	})
	w.pairs("RGP", len(w.m.Atoms), func(i int) int {
		if !w.rgroup(i) {
			return 0
		}
		return int(w.m.Atoms[i].Isotope)
	})
	for _, k := range w.zero {
		w.out = fmt.Appendf(w.out, "M  ZBO  1%4d   0\n", k+1)
	}
}

// pairs writes lines of eight entries each, of what is not 0.
func (w *blockWriter) pairs(name string, n int, value func(int) int) {
	const most = 8
	var list []byte
	count := 0
	end := func() {
		if count > 0 {
			w.out = fmt.Appendf(w.out, "M  %s%3d%s\n", name, count, list)
		}
		list, count = list[:0], 0
	}
	for i := range n {
		if v := value(i); v != 0 {
			list = fmt.Appendf(list, "%4d%4d", i+1, v)
			count++
		}
		if count == most {
			end()
		}
	}
	end()
}
