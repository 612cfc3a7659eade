package xyz

import (
	"errors"
	"fmt"
	"io"
	"math"

	"molserve/preprocess/molecule"
)

// Options of a Reader. The zero value works.
type Options struct {
	MaxAtoms int // most atoms of a frame, default 1,000,000
	MaxLine  int // longest line in bytes, default 1 MiB
}

const (
	defaultMaxAtoms = 1_000_000
	defaultMaxLine  = 1 << 20
	// valuesPerAtom bounds the memory of a frame, with MaxAtoms: values in other columns.
	valuesPerAtom = 32
	leastAtoms    = 1024
	maxKeys       = 4096 // of a comment line
)

// Reader reads frames one by one; memory does not grow with their number.
type Reader struct {
	lines      *lines
	o          Options
	comment    comment
	text       []byte // the comment line of the frame
	properties string // that layout was made from
	layout     *layout
	names      map[string]string // keys that have been seen
	left       int               // lines of the frame that have not been read
	frames     int               // begun so far
	end        error             // what every further call returns
}

// NewReader reads plain or extended XYZ.
func NewReader(r io.Reader, o Options) *Reader {
	if o.MaxAtoms == 0 {
		o.MaxAtoms = defaultMaxAtoms
	}
	if o.MaxLine == 0 {
		o.MaxLine = defaultMaxLine
	}
	return &Reader{lines: newLines(r, o.MaxLine), o: o, names: map[string]string{}}
}

// Next returns the next frame, or io.EOF after the last one. A *[molecule.Error] refuses one frame,
// with its line, and the call after it returns the frame that follows. It is the last item where no
// next frame can be found: after a line that should be a number of atoms and is none, and after a
// frame that the end of the file cuts. Without any frame the only item is a refusal, empty. What the
// underlying reader fails with is returned as it is.
func (r *Reader) Next() (*Frame, error) {
	if r.end != nil {
		return nil, r.end
	}
	n, err := r.count()
	if err != nil {
		return nil, r.stop(err)
	}
	r.frames++
	r.left = min(n, math.MaxInt-1) + 1
	start := r.lines.n
	f, err := r.frame(n)
	if err == nil {
		f.Line = start
		return f, nil
	}
	var refusal *molecule.Error
	if !errors.As(err, &refusal) {
		return nil, r.stop(err)
	}
	if refusal.Line == 0 {
		refusal.Line = start
	}
	if err := r.skip(); err != nil {
		r.end = err // told by the next call
	}
	return nil, refusal
}

// stop ends the stream with err as its last item.
func (r *Reader) stop(err error) error {
	r.end = err
	var refusal *molecule.Error
	if errors.As(err, &refusal) {
		r.end = io.EOF
	}
	return err
}

// count reads a number of atoms. It returns io.EOF where the frames end.
func (r *Reader) count() (int, error) {
	line, err := r.lines.next()
	if err == errLong {
		return 0, r.atLine(molecule.CodeTooLarge, "line of more than %d bytes where a number of atoms should be", r.o.MaxLine)
	}
	if err == nil && r.lines.n == 1 && len(line) >= 3 && string(line[:3]) == "\ufeff" {
		line = line[3:]
	}
	if err == nil && len(trim(line)) == 0 {
		return 0, r.blanks()
	}
	if err == io.EOF && r.frames == 0 {
		return 0, &molecule.Error{Code: molecule.CodeEmpty, Message: "no frame", Offset: -1, Line: 1}
	}
	if err != nil {
		return 0, err
	}
	n, ok := parseInt(trim(line))
	if !ok || n < 0 {
		return 0, r.atLine(molecule.CodeFormat, "%q where a number of atoms should be; the rest is not read", quoted(line))
	}
	return int(n), nil
}

// blanks reads blank lines, which may only stand at the end. ASE stops at the first without a word;
// here what follows is refused, so that nothing is lost unnoticed.
func (r *Reader) blanks() error {
	for {
		line, err := r.lines.next()
		if err == io.EOF && r.frames == 0 {
			return &molecule.Error{Code: molecule.CodeEmpty, Message: "no frame", Offset: -1, Line: 1}
		}
		if err != nil && err != errLong {
			return err
		}
		if err == errLong || len(trim(line)) > 0 {
			return r.atLine(molecule.CodeFormat, "text after a blank line, which ends the frames; the rest is not read")
		}
	}
}

// frame reads what follows a number of atoms.
func (r *Reader) frame(n int) (*Frame, error) {
	switch {
	case n == 0:
		return nil, refuse(molecule.CodeEmpty, "no atoms")
	case n > r.o.MaxAtoms:
		return nil, refuse(molecule.CodeTooLarge, "%d atoms; at most %d are read", n, r.o.MaxAtoms)
	}
	line, err := r.line(n)
	if err != nil {
		return nil, err
	}
	f := new(Frame)
	text := trim(line)
	if err := r.keys(f, text); err != nil {
		return nil, r.at(err)
	}
	if l := r.layout; n*l.width > valuesPerAtom*max(r.o.MaxAtoms, leastAtoms) {
		return nil, r.atLine(molecule.CodeTooLarge, "%d atoms with %d values each", n, l.width)
	}
	r.text = append(r.text[:0], text...) // the line holds only until the next one is read
	if err := r.atoms(f, n); err != nil {
		return nil, err
	}
	commentLine := r.lines.n - n
	if err := r.vectors(f, r.text); err != nil {
		return nil, err
	}
	if f.Cell == nil {
		return f, nil
	}
	if err := checkCell(f.Cell, f.PBC); err != nil {
		return nil, atLine(err, commentLine)
	}
	if *f.Cell == [3][3]float64{} {
		f.Cell = nil
	}
	return f, nil
}

// atoms reads n lines.
func (r *Reader) atoms(f *Frame, n int) error {
	r.layout.start(f, n)
	for range n {
		line, err := r.line(n)
		if err != nil {
			return err
		}
		if err := r.layout.row(f, line); err != nil {
			return r.at(err)
		}
	}
	return nil
}

// line returns the next line of a frame of n atoms.
func (r *Reader) line(n int) ([]byte, error) {
	line, err := r.lines.next()
	switch err {
	case nil:
		r.left--
		return line, nil
	case errLong:
		r.left--
		return nil, r.atLine(molecule.CodeTooLarge, "line of more than %d bytes", r.o.MaxLine)
	case io.EOF:
		read := n + 1 - r.left - 1
		r.left = 0
		return nil, r.atLine(molecule.CodeFormat, "the file ends after %d of %d atoms", max(read, 0), n)
	}
	return nil, err
}

// skip reads the rest of a refused frame.
func (r *Reader) skip() error {
	for ; r.left > 0; r.left-- {
		if _, err := r.lines.next(); err != nil && err != errLong {
			return err
		}
	}
	for {
		line, err := r.lines.next()
		if err != nil && err != errLong {
			return err
		}
		if err == errLong || !isVector(line) {
			r.lines.hold()
			return nil
		}
	}
}

// at adds the line that was read last to a refusal.
func (r *Reader) at(err error) error { return atLine(err, r.lines.n) }

func atLine(err error, line int) error {
	var refusal *molecule.Error
	if errors.As(err, &refusal) && refusal.Line == 0 {
		refusal.Line = line
	}
	return err
}

func (r *Reader) atLine(code molecule.Code, format string, args ...any) error {
	return &molecule.Error{Code: code, Message: fmt.Sprintf(format, args...), Offset: -1, Line: r.lines.n}
}
