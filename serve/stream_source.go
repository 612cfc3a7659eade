package serve

import (
	"errors"
	"io"
	"strings"

	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/stream"
)

// input is a row of a stream as it was read.
type input struct {
	record  preprocess.Record
	refused *molecule.Error // it could not be read; the record is then empty
}

// source reads the rows of a stream one by one, io.EOF after the last. Any other error ends the stream.
type source interface{ next() (input, error) }

// bounds are what a row may have, and where in it to look.
type bounds struct {
	bytes  int
	atoms  int    // of a frame
	column string // of CSV, with the SMILES; empty: the one named smiles
}

// opener begins to read rows.
type opener func(io.Reader, bounds) (source, error)

// openers are the media types that are read row by row.
var openers = map[string]opener{
	mediaCSV:    openFile(stream.CSV),
	mediaXYZ:    openFile(stream.XYZ),
	mediaSDF:    openFile(stream.SDF),
	mediaSMILES: openLines((*lines).smiles),
	mediaNDJSON: openLines((*lines).molecule),
}

func openFile(f stream.Format) opener {
	return func(from io.Reader, b bounds) (source, error) {
		in, err := stream.Open(from, f, stream.Options{SMILESColumn: b.column, MaxBytes: b.bytes, MaxAtoms: b.atoms})
		return file{in}, badFile(err)
	}
}

// file is a source of structures or of CSV. Where no next row can be found the last one says so.
type file struct{ in stream.Reader }

func (f file) next() (input, error) {
	item, err := f.in.Next()
	if err != nil {
		return input{}, badFile(err)
	}
	return input{item.Record, item.Err}, nil
}

// badFile is an error of a table, which are the only files that have any, or of the body beneath.
func badFile(err error) error {
	var f *fault
	switch {
	case err == nil, err == io.EOF, errors.Is(err, errCut):
		return err
	case errors.As(err, &f):
		return f
	}
	return refuse(codeBadCSV, "%s", strings.TrimPrefix(err.Error(), "CSV: "))
}

// lines is a source of a row a line. An empty line is a row, so that rows and lines keep step; only what
// follows the last line feed is no line when empty.
type lines struct {
	in   *stream.Lines
	max  int
	n    int
	read func(*lines, string) input
}

func openLines(read func(*lines, string) input) opener {
	return func(from io.Reader, b bounds) (source, error) {
		return &lines{in: stream.NewLines(from, b.bytes), max: b.bytes, read: read}, nil
	}
}

func (l *lines) next() (input, error) {
	line, err := l.in.Next()
	if err != nil {
		return input{}, err
	}
	l.n++
	if len(line) > l.max {
		why := molecule.Refuse(molecule.CodeTooLong, -1, "a line of more than %d bytes", l.max)
		why.Line = l.n
		return input{refused: why}, nil
	}
	return l.read(l, string(line)), nil
}

// smiles is a molecule, its name after white space.
func (*lines) smiles(line string) input { return input{record: smilesLine(line)} }

// molecule is an object of a request's molecules.
func (l *lines) molecule(line string) input {
	r := newReader(line)
	rec, err := parseMolecule(r)
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return input{refused: lineError(refuseJSON(err), l.n)}
	}
	return input{record: rec}
}

func smilesLine(line string) preprocess.Record {
	line = strings.TrimSpace(line)
	smiles, name := line, ""
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		smiles, name = line[:i], strings.TrimSpace(line[i:])
	}
	return preprocess.Record{Kind: preprocess.SMILES, Text: smiles, ID: name}
}

// lineError is the refusal of line n, which the reader refused.
func lineError(err error, n int) *molecule.Error {
	f := explain(err)
	message := f.message
	if f.pointer != "" {
		message = f.pointer + ": " + message
	}
	return &molecule.Error{Code: molecule.CodeFormat, Message: message, Offset: -1, Line: n}
}
