package molfile

import (
	"strings"
)

// lineV3000 reads a logical line: it may go on over lines that end with -. Behind M  V30 and a blank.
func (b *block) lineV3000() (string, error) {
	var whole strings.Builder
	for {
		text, found := strings.CutPrefix(b.next(), "M  V30 ")
		if !found {
			if b.eof {
				return "", b.bad("the text ends inside a V3000 block")
			}
			return "", b.bad(`the line does not begin with "M  V30 "`)
		}
		text, more := strings.CutSuffix(text, "-")
		whole.WriteString(text)
		if !more {
			return whole.String(), nil
		}
	}
}

// upperV3000 reads a line whose words may be written small.
func (b *block) upperV3000() (string, error) {
	text, err := b.lineV3000()
	return upper(text), err
}

// upper makes ASCII letters capitals.
func upper(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, text)
}

// expect reads a line that must begin with the words.
func (b *block) expect(words string, read func() (string, error)) error {
	text, err := read()
	if err == nil && !strings.HasPrefix(text, words) {
		err = b.bad("the line must begin with %q, it is %q", words, text)
	}
	return err
}

// readV3000 reads a table from BEGIN CTAB to M  END.
func (b *block) readV3000() error {
	if err := b.expect("BEGIN CTAB", b.upperV3000); err != nil {
		return err
	}
	c, err := b.countsV3000()
	if err != nil {
		return err
	}
	if err := b.begin(c.atoms); err != nil {
		return err
	}
	if err := b.tableV3000(c); err != nil {
		return err
	}
	text, err := b.upperV3000()
	for err == nil && len(text) > 8 && strings.HasPrefix(text, "LINKNODE") {
		text, err = b.upperV3000()
	}
	if err != nil {
		return err
	}
	if err := b.blocksV3000(text, c); err != nil {
		return err
	}
	if !strings.HasPrefix(b.next(), "M  END") {
		return b.bad("M  END must follow END CTAB")
	}
	b.decideDimension()
	return nil
}

// countsLine is what COUNTS na nb nsg n3d chiral says.
type countsLine struct{ atoms, bonds, groups, objects, chiral int }

func (b *block) countsV3000() (c countsLine, err error) {
	text, err := b.upperV3000()
	if err != nil {
		return c, err
	}
	rest, found := strings.CutPrefix(text, "COUNTS ")
	fields := strings.FieldsFunc(strings.Trim(rest, " \t\n\v\f\r"), func(r rune) bool { return r == ' ' || r == '\t' })
	if !found || len(fields) < 2 {
		return c, b.bad("%q is no counts line; COUNTS and the numbers of atoms and bonds must be there", text)
	}
	numbers := []*int{&c.atoms, &c.bonds, &c.groups, &c.objects, &c.chiral}
	for at, field := range fields[:min(len(fields), len(numbers))] {
		n, ok := unsigned(field)
		if !ok {
			return c, b.bad("the counts line has %q where a number must stand", field)
		}
		*numbers[at] = n
	}
	b.d.chiral = c.chiral != 0
	return c, nil
}

// tableV3000 reads the atoms and the bonds.
func (b *block) tableV3000(c countsLine) error {
	for _, part := range []struct {
		name string
		n    int
		read func([]string) error
	}{{"ATOM", c.atoms, b.atomV3000}, {"BOND", c.bonds, b.bondV3000}} {
		if part.n == 0 {
			continue
		}
		if err := b.expect("BEGIN "+part.name, b.lineV3000); err != nil {
			return err
		}
		for range part.n {
			text, err := b.lineV3000()
			if err != nil {
				return err
			}
			if err := part.read(tokens(strings.Trim(text, " \t\r\n"))); err != nil {
				return err
			}
		}
		if err := b.expect("END "+part.name, b.lineV3000); err != nil {
			return err
		}
	}
	return nil
}

// blocksV3000 reads what follows the bonds, from the line at hand to END CTAB.
func (b *block) blocksV3000(text string, c countsLine) (err error) {
	groups, objects := false, false
	for err == nil && len(text) > 5 && strings.HasPrefix(text, "BEGIN") {
		switch {
		case strings.HasPrefix(text, "BEGIN SGROUP"):
			if groups || c.groups == 0 {
				return b.bad("substance groups that the counts line does not announce, or a second block of them")
			}
			groups = true
			err = b.groupsV3000(c.groups)
		case strings.HasPrefix(text[6:], "COLLECTION"):
			err = b.collections()
		case strings.HasPrefix(text, "BEGIN OBJ3D"):
			if objects || c.objects == 0 {
				return b.bad("3D objects that the counts line does not announce, or a second block of them")
			}
			objects = true
			err = b.skipObjects(c.objects)
		default:
			err = b.skipBlock()
		}
		if err == nil {
			text, err = b.upperV3000()
		}
	}
	switch {
	case err != nil:
		return err
	case c.groups > 0 && !groups:
		return b.bad("the counts line announces %d substance groups; there is no BEGIN SGROUP", c.groups)
	case c.objects > 0 && !objects:
		return b.bad("the counts line announces %d 3D objects; there is no BEGIN OBJ3D", c.objects)
	case !strings.HasPrefix(text, "END CTAB"):
		return b.bad("END CTAB must stand here, it is %q", text)
	}
	return nil
}

// skipBlock passes a block that says nothing about the graph.
func (b *block) skipBlock() error {
	for {
		text, err := b.lineV3000()
		if err != nil || strings.HasPrefix(text, "END") {
			return err
		}
	}
}

// skipObjects passes so many 3D objects.
func (b *block) skipObjects(n int) error {
	for range n {
		if _, err := b.lineV3000(); err != nil {
			return err
		}
	}
	return b.expect("END OBJ3D", b.upperV3000)
}
