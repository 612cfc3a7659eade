package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"molserve/onnx"
	"molserve/onnx/rows"
)

// rowWriter writes one row an item.
type rowWriter struct {
	w      *bufio.Writer
	format func([]byte, *rows.Selection, *answered) []byte
	all    rows.Selection
	line   []byte
}

// newRowWriter writes CSV, with a header, or NDJSON.
func newRowWriter(format string, w io.Writer, columns []string, outputs []onnx.Output) (*rowWriter, error) {
	r := &rowWriter{w: bufio.NewWriter(w), all: rows.All(outputs)}
	switch format {
	case "csv":
		r.format = appendCSV
		_, err := r.w.Write(csvHeader(columns, outputs))
		return r, err
	case "ndjson":
		r.format = appendNDJSON
		return r, nil
	}
	return nil, fmt.Errorf("--output-format %q is none of csv, ndjson", format)
}

func (r *rowWriter) write(a answered) error {
	a.row.Index, a.row.ID = a.index, a.item.Record.ID
	r.line = append(r.format(r.line[:0], &r.all, &a), '\n')
	_, err := r.w.Write(r.line)
	return err
}

func (r *rowWriter) flush() error { return r.w.Flush() }

// appendNDJSON writes a prediction of the HTTP reply.
func appendNDJSON(b []byte, s *rows.Selection, a *answered) []byte {
	return rows.AppendJSON(b, s, &a.row)
}

// csvHeader names the columns of the input, a column an output, and the verdict. One that the input has
// already is called predicted_….
func csvHeader(columns []string, outputs []onnx.Output) (b []byte) {
	names := slices.Clone(columns)
	for _, o := range outputs {
		names = append(names, o.Name)
	}
	names = append(names, "status", "error_code", "error_message", "error_offset")
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
	return rows.AppendError(b, a.row.Err)
}
