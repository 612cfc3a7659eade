package molfile

import "strings"

// fieldName reads M  SDT: the name of the data in 30 columns, type, units, query type and operator.
func (l *groupLine) fieldName() error {
	g, err := l.group()
	if err != nil || g == nil {
		return err
	}
	column := func(at, n int) string {
		field, _ := cut(l.text, at, n)
		return strings.TrimRight(field, " \t\n\v\f\r")
	}
	name := l.at + 1
	for _, field := range []struct {
		to   *string
		text string
	}{{&g.field, column(name, 30)}, {&g.query, column(name+52, 2)}, {&g.operand, column(name+54, len(l.text))}} {
		if field.text != "" {
			*field.to = field.text
		}
	}
	return nil
}

// maxValue is how much of a value counts, characters.
const maxValue = 200

// value reads M  SCD and M  SED: parts of a value of 69 columns each, the last one on SED.
func (l *groupLine) value() error {
	g, err := l.group()
	if err != nil || g == nil {
		return err
	}
	last := l.text[3:6] == "SED"
	switch {
	case l.open != 0 && l.open != g.number:
		return l.bad("%q belongs to another group than the line before", l.text)
	case last:
		l.open = 0
	default:
		l.open = g.number
		if l.parts > 2 {
			return l.bad("%q is the fourth line of one value; three are allowed", l.text)
		}
	}
	if l.at+1 >= len(l.text) {
		return nil
	}
	part, _ := cut(l.text, l.at+1, 69)
	l.partial += part
	l.parts++
	if last {
		whole := strings.TrimRight(l.partial, " \t\n\v\f\r")
		g.data = append(g.data, whole[:min(len(whole), maxValue)])
		l.partial, l.parts = "", 0
	}
	return nil
}

// bracket checks M  SDI: four coordinates.
func (l *groupLine) bracket() error {
	g, err := l.group()
	if err != nil || g == nil {
		return err
	}
	count, err := l.count()
	if err != nil || count != 4 {
		return l.bad("%q must have four coordinates", l.text)
	}
	return l.coordinates(4)
}

func (l *groupLine) coordinates(n int) error {
	for range n {
		if _, ok := decimal(l.text, l.at); !ok {
			return l.bad("columns %d to %d of %q are no coordinate", l.at+1, l.at+10, l.text)
		}
		l.at += 10
	}
	return nil
}

// bondVector checks M  SBV: a bond that leaves the group and, of an abbreviation, a vector.
func (l *groupLine) bondVector() error {
	g, err := l.group()
	if err != nil || g == nil {
		return err
	}
	k, err := l.number(3)
	if err == nil && g.kind == "SUP" {
		err = l.coordinates(2)
	}
	if err == nil && (k < 1 || k > len(l.d.m.Bonds) || !g.crosses(l.d.m, int32(k-1))) {
		return l.bad("%q names bond %d, which does not leave the group", l.text, k)
	}
	return err
}

// attachments checks M  SAP: atoms by which the group hangs on the rest.
func (l *groupLine) attachments() error {
	g, err := l.group()
	if err != nil || g == nil {
		return err
	}
	count, err := l.count()
	for entry := 0; err == nil && entry < count; entry++ {
		if len(l.text) < l.at+11 {
			return l.short()
		}
		var i, j int
		if i, err = l.number(3); err == nil {
			j, err = l.number(3)
		}
		if n := len(l.d.m.Atoms); err == nil && (i < 1 || i > n || j < 0 || j > n) {
			return l.bad("%q names atom %d or %d; there are atoms 1 to %d", l.text, i, j, n)
		}
		if err == nil {
			g.points = append(g.points, int32(i-1))
		}
		l.at += 3
	}
	return err
}
