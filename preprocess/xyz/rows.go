package xyz

import (
	"unicode/utf8"

	"molserve/preprocess/molecule"
)

// firstValues bounds the values that memory is taken for before they have been read.
const firstValues = 1 << 16

// start gives f room for n atoms.
func (l *layout) start(f *Frame, n int) {
	room := min(n, max(firstValues/l.width, 1))
	f.Numbers = make([]uint8, 0, room)
	f.Positions = make([][3]float64, 0, room)
	if l.others > 0 {
		f.Columns = make([]Named, l.others)
	}
	for _, c := range l.columns {
		if c.role != other {
			continue
		}
		a := &f.Columns[c.slot]
		a.Name, a.Type, a.Shape = c.name, c.kind, []int{n, c.width}[:min(c.width, 2)]
		room := room * c.width
		switch c.kind {
		case Float:
			a.Floats = make([]float64, 0, room)
		case Int:
			a.Ints = make([]int64, 0, room)
		case Bool:
			a.Bools = make([]bool, 0, room)
		default:
			a.Strings = make([]string, 0, room)
		}
	}
}

// row reads the line of one atom. Words after the last column are ignored, as ASE does.
func (l *layout) row(f *Frame, line []byte) error {
	i := 0
	for k := range l.columns {
		c := &l.columns[k]
		var err error
		switch {
		case c.role == other && c.kind == Float:
			i, err = c.floats(&f.Columns[c.slot].Array, line, i)
		case c.role == other:
			i, err = c.words(&f.Columns[c.slot].Array, line, i)
		case c.role == position:
			i, err = c.position(f, line, i)
		default:
			i, err = c.element(f, line, i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// float reads the next word as a number; ok is false when it is none.
func float(line []byte, i int) (x float64, next int, ok bool) {
	for i < len(line) && blank[line[i]] {
		i++
	}
	x, n := scanFloat(line[i:])
	if next = i + n; n > 0 && (next == len(line) || blank[line[next]]) {
		return x, next, true
	}
	begin, end := token(line, i)
	x, ok = parseFloat(line[begin:end])
	return x, end, ok
}

func (c *column) floats(a *Array, line []byte, i int) (int, error) {
	for range c.width {
		x, next, ok := float(line, i)
		if !ok {
			return i, c.refuse(line, i, "a number")
		}
		a.Floats = append(a.Floats, x)
		i = next
	}
	return i, nil
}

func (c *column) position(f *Frame, line []byte, i int) (int, error) {
	var p [3]float64
	for a := range p {
		x, next, ok := float(line, i)
		if !ok {
			return i, c.refuse(line, i, "a number")
		}
		if !inRange(x) {
			return i, refuse(molecule.CodeFormat, "coordinate %v; coordinates must be finite and within %g Å", x, maxLength)
		}
		p[a], i = x, next
	}
	f.Positions = append(f.Positions, p)
	return i, nil
}

// element reads a symbol or an atomic number.
func (c *column) element(f *Frame, line []byte, i int) (int, error) {
	begin, end := token(line, i)
	if begin == end {
		return i, c.refuse(line, i, "a symbol")
	}
	if c.role == ignored {
		return end, nil
	}
	word := line[begin:end]
	if c.role == numbers && word[0]-'0' > 9 {
		return i, c.refuse(line, i, "an atomic number")
	}
	z, ok := elementOf(word)
	if !ok {
		return i, refuse(molecule.CodeBadElement, "no element is called %q", quoted(word))
	}
	f.Numbers = append(f.Numbers, z)
	return end, nil
}

// words reads what is not a float.
func (c *column) words(a *Array, line []byte, i int) (int, error) {
	for range c.width {
		begin, end := token(line, i)
		if begin == end || !a.push(line[begin:end]) {
			return i, c.refuse(line, i, wanted[c.kind])
		}
		i = end
	}
	return i, nil
}

var wanted = map[Type]string{Int: "an integer", Bool: "T or F", String: "UTF-8 text"}

func (a *Array) push(word []byte) (ok bool) {
	switch a.Type {
	case Int:
		var x int64
		x, ok = parseInt(word)
		a.Ints = append(a.Ints, x)
	case Bool:
		var x bool
		x, ok = parseColumnBool(word)
		a.Bools = append(a.Bools, x)
	default:
		ok = utf8.Valid(word)
		a.Strings = append(a.Strings, string(word))
	}
	return ok
}

// parseColumnBool reads what ASE reads as true or false in a column. ASE takes every other word for
// false; here it is refused.
func parseColumnBool(b []byte) (value, ok bool) {
	switch string(b) {
	case "T", "True":
		return true, true
	case "F", "False":
		return false, true
	}
	return false, false
}

// refuse says what stands at line[i:] instead of what is wanted.
func (c *column) refuse(line []byte, i int, want string) error {
	begin, end := token(line, i)
	if begin == end {
		return refuse(molecule.CodeFormat, "the line ends before column %s is full; %s is missing", c.name, want)
	}
	return refuse(molecule.CodeFormat, "column %s: %q is not %s", c.name, quoted(line[begin:end]), want)
}
