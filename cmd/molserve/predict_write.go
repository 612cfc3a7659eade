package main

import (
	"bufio"
	"io"
	"slices"

	"molserve/onnx/rows"
	"molserve/preprocess/molfile"
	"molserve/preprocess/xyz"
)

// rowWriter writes one row an item.
type rowWriter interface {
	write(answered) error
	flush() error
}

// The forms of rows, by --output-format.
const (
	formatCSV    = "csv"
	formatNDJSON = "ndjson"
	formatExtXYZ = "extxyz"
	formatSDF    = "sdf"
)

var outputFormats = []string{formatCSV, formatNDJSON, formatExtXYZ, formatSDF}

// newRowWriter writes CSV, NDJSON, extended XYZ or an SD file.
func newRowWriter(format string, w io.Writer, outputs rows.Selection) rowWriter {
	switch format {
	case formatExtXYZ:
		return &frameWriter{xyz.NewWriter(w), outputs}
	case formatSDF:
		return &recordWriter{molfile.NewWriter(w), outputs}
	case formatNDJSON:
		return &lineWriter{w: bufio.NewWriterSize(w, 64<<10), format: appendNDJSON, all: outputs}
	}
	return &lineWriter{w: bufio.NewWriterSize(w, 64<<10), format: appendCSV, all: outputs}
}

// headerOf is what stands before the first row.
func headerOf(format string, columns []string, outputs rows.Selection) []byte {
	if format != formatCSV {
		return nil
	}
	return csvHeader(columns, outputs)
}

// lineWriter writes a line an item.
type lineWriter struct {
	w      *bufio.Writer
	format func([]byte, *rows.Selection, *answered) []byte
	all    rows.Selection
	line   []byte
}

func (l *lineWriter) write(a answered) error {
	l.line = append(l.format(l.line[:0], &l.all, &a), '\n')
	_, err := l.w.Write(l.line)
	return err
}

func (l *lineWriter) flush() error { return l.w.Flush() }

// frameWriter writes a frame an item.
type frameWriter struct {
	w   *xyz.Writer
	all rows.Selection
}

func (f *frameWriter) write(a answered) error {
	return rows.WriteFrame(f.w, &f.all, &a.item.Record, &a.row)
}

func (f *frameWriter) flush() error { return f.w.Flush() }

// appendNDJSON writes a prediction of the HTTP reply.
func appendNDJSON(b []byte, s *rows.Selection, a *answered) []byte {
	return rows.AppendJSON(b, s, &a.row)
}

// csvHeader names the columns of the input, a column an output, and the verdict. One that the input has
// already is called predicted_….
func csvHeader(columns []string, s rows.Selection) (b []byte) {
	names := slices.Clone(columns)
	for _, o := range s.Outputs {
		names = append(names, o.Name)
	}
	names = append(names, "status", "error_code", "error_message", "error_offset", "error_line")
	if s.Changes {
		names = append(names, "changes")
	}
	for i, name := range names {
		if i >= len(columns) && slices.Contains(columns, name) {
			name = "predicted_" + name
		}
		b = rows.AppendCell(rows.Comma(b, i), name)
	}
	return append(b, '\n')
}

// appendCSV writes the cells of the input, then values and verdict.
func appendCSV(b []byte, s *rows.Selection, a *answered) []byte {
	for i, c := range a.item.Cells {
		b = rows.AppendCell(rows.Comma(b, i), c)
	}
	b = rows.AppendValues(b, s, &a.row)
	b = append(append(b, ','), rows.Status(&a.row)...)
	return rows.AppendChanges(rows.AppendError(b, a.row.Err), s, &a.row)
}
