package molecule

import (
	"slices"
	"strconv"
	"strings"
)

// Formula is the molecular formula in Hill order: C, H, then the symbols by name, and the charge:
// C2H3O2-, Ca+2.
func (m *Molecule) Formula() string {
	var counts [MaxZ + 1]int
	for i := range m.Atoms {
		counts[m.Atoms[i].Z]++
		counts[1] += m.TotalHs(i)
	}
	var text strings.Builder
	for _, z := range hillOrder {
		if counts[z] == 0 {
			continue
		}
		text.WriteString(elements[z].symbol)
		if counts[z] > 1 {
			text.WriteString(strconv.Itoa(counts[z]))
		}
	}
	writeCharge(&text, m.Charge())
	return text.String()
}

// hillOrder is C, H and then all symbols in the order of their letters; hydrogen comes first even
// where there is no carbon, as in RDKit.
var hillOrder = func() []uint8 {
	order := make([]uint8, 0, MaxZ+1)
	for z := range elements {
		if z != 1 && z != 6 {
			order = append(order, uint8(z))
		}
	}
	slices.SortFunc(order, func(a, b uint8) int { return strings.Compare(elements[a].symbol, elements[b].symbol) })
	return append([]uint8{6, 1}, order...)
}()

func writeCharge(text *strings.Builder, charge int) {
	if charge == 0 {
		return
	}
	sign := byte('+')
	if charge < 0 {
		sign, charge = '-', -charge
	}
	text.WriteByte(sign)
	if charge > 1 {
		text.WriteString(strconv.Itoa(charge))
	}
}
