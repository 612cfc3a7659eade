package xyz

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"molserve/preprocess/molecule"
)

// Writer writes extended XYZ that ASE, and Reader, read back to the same values: floats in the fewest
// digits that give them back, strings that look like something else as JSON.
type Writer struct {
	w   *bufio.Writer
	buf []byte
}

// NewWriter writes to w; call Flush at the end.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Flush writes what is still in memory.
func (w *Writer) Flush() error { return w.w.Flush() }

// Write writes one frame. A frame that could not be read back equal is refused with a
// *[molecule.Error], and nothing of it is written.
func (w *Writer) Write(f *Frame) error {
	if err := f.Check(); err != nil {
		return err
	}
	dst, err := appendComment(strconv.AppendInt(w.buf[:0], int64(f.N()), 10), f)
	if err != nil {
		return err
	}
	for i := range f.Numbers {
		dst = append(dst, symbolOf(f.Numbers[i])...)
		for _, x := range f.Positions[i] {
			dst = appendReal(append(dst, ' '), x)
		}
		for k := range f.Columns {
			if dst, err = appendRow(dst, &f.Columns[k], i); err != nil {
				return err
			}
		}
		dst = append(dst, '\n')
	}
	w.buf = dst
	_, err = w.w.Write(dst)
	return err
}

// appendComment writes the comment line with both its ends.
func appendComment(dst []byte, f *Frame) ([]byte, error) {
	dst = append(dst, '\n')
	if f.Cell != nil {
		dst = append(dst, `Lattice="`...)
		for i := range 9 {
			dst = append(appendReal(dst, f.Cell[i/3][i%3]), ' ')
		}
		dst[len(dst)-1] = '"'
		dst = append(dst, ' ')
	}
	dst, err := appendProperties(dst, f.Columns)
	if err != nil {
		return nil, err
	}
	for i, k := range f.Info {
		if slices.ContainsFunc(f.Info[:i], func(n Named) bool { return n.Name == k.Name }) {
			return nil, refuse(molecule.CodeFormat, "key %q stands twice", k.Name)
		}
		if dst, err = appendKey(append(dst, ' '), &k); err != nil {
			return nil, err
		}
	}
	dst = append(dst, ` pbc="`...)
	for _, repeats := range f.PBC {
		dst = append(appendBool(dst, repeats), ' ')
	}
	dst[len(dst)-1] = '"'
	return append(dst, '\n'), nil
}

var letterOfType = map[Type]string{Float: "R", Int: "I", String: "S", Bool: "L"}

func appendProperties(dst []byte, columns []Named) ([]byte, error) {
	text := defaultProperties
	for _, c := range columns {
		width := 1
		if len(c.Shape) == 2 {
			width = c.Shape[1]
		}
		text += fmt.Sprintf(":%s:%s:%d", c.Name, letterOfType[c.Type], width)
	}
	// What is written must be what was meant: no name with a colon, none twice, none with a meaning.
	l, err := parseLayout(text)
	if err != nil {
		return nil, err
	}
	if l.others != len(columns) || len(l.columns) != len(columns)+2 || strings.ContainsAny(text, "\r\n") {
		return nil, refuse(molecule.CodeFormat, "the names of the columns cannot be written: %s", quoted([]byte(text)))
	}
	return appendWord(append(dst, "Properties="...), text), nil
}

// appendRow writes the values of atom i.
func appendRow(dst []byte, c *Named, i int) ([]byte, error) {
	width := c.Len() / c.Shape[0]
	for k := i * width; k < (i+1)*width; k++ {
		dst = append(dst, ' ')
		switch c.Type {
		case Float:
			dst = appendReal(dst, c.Floats[k])
		case Int:
			dst = strconv.AppendInt(dst, c.Ints[k], 10)
		case Bool:
			dst = appendBool(dst, c.Bools[k])
		default:
			word := c.Strings[k]
			if begin, end := token([]byte(word), 0); word == "" || begin > 0 || end < len(word) {
				return nil, refuse(molecule.CodeFormat, "column %s, atom %d: %q is not one word", c.Name, i, quoted([]byte(word)))
			}
			dst = append(dst, word...)
		}
	}
	return dst, nil
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 'T')
	}
	return append(dst, 'F')
}

// appendReal writes x so that it reads back as a float, not as an integer.
func appendReal(dst []byte, x float64) []byte {
	n := len(dst)
	dst = appendFloat(dst, x)
	for _, c := range dst[n:] {
		if c != '-' && c-'0' > 9 {
			return dst
		}
	}
	return append(dst, ".0"...)
}
