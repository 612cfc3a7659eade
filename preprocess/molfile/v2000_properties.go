package molfile

import (
	"strings"

	"molserve/preprocess/molecule"
)

// properties is the state of reading the lines behind the bonds of a V2000 block.
type properties struct {
	*block
	charged bool         // a first CHG or RAD line has taken the charges of the atom block away
	apos    map[int]bool // atoms with an attachment point

	open    int    // group whose value goes on, 0 = none
	partial string // of that value
	parts   int    // lines of it
}

// propertyLines reads the lines that change atoms or bonds, or that RDKit refuses when they are wrong.
// All other lines are skipped.
var propertyLines = map[string]func(*properties, string) error{
	"M  CHG": (*properties).charge,
	"M  RAD": (*properties).radical,
	"M  ISO": (*properties).isotope,
	"M  RGP": (*properties).rgroup,
	"M  ALS": (*properties).atomList,
	"M  RBC": func(p *properties, text string) error { return p.count(text, "the ring bond count of an RBC line") },
	"M  SUB": func(p *properties, text string) error { return p.count(text, "the substitution count of a SUB line") },
	"M  UNS": func(p *properties, text string) error { return p.count(text, "the unsaturation of a UNS line") },
	"M  MRV": (*properties).smarts,
	"M  PXA": (*properties).pxa,
	"M  ZBO": (*properties).zeroOrder,
	"M  ZCH": (*properties).zeroOrderCharge,
	"M  HYD": (*properties).zeroOrderHs,
	"M  APO": (*properties).attachment,
	"M  LIN": (*properties).linkNode,
}

// propertiesV2000 reads up to M  END.
func (b *block) propertiesV2000() error {
	p := properties{block: b}
	text := b.next()
	switch {
	case text == "":
		return b.bad("a blank line, or the end, where a property or M  END must stand; are there as many bonds as the counts line says?")
	case !strings.ContainsRune("MAVGS", rune(text[0])):
		if err := b.oldAtomList(text); err != nil {
			return err
		}
	}
	for !b.eof && !strings.HasPrefix(text, "M  END") && !strings.HasPrefix(text, recordEnd) {
		if err := p.line(text); err != nil {
			return err
		}
		text = b.next()
	}
	if !strings.HasPrefix(text, "M  END") {
		return b.bad("the text ends without M  END")
	}
	return nil
}

// line reads one property, and the lines that belong to it.
func (p *properties) line(text string) error {
	head, _ := cut(text, 0, 6)
	switch {
	case text == "":
	case text[0] == 'A':
		alias := p.block.line
		p.next()
		return p.aside(text, "A  ", alias)
	case text[0] == 'G':
		p.next()
	case text[0] == 'V':
		if len(text) < 7 {
			return p.bad("the atom value line is too short: %q", text)
		}
		return p.aside(text, "V  ", p.block.line)
	case head == "S  SKP":
		return p.skip(text)
	default:
		if read := propertyLines[head]; read != nil {
			return read(p, text)
		}
		return p.groupLine(head, text)
	}
	return nil
}

// aside checks a line about an atom that says nothing about the graph: an alias, a value.
func (p *properties) aside(text, head string, line int) error {
	field, ok := cut(text, 3, 3)
	i, isNumber := wholeInt(field)
	if !strings.HasPrefix(text, head[:2]) || !ok || !isNumber || i < 1 || i > len(p.d.m.Atoms) {
		return atLine(line, molecule.CodeFormat, "%q names no atom; after %q an atom number takes three columns", text, head)
	}
	return nil
}

// skip passes the lines that an S  SKP line tells to skip.
func (p *properties) skip(text string) error {
	n, ok := integer(text[6:min(9, len(text))])
	if !ok || n < 0 {
		return p.bad("%q does not say how many lines to skip", text)
	}
	for range n {
		if p.eof {
			break
		}
		p.next()
	}
	return nil
}

// oldAtomList refuses a line of the old atom lists, which is a query, and what is none.
func (b *block) oldAtomList(text string) error {
	i, ok := wholeInt(text[:min(3, len(text))])
	if !ok || i < 1 || i > len(b.d.m.Atoms) || len(text) < 5 || text[4] != 'T' && text[4] != 'F' {
		return b.bad("%q is neither a property nor an atom list; are there as many bonds as the counts line says?", text)
	}
	return b.query("an atom list")
}

// pair is what a property line says of one atom or bond.
type pair struct {
	index, value int // from 0; 0
	given        bool
}

// pairs reads a count and so many pairs of an index from 1 to n and a value, four columns each. Where
// values may be missing, given tells.
func (p *properties) pairs(text string, n int, optional bool, number func(string) (int, bool)) ([]pair, error) {
	index := wholeInt
	if !optional {
		index = integer
	}
	field := text[6:min(9, len(text))]
	count, ok := index(field)
	if !ok {
		return nil, p.bad("%q in columns 7 to 9 is no number of entries", field)
	}
	var list []pair
	for at := 9; len(list) < count; at += 8 {
		first, ok := cut(text, at, 4)
		i, isNumber := index(first)
		if !ok || !isNumber || i < 1 || i > n {
			return nil, p.bad("entry %d of %q names %q; numbers go from 1 to %d", len(list)+1, text, first, n)
		}
		entry := pair{index: i - 1}
		field, ok := cut(text, at+4, 4)
		entry.given = !optional || ok && len(field) == 4 && field != "    "
		if entry.given {
			if entry.value, isNumber = number(field); !ok || !isNumber {
				return nil, p.bad("entry %d of %q has the value %q, which is no number", len(list)+1, text, field)
			}
		}
		list = append(list, entry)
	}
	return list, nil
}

// atomPairs are pairs that name atoms.
func (p *properties) atomPairs(text string, optional bool, number func(string) (int, bool)) ([]pair, error) {
	return p.pairs(text, len(p.d.m.Atoms), optional, number)
}

// dropCharges takes the charges of the atom block away, once: CHG and RAD lines replace them all.
func (p *properties) dropCharges() {
	if p.charged {
		return
	}
	p.charged = true
	for i := range p.d.m.Atoms {
		p.d.m.Atoms[i].Charge = 0
	}
}

func (p *properties) charge(text string) error {
	p.dropCharges()
	list, err := p.atomPairs(text, false, integer)
	for _, entry := range list {
		p.d.m.Atoms[entry.index].Charge = int8(entry.value)
	}
	return err
}

func (p *properties) radical(text string) error {
	p.dropCharges()
	list, err := p.atomPairs(text, false, integer)
	for _, entry := range list {
		electrons, ok := unpaired(entry.value)
		if !ok {
			return p.bad("radical %d of atom %d; 1 (singlet), 2 (doublet) and 3 (triplet) are known", entry.value, entry.index+1)
		}
		p.d.m.Atoms[entry.index].Radicals = electrons
	}
	return err
}

// unpaired counts the electrons of a radical's number: singlet, doublet, triplet.
func unpaired(number int) (electrons uint8, ok bool) {
	if number < 0 || number > 3 {
		return 0, false
	}
	return [...]uint8{0, 2, 1, 2}[number], true
}

func (p *properties) isotope(text string) error {
	list, err := p.atomPairs(text, true, integer)
	for _, entry := range list {
		if entry.given && entry.value >= 0 {
			p.d.m.Atoms[entry.index].Isotope = uint16(entry.value)
		}
	}
	return err
}

// count refuses a line that asks how many of something an atom has.
func (p *properties) count(text, what string) error {
	list, err := p.atomPairs(text, true, integer)
	for _, entry := range list {
		if entry.value != 0 {
			return p.query(what)
		}
	}
	return err
}

// rgroup labels R groups; the label becomes the isotope.
func (p *properties) rgroup(text string) error {
	field := text[6:min(9, len(text))]
	count, ok := integer(field)
	if !ok {
		return p.bad("%q in columns 7 to 9 is no number of entries", field)
	}
	for entry := range max(count, 0) {
		at := 10 + 8*entry
		first, _ := cut(text, at, 3)
		second, ok := cut(text, at+4, 3)
		i, isAtom := wholeInt(first)
		label, isLabel := wholeInt(second)
		if !ok || !isAtom || !isLabel || i < 1 || i > len(p.d.m.Atoms) {
			return p.bad("entry %d of %q labels no R group: it names atom %q and label %q", entry+1, text, first, second)
		}
		p.d.anyAtom[i-1] = true
		if label > 0 && label < 999 {
			p.d.m.Atoms[i-1].Isotope = uint16(label)
		}
	}
	return nil
}
