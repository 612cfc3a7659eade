package xyz

import (
	"strconv"
	"strings"

	"molserve/preprocess/molecule"
)

// defaultProperties are the columns of a plain XYZ file.
const defaultProperties = "species:S:1:pos:R:3"

// role says what a column is for.
type role uint8

const (
	other    role = iota // kept in Frame.Columns
	species              // symbols
	numbers              // atomic numbers; where it stands, symbols are not read
	position             // Å
	ignored
)

// roles of the names that ASE gives a meaning.
var roles = map[string]role{"species": species, "symbols": species, "Z": numbers, "numbers": numbers, "pos": position, "positions": position}

var typeOfLetter = map[string]Type{"R": Float, "I": Int, "S": String, "L": Bool}

// column is one entry of Properties.
type column struct {
	name  string
	role  role
	kind  Type
	width int
	slot  int // of role other: index in Frame.Columns
}

// layout is what Properties says: NAME:TYPE:WIDTH, repeated.
type layout struct {
	columns []column
	width   int // words a line
	others  int // columns of role other
}

// parseLayout reads Properties. Text after the last full triple is ignored, as ASE does.
func parseLayout(text string) (*layout, error) {
	l := new(layout)
	names := map[string]bool{}
	fields := strings.Split(text, ":")
	for ; len(fields) >= 3; fields = fields[3:] {
		c := column{name: fields[0], role: roles[fields[0]]}
		width, err := strconv.Atoi(strings.TrimSpace(fields[2]))
		kind, ok := typeOfLetter[fields[1]]
		if err != nil || !ok || width < 1 || width > maxWidth || c.name == "" || names[c.name] {
			return nil, refuse(molecule.CodeFormat, "Properties: %s is no column, or a second of its name", quoted([]byte(strings.Join(fields[:3], ":"))))
		}
		c.kind, c.width = kind, width
		names[c.name] = true
		l.width += width
		l.columns = append(l.columns, c)
	}
	if l.width > maxWidth {
		return nil, refuse(molecule.CodeTooLarge, "Properties: %d words a line; at most %d are read", l.width, maxWidth)
	}
	return l, l.assign()
}

// maxWidth bounds the words of an atom's line.
const maxWidth = 1 << 20

// assign checks the columns that have a meaning and numbers the others.
func (l *layout) assign() error {
	var seen [ignored + 1]int
	for i := range l.columns {
		c := &l.columns[i]
		seen[c.role]++
		if c.role == other {
			c.slot = l.others
			l.others++
		} else if !c.fits() {
			return refuse(molecule.CodeFormat, "Properties: column %s has not the type and width of what it names", c.name)
		}
	}
	if seen[position] != 1 || seen[species] > 1 || seen[numbers] > 1 || seen[species]+seen[numbers] == 0 {
		return refuse(molecule.CodeFormat, "Properties: one column pos:R:3 and one of species:S:1 or Z:I:1 are needed")
	}
	for i := range l.columns {
		if seen[numbers] > 0 && l.columns[i].role == species {
			l.columns[i].role = ignored
		}
	}
	return nil
}

// fits is true where the type and width can hold what the role needs. Species may be atomic numbers.
func (c *column) fits() bool {
	switch c.role {
	case species:
		return c.width == 1 && (c.kind == String || c.kind == Int)
	case numbers:
		return c.width == 1 && c.kind == Int
	case position:
		return c.width == 3 && (c.kind == Float || c.kind == Int)
	}
	return true
}
