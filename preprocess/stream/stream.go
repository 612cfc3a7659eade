// Package stream reads records one by one from a file or a pipe, in constant memory: SMILES lines,
// CSV with a SMILES column, NDJSON, SD files, frames of plain or extended XYZ. One item comes out for every record that goes in, in order.
package stream

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"molserve/preprocess"
	"molserve/preprocess/molecule"
)

// Format names the form of a file.
type Format string

// The forms that are read.
const (
	SMI    Format = "smi"
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
	XYZ    Format = "xyz"
	SDF    Format = "sdf"
)

// Formats lists the forms that are read.
var Formats = []Format{SMI, CSV, NDJSON, XYZ, SDF}

// Kind is what every record of a file of the form is; empty when each says it of itself.
func (f Format) Kind() preprocess.Kind {
	switch f {
	case SMI, CSV:
		return preprocess.SMILES
	case XYZ:
		return preprocess.XYZ
	case SDF:
		return preprocess.SDF
	}
	return ""
}

// Item is one record, with the columns it came with.
type Item struct {
	Record preprocess.Record
	Cells  []string        // one for each of Columns
	Err    *molecule.Error // the record cannot even be read; Record is then empty
}

// Reader yields items until io.EOF.
type Reader interface {
	// Columns names the cells of every item.
	Columns() []string
	// Next returns the next item, io.EOF after the last, or the error that ends the stream.
	Next() (Item, error)
}

// Options of Open. The zero value works.
type Options struct {
	SMILESColumn string // of CSV; empty: the one named smiles, whatever its case
	MaxBytes     int    // longest record or line of XYZ, default DefaultMaxBytes, of an SD file 16 MiB; what is longer is refused
	MaxAtoms     int    // of a frame of XYZ; default: the limit of xyz.Reader
}

// DefaultMaxBytes is the default of Options.MaxBytes but for SD files.
const DefaultMaxBytes = 1 << 20

// Open starts reading. It fails when the format is unknown or a header cannot be used.
func Open(r io.Reader, f Format, o Options) (Reader, error) {
	if f == SDF {
		return newSDF(r, o), nil
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	switch f {
	case SMI:
		return newSMI(r, o), nil
	case CSV:
		return newCSV(r, o)
	case NDJSON:
		return newNDJSON(r, o), nil
	case XYZ:
		return newXYZ(r, o), nil
	}
	return nil, fmt.Errorf("format %q is none of %v", f, Formats)
}

var suffixes = map[string]Format{".smi": SMI, ".smiles": SMI, ".txt": SMI, ".csv": CSV, ".ndjson": NDJSON, ".jsonl": NDJSON,
	".xyz": XYZ, ".extxyz": XYZ, ".sdf": SDF, ".sd": SDF, ".mol": SDF}

// FormatOf guesses the format by the suffix of a file's name; standard input (-) is SMILES lines.
func FormatOf(path string) (Format, error) {
	if path == "-" {
		return SMI, nil
	}
	suffix := strings.ToLower(filepath.Ext(path))
	if f, ok := suffixes[suffix]; ok {
		return f, nil
	}
	return "", fmt.Errorf("%s: no format for suffix %q; name one of %v with --format", path, suffix, Formats)
}
