package molfile

import (
	"slices"
	"strings"
)

// groupLine is a line about substance groups.
type groupLine struct {
	*properties
	text string
	at   int
}

// groupLines are the lines about groups that are read, or that RDKit refuses when they are wrong.
var groupLines = map[string]func(*groupLine) error{
	"STY": (*groupLine).kinds,
	"SAL": (*groupLine).members,
	"SBL": (*groupLine).members,
	"SPA": (*groupLine).members,
	"SST": func(l *groupLine) error { return l.words(3, 8, groupSubkinds, "subtype") },
	"SCN": func(l *groupLine) error { return l.words(2, 7, groupConnects, "connection") },
	"SDT": (*groupLine).fieldName,
	"SCD": (*groupLine).value,
	"SED": (*groupLine).value,
	"SMT": (*groupLine).rest,
	"SCL": (*groupLine).rest,
	"SDD": (*groupLine).known,
	"SDI": (*groupLine).bracket,
	"SBV": (*groupLine).bondVector,
	"SLB": func(l *groupLine) error { return l.numbers(1 << 40) },
	"SPL": func(l *groupLine) error { return l.numbers(1 << 40) },
	"SNC": func(l *groupLine) error { return l.numbers(256) },
	"SBT": func(l *groupLine) error { return l.numbers(1) },
	"SDS": (*groupLine).expanded,
	"SAP": (*groupLine).attachments,
	"CRS": func(l *groupLine) error { return l.bad("%q: CRS lines are not read", l.text) },
}

// groupLine reads a line about substance groups; other lines are skipped.
func (p *properties) groupLine(head, text string) error {
	if len(head) < 6 || !strings.HasPrefix(head, "M  ") {
		return nil
	}
	read := groupLines[head[3:]]
	if read == nil {
		return nil
	}
	return read(&groupLine{properties: p, text: text, at: 6})
}

// number reads the next field: a blank and three columns, of a count two.
func (l *groupLine) number(width int) (int, error) {
	field, ok := cut(l.text, l.at+1, width)
	n, isNumber := integer(field)
	if !ok || !isNumber {
		return 0, l.bad("columns %d to %d of %q are no number", l.at+2, l.at+1+width, l.text)
	}
	l.at += 1 + width
	return n, nil
}

// count reads how many entries follow, and refuses a negative number, of which there never are enough.
func (l *groupLine) count() (int, error) {
	n, err := l.number(2)
	if err == nil && n < 0 {
		err = l.short()
	}
	return n, err
}

func (l *groupLine) short() error { return l.bad("the line ends too early: %q", l.text) }

// group reads a group's number; nil when there is no such group, and the line says nothing then.
func (l *groupLine) group() (*group, error) {
	n, err := l.number(3)
	if err != nil {
		return nil, err
	}
	return l.groupOf[n], nil
}

// known reads a group's number.
func (l *groupLine) known() error {
	_, err := l.group()
	return err
}

// each reads a count and so many entries, each at least so long, that begin with a group.
func (l *groupLine) each(long int, do func(g *group) error) error {
	count, err := l.count()
	for entry := 0; err == nil && entry < count; entry++ {
		if len(l.text) < l.at+long {
			return l.short()
		}
		var g *group
		if g, err = l.group(); err == nil && g == nil {
			return nil
		}
		if err == nil {
			err = do(g)
		}
	}
	return err
}

// kinds begins groups: a number and a type each.
func (l *groupLine) kinds() error {
	count, err := l.count()
	for entry := 0; err == nil && entry < count; entry++ {
		if len(l.text) < l.at+8 {
			return l.short()
		}
		var n int
		if n, err = l.number(3); err != nil {
			return err
		}
		kind, _ := cut(l.text, l.at+1, 3)
		if !slices.Contains(groupKinds, kind) {
			return l.bad("group %d is of type %q; known are %v", n, kind, groupKinds)
		}
		l.at += 4
		l.newGroup(n, kind)
	}
	return err
}

// members adds atoms or bonds to a group.
func (l *groupLine) members() error {
	g, err := l.group()
	if err != nil || g == nil {
		return err
	}
	count, err := l.count()
	for entry := 0; err == nil && entry < count; entry++ {
		if len(l.text) < l.at+4 {
			return l.short()
		}
		var n int
		if n, err = l.number(3); err == nil {
			err = l.add(g, l.text[3:6], n)
		}
	}
	return err
}

// add makes atom or bond n, from 1, a member.
func (l *groupLine) add(g *group, line string, n int) error {
	most := len(l.d.m.Atoms)
	if line == "SBL" {
		most = len(l.d.m.Bonds)
	}
	switch i := int32(n - 1); {
	case n < 1 || n > most:
		return l.bad("%q names %d; numbers go from 1 to %d", l.text, n, most)
	case line == "SBL":
		g.addBond(i)
	case line == "SAL":
		g.addAtom(i)
	case !g.hasAtom[i]:
		return l.bad("%q names atom %d, which is not of the group", l.text, n)
	}
	return nil
}

// words checks entries of a group and a word.
func (l *groupLine) words(width, long int, known []string, what string) error {
	return l.each(long, func(*group) error {
		word, _ := cut(l.text, l.at+1, width)
		if !slices.Contains(known, word) {
			return l.bad("%s %q in %q; known are %v", what, word, l.text, known)
		}
		l.at += 4
		return nil
	})
}

// numbers checks entries of a group and a number up to most.
func (l *groupLine) numbers(most int) error {
	return l.each(8, func(*group) error {
		n, err := l.number(3)
		if err == nil && most < 1<<40 && (n < 0 || n > most) {
			return l.bad("%q has the value %d; it may be %d at most", l.text, n, most)
		}
		return err
	})
}

// rest checks a line of a group and a text.
func (l *groupLine) rest() error {
	g, err := l.group()
	if err == nil && g != nil && l.at+1 >= len(l.text) {
		return l.short()
	}
	return err
}

// expanded checks M  SDS EXP.
func (l *groupLine) expanded() error {
	if !strings.HasPrefix(l.text, "M  SDS EXP") {
		return l.bad("%q is no SDS EXP line", l.text)
	}
	l.at = 10
	return l.each(4, func(*group) error { return nil })
}
