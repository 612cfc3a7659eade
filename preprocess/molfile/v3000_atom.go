package molfile

import (
	"math"
	"strings"

	"molserve/preprocess/molecule"
)

// notFinite tells the other numbers that C's atof reads: nan and inf.
func notFinite(text string) bool {
	text = strings.TrimLeft(strings.TrimLeft(text, blanks), "+-")
	return len(text) >= 3 && (strings.EqualFold(text[:3], "nan") || strings.EqualFold(text[:3], "inf"))
}

// atomV3000 reads number, symbol, x, y, z, map number and KEY=value …
func (b *block) atomV3000(list []string) error {
	if len(list) < 6 {
		return b.bad("the atom line is too short; it needs number, symbol, x, y, z and map number")
	}
	a, any, err := b.symbolV3000(strings.Trim(list[1], " \t\r\n"))
	if err != nil {
		return err
	}
	var at [3]float64
	for axis := range at {
		at[axis] = leadingFloat(list[2+axis])
		if notFinite(list[2+axis]) {
			at[axis] = math.NaN() // which addAtom refuses
		}
	}
	if n := leadingInt(strings.TrimPrefix(strings.TrimLeft(list[5], " \t\n\v\f\r"), "+")); n > 0 {
		a.Map = int32(n)
	}
	i, err := b.addAtom(a, at, any)
	if err != nil {
		return err
	}
	if b.marks == nil {
		b.marks = map[int]int32{}
	}
	number := max(leadingInt(list[0]), 0)
	if _, taken := b.marks[number]; !taken {
		b.marks[number] = int32(i)
	}
	w := atomWords{block: b, i: i}
	for _, token := range list[6:] {
		key, value, ok := assignment(token)
		if !ok {
			return b.bad("%q is no KEY=value of an atom", token)
		}
		if err := w.read(key, value); err != nil {
			return err
		}
	}
	return nil
}

// symbolV3000 knows atom lists, which are queries.
func (b *block) symbolV3000(symbol string) (a molecule.Atom, any bool, err error) {
	rest, not := strings.CutPrefix(upper(symbol), "NOT")
	switch {
	case symbol == "":
		return a, false, b.bad("the atom has no symbol")
	case not && len(symbol) > 3:
		if strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), "[") {
			return a, false, b.query("an atom list")
		}
		return a, false, b.bad("%q: NOT stands before atom lists only", symbol)
	case symbol[0] == '[':
		return a, false, b.query("an atom list")
	}
	return b.symbolAtom(symbol)
}

// atomWords reads the KEY=value of one atom.
type atomWords struct {
	*block
	i        int
	attached bool
}

// read reads one; RDKit takes those that it does not know.
func (w *atomWords) read(key, value string) error {
	a := &w.d.m.Atoms[w.i]
	switch key {
	case "CHG":
		n, err := w.number(key, value)
		a.Charge = int8(n)
		return w.plain(key, value, err)
	case "RAD":
		n, err := w.number(key, value)
		electrons, ok := unpaired(n)
		if err == nil && !ok {
			err = w.bad("RAD=%s; 1 (singlet), 2 (doublet) and 3 (triplet) are known", value)
		}
		if n != 0 {
			a.Radicals = electrons
		}
		return err
	case "MASS":
		return w.mass(value)
	case "CFG":
		n, err := w.number(key, value)
		if err == nil && (n < 0 || n > 3) {
			err = w.bad("CFG=%s of an atom; 0 to 3 are known", value)
		}
		return err
	case "VAL":
		n, err := w.number(key, value)
		w.askValence(w.i, n)
		return err
	case "RGROUPS":
		return w.rgroups(value)
	}
	return w.readRare(key, value)
}

// readRare reads what a query says, and checks what says nothing about the graph.
func (w *atomWords) readRare(key, value string) error {
	switch key {
	case "HCOUNT", "RBCNT", "SUBST":
		n, err := w.number(key, value)
		if err == nil && value != "0" && (key != "SUBST" || n != 0) {
			err = w.query("%s=%s", key, value)
		}
		return err
	case "UNSAT":
		if value == "1" {
			return w.query("UNSAT=1")
		}
	case "STBOX", "EXACHG", "INVRET", "SEQID":
		_, err := w.number(key, value)
		return err
	case "ATTCHPT":
		if value == "0" {
			return nil
		}
		if w.attached {
			return w.bad("a second ATTCHPT of one atom")
		}
		w.attached = true
		_, err := w.number(key, value)
		return err
	case "ATTCHORD":
		return w.attachmentOrder(value)
	}
	return nil
}

// number reads a value that is one.
func (w *atomWords) number(key, value string) (int, error) {
	n, ok := integer(value)
	if !ok {
		return 0, w.bad("%s=%s; the value is no number", key, value)
	}
	return n, nil
}

// mass reads an isotope, of which decimals are cut.
func (w *atomWords) mass(value string) error {
	n, ok := integer(value)
	if !ok && strings.Trim(value, "0123456789 +-,.") == "" {
		x := math.Floor(leadingFloat(value))
		n, ok = int(x), x >= 0 && x < math.MaxInt32
	}
	if !ok || n < 0 {
		return w.bad("MASS=%s is no mass number", value)
	}
	w.d.m.Atoms[w.i].Isotope = uint16(n)
	return w.plain("MASS", value, nil)
}

// plain refuses what is a condition when the atom may be any.
func (w *atomWords) plain(key, value string, err error) error {
	if err == nil && w.d.anyAtom[w.i] {
		return w.query("%s=%s of an atom that may be any", key, value)
	}
	return err
}

// rgroups reads (n label …); the last label becomes the isotope.
func (w *atomWords) rgroups(value string) error {
	inside, opens := strings.CutPrefix(value, "(")
	inside, closes := strings.CutSuffix(inside, ")")
	fields := strings.Split(inside, " ")
	count, ok := wholeInt(fields[0])
	if !opens || !closes || !ok || count < 0 || count >= len(fields) {
		return w.bad("RGROUPS=%s; (1 2) is the group R2", value)
	}
	for _, field := range fields[1 : count+1] {
		label, ok := wholeInt(field)
		if !ok {
			return w.bad("RGROUPS=%s has the label %q, which is no number", value, field)
		}
		w.d.m.Atoms[w.i].Isotope = uint16(label)
		w.d.anyAtom[w.i] = true
	}
	return nil
}

// attachmentOrder checks the order of the atoms next to one: a number, or (n atom label …) of a template.
func (w *atomWords) attachmentOrder(value string) error {
	inside, template := strings.CutPrefix(value, "(")
	if !template {
		_, err := w.number("ATTCHORD", value)
		return err
	}
	fields := strings.FieldsFunc(strings.TrimSuffix(inside, ")"), func(r rune) bool { return r == ' ' || r == '\t' })
	if len(fields) == 0 || len(fields)%2 == 0 {
		return w.bad("ATTCHORD=%s; it must list atoms and labels", value)
	}
	count, ok := integer(fields[0])
	atoms, labels := map[int]bool{}, map[string]bool{}
	for at := 1; at < len(fields); at += 2 {
		n, isNumber := integer(fields[at])
		label := fields[at+1]
		ok = ok && isNumber && !atoms[n] && !labels[label]
		atoms[n], labels[label] = true, true
	}
	if !ok || count != len(fields)-1 {
		return w.bad("ATTCHORD=%s; it must list so many different atoms and labels as it says", value)
	}
	return nil
}
