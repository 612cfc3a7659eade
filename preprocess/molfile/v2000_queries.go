package molfile

import (
	"strings"

	"molserve/preprocess/molecule"
)

// atomList refuses an atom list, but an empty one, which says nothing.
func (p *properties) atomList(text string) error {
	if len(text) < 15 {
		return p.bad("the atom list is too short: %q", text)
	}
	i, ok := wholeInt(text[7:10])
	count, isCount := integer(text[10:13])
	if !ok || !isCount || i < 1 || i > len(p.d.m.Atoms) || count < 0 {
		return p.bad("%q is no atom list: it names atom %q and %q entries", text, text[7:10], text[10:13])
	}
	if count == 0 {
		return nil
	}
	return p.query("an atom list")
}

// smarts refuses Marvin's queries on atoms; other MRV lines say nothing about the graph.
func (p *properties) smarts(text string) error {
	if strings.HasPrefix(text, "M  MRV SMA") {
		return p.query("the SMARTS of an MRV line")
	}
	return nil
}

// pxa checks the atom of a line that is skipped.
func (p *properties) pxa(text string) error {
	field, ok := cut(text, 7, 3)
	if i, isNumber := wholeInt(field); !ok || !isNumber || i < 1 || i > len(p.d.m.Atoms) {
		return p.bad("%q names no atom", text)
	}
	return nil
}

// zeroOrder, zeroOrderCharge and zeroOrderHs read the lines that Clark proposed for bonds of order zero
// (J. Chem. Inf. Model. 51, 3149, 2011).
func (p *properties) zeroOrder(text string) error {
	list, err := p.pairs(text, len(p.d.m.Bonds), true, wholeInt)
	for _, entry := range list {
		t := molecule.BondType(entry.value)
		if entry.value == 0 {
			t = molecule.ZeroBond
		}
		if entry.value < 0 || entry.value > int(molecule.ZeroBond) {
			return p.bad("bond order %d of bond %d; 0 to 3 are meant", entry.value, entry.index+1)
		}
		p.d.m.Bonds[entry.index].Type = t
	}
	return err
}

func (p *properties) zeroOrderCharge(text string) error {
	list, err := p.atomPairs(text, true, wholeInt)
	for _, entry := range list {
		p.d.m.Atoms[entry.index].Charge = int8(entry.value)
	}
	return err
}

func (p *properties) zeroOrderHs(text string) error {
	list, err := p.atomPairs(text, true, wholeInt)
	for _, entry := range list {
		if entry.given && entry.value >= 0 {
			p.countHs(entry.index, entry.value)
		}
	}
	return err
}

// countHs gives atom i so many hydrogens, whatever valence its line asks for.
func (b *block) countHs(i, hydrogens int) {
	b.d.m.Atoms[i].ExplicitHs = uint8(hydrogens)
	if b.counted == nil {
		b.counted = map[int32]bool{}
	}
	b.counted[int32(i)] = true
}

// attachment checks attachment points; the graph does not change.
func (p *properties) attachment(text string) error {
	list, err := p.atomPairs(text, true, wholeInt)
	for _, entry := range list {
		switch {
		case entry.value < 0 || entry.value > 3:
			return p.bad("attachment point %d of atom %d; 0 to 3 are known", entry.value, entry.index+1)
		case entry.value == 0:
			continue
		case p.apos[entry.index]:
			return p.bad("a second attachment point of atom %d", entry.index+1)
		case p.apos == nil:
			p.apos = map[int]bool{}
		}
		p.apos[entry.index] = true
	}
	return err
}

// linkNode checks link nodes, which say how often an atom may repeat; the graph does not change. RDKit
// refuses those at the end of a chain, of one neighbour only.
func (p *properties) linkNode(text string) error {
	count, ok := wholeInt(text[6:min(9, len(text))])
	for entry := 0; ok && entry < count; entry++ {
		var numbers [4]int
		for at := range numbers {
			field, there := cut(text, 9+16*entry+4*at, 4)
			n, isNumber := wholeInt(field)
			ok = ok && there && isNumber
			numbers[at] = n
		}
		n := len(p.d.m.Atoms)
		ok = ok && numbers[0] >= 1 && numbers[0] <= n && numbers[1] >= 2 && numbers[2] >= 1 && numbers[2] <= n && numbers[3] >= 1 && numbers[3] <= n
	}
	if !ok {
		return p.bad("%q is no list of link nodes: an atom, two repeats or more, and the two atoms next to it", text)
	}
	return nil
}
