package molfile

import (
	"slices"
	"strings"

	"molserve/preprocess/molecule"
)

// groupsV3000 reads so many substance groups and the END SGROUP behind them.
func (b *block) groupsV3000(n int) error {
	if most := b.o.Budget.Of(maxGroups); n > most {
		return b.refuseWork(molecule.CodeTooLarge, "%d substance groups, more than %d", n, most)
	}
	text, err := b.lineV3000()
	if err != nil {
		return err
	}
	defaults := ""
	if strings.HasPrefix(text, "DEFAULT") && len(text) > 8 {
		defaults = trimRight(text[7:])
		text, err = b.lineV3000()
	}
	if len(defaults)*n > b.o.Budget.Of(maxDefaults) {
		return b.refuseWork(molecule.CodeTooLong, "%d groups take %d bytes of defaults each", n, len(defaults))
	}
	for range n {
		if err != nil {
			return err
		}
		if err := b.groupV3000(trimRight(text), defaults); err != nil {
			return err
		}
		text, err = b.lineV3000()
	}
	if err == nil && !strings.HasPrefix(upper(text), "END SGROUP") {
		err = b.bad("END SGROUP must stand here, behind %d groups", n)
	}
	return err
}

// Shares of the work budget of a record.
const (
	maxGroups   = 100_000
	maxDefaults = 32 << 20 // bytes of defaults that are read again for each group
)

func trimRight(text string) string { return strings.TrimRight(text, " \t\n\v\f\r") }

// groupV3000 reads number, type, another number and LABEL=value …
func (b *block) groupV3000(text, defaults string) error {
	s := scanner{text: text}
	number, kind := s.integer(), s.word()
	s.integer()
	if !slices.Contains(groupKinds, kind) {
		return b.bad("the substance group is of type %q; known are %v", kind, groupKinds)
	}
	g, fresh := b.newGroup(number, kind)
	if !fresh {
		return b.bad("a second substance group with the number %d", number)
	}
	l := labels{block: b, g: g, seen: map[string]bool{}}
	if err := l.read(&s); err != nil {
		return err
	}
	l.defaults = true
	return l.read(&scanner{text: defaults})
}

// labels reads the LABEL=value of one group.
type labels struct {
	*block
	g        *group
	seen     map[string]bool
	defaults bool // those of the DEFAULT line, which hold where the group has none
}

func (l *labels) read(s *scanner) error {
	for !s.failed && s.at < len(s.text) {
		if c := s.take(); c != ' ' {
			return l.bad("%q stands where a blank must separate the labels of a substance group", c)
		}
		name := s.until('=')
		switch {
		case name == "":
			continue
		case l.defaults && l.seen[name]:
			if err := l.pass(s, name); err != nil {
				return err
			}
			continue
		case !l.label(name, s):
			return l.bad("%s of substance group %d is wrong", name, l.g.number)
		}
		l.seen[name] = l.seen[name] || !l.defaults
	}
	return nil
}

// pass skips a default that the group has overridden.
func (l *labels) pass(s *scanner, name string) error {
	switch s.peek() {
	case ' ':
		return l.bad("the default of %s is empty", name)
	case '(':
		s.until(')')
		s.take()
	case '"':
		s.take()
		s.until('"')
	default:
		s.word()
	}
	return nil
}

// label reads one value. False: RDKit refuses it.
func (l *labels) label(name string, s *scanner) bool {
	switch name {
	case "ATOMS", "PATOMS":
		return l.members(name, s, l.marks, len(l.d.m.Atoms))
	case "CBONDS", "XBONDS":
		return l.members(name, s, l.bondMarks, len(l.d.m.Bonds))
	case "XBHEAD", "XBCORR":
		_, ok := s.list(len(l.d.m.Bonds))
		return ok
	case "BRKXYZ":
		return s.bracket()
	case "CSTATE":
		return l.bondVector(s)
	case "SAP":
		return l.attachment(s)
	case "PARENT":
		s.integer()
		return !s.failed
	case "COMPNO":
		n := s.integer()
		return n >= 0 && n <= 256
	}
	return l.word(name, s.value())
}

// word reads a value that is a text.
func (l *labels) word(name, value string) bool {
	switch name {
	case "FIELDDATA":
		l.g.data = append(l.g.data, value[:min(len(value), maxValue)])
	case "FIELDNAME":
		l.g.field = value
	case "QUERYTYPE":
		l.g.query = value
	case "QUERYOP":
		l.g.operand = value
	case "SUBTYPE":
		return slices.Contains(groupSubkinds, value)
	case "CONNECT":
		return slices.Contains(groupConnects, value)
	case "CLASS":
		return slices.Contains(groupClasses, value)
	}
	return true
}

// members reads atoms or bonds by their numbers.
func (l *labels) members(name string, s *scanner, marks map[int]int32, most int) bool {
	numbers, ok := s.list(most)
	if !ok {
		return false
	}
	for _, n := range numbers {
		member, found := marks[n]
		switch {
		case !found:
			return false
		case name == "ATOMS":
			l.g.addAtom(member)
		case name != "PATOMS":
			l.g.addBond(member)
		case !l.g.hasAtom[member]:
			return false
		}
	}
	return true
}

// bondVector checks CSTATE: (1 bond), of an abbreviation (4 bond x y z).
func (l *labels) bondVector(s *scanner) bool {
	opened := s.take() == '('
	count, k, want := s.integer(), s.integer(), 1
	if l.g.kind == "SUP" {
		want = 4
		for range 3 {
			s.float()
		}
	}
	s.take()
	member, found := l.bondMarks[k]
	return opened && count == want && found && l.g.crosses(l.d.m, member)
}

// attachment checks SAP: (3 atom leaving-atom id).
func (l *labels) attachment(s *scanner) bool {
	opened := s.take() == '('
	s.integer()
	point, found := l.marks[s.integer()]
	leaving, id := upper(s.word()), s.word()
	if !opened || s.failed || !strings.HasSuffix(id, ")") || !found {
		return false
	}
	l.g.points = append(l.g.points, point)
	n, ok := integer(leaving)
	_, found = l.marks[n]
	return leaving == "AIDX" || ok && (n == 0 || found)
}
