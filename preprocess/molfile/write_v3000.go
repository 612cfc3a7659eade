package molfile

import (
	"fmt"
	"strconv"

	"molserve/preprocess/molecule"
)

// writeV3000 writes counts, atoms, bonds and the group of the bonds of order zero.
func (w *blockWriter) writeV3000() {
	w.out = append(w.out, "  0  0  0  0  0  0  0  0  0  0999 V3000\n"...)
	w.lineV3000("BEGIN CTAB")
	groups := min(len(w.zero), 1)
	w.lineV3000(fmt.Sprintf("COUNTS %d %d %d 0 0", len(w.m.Atoms), len(w.m.Bonds), groups))
	w.lineV3000("BEGIN ATOM")
	for i := range w.m.Atoms {
		w.lineV3000(w.atomV3000(i))
	}
	w.lineV3000("END ATOM")
	if len(w.m.Bonds) > 0 {
		w.lineV3000("BEGIN BOND")
		for k := range w.d.m.Bonds {
			w.lineV3000(w.bondV3000(k))
		}
		w.lineV3000("END BOND")
	}
	if groups > 0 {
		w.lineV3000("BEGIN SGROUP")
		w.lineV3000(w.zeroV3000())
		w.lineV3000("END SGROUP")
	}
	w.lineV3000("END CTAB")
}

// widthV3000 is the longest line, of which M  V30 and the - take eight; longer ones go on.
const widthV3000 = 80 - 8

func (w *blockWriter) lineV3000(text string) {
	for len(text) > widthV3000 {
		w.out = fmt.Appendf(w.out, "M  V30 %s-\n", text[:widthV3000])
		text = text[widthV3000:]
	}
	w.out = fmt.Appendf(w.out, "M  V30 %s\n", text)
}

func (w *blockWriter) atomV3000(i int) string {
	a := &w.m.Atoms[i]
	b := fmt.Appendf(nil, "%d %s", i+1, w.symbol(i))
	for _, x := range w.d.xyz[i] {
		b = strconv.AppendFloat(append(b, ' '), x+0, 'f', -1, 64)
	}
	b = fmt.Appendf(b, " %d", a.Map)
	mass := int(a.Isotope)
	if w.rgroup(i) {
		mass = 0
	}
	for _, word := range []struct {
		key   string
		value int
	}{{"CHG", int(a.Charge)}, {"RAD", w.radical(i)}, {"MASS", mass}, {"VAL", w.valence(i, -1)}} {
		if word.value != 0 {
			b = fmt.Appendf(b, " %s=%d", word.key, word.value)
		}
	}
	if w.rgroup(i) { // behind CHG, which of an atom that may be any is a query
		b = fmt.Appendf(b, " RGROUPS=(1 %d)", a.Isotope)
	}
	return string(b)
}

// cfgV3000 are the numbers that bondMark reads.
var cfgV3000 = map[molecule.BondDir]int{molecule.DirWedge: 1, molecule.DirEitherDouble: 2, molecule.DirUnknown: 2, molecule.DirDash: 3}

func (w *blockWriter) bondV3000(k int) string {
	b := &w.d.m.Bonds[k]
	text := fmt.Sprintf("%d %d %d %d", k+1, bondCodes[b.Type], b.Begin+1, b.End+1)
	if cfg := cfgV3000[b.Dir]; cfg != 0 {
		text += fmt.Sprintf(" CFG=%d", cfg)
	}
	return text
}

// zeroV3000 is the data group by which drawing programs say that bonds are of order zero.
func (w *blockWriter) zeroV3000() string {
	seen := map[int32]bool{}
	var atoms, bonds []byte
	for _, k := range w.zero {
		bonds = fmt.Appendf(bonds, " %d", k+1)
		for _, i := range []int32{w.m.Bonds[k].Begin, w.m.Bonds[k].End} {
			if !seen[i] {
				seen[i] = true
				atoms = fmt.Appendf(atoms, " %d", i+1)
			}
		}
	}
	return fmt.Sprintf("1 DAT 0 ATOMS=(%d%s) CBONDS=(%d%s) FIELDNAME=ZBO", len(seen), atoms, len(w.zero), bonds)
}
