package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"molserve/onnx"
	"molserve/preprocess/molecule"
)

// rowWriter writes one row an item.
type rowWriter interface {
	write(answered) error
	flush() error
}

func newRowWriter(format string, w io.Writer, columns []string, outputs []onnx.Output) (rowWriter, error) {
	switch format {
	case "csv":
		return newCSVRows(w, columns, outputs)
	case "ndjson":
		out := bufio.NewWriter(w)
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return &jsonRows{out, enc, outputs}, nil
	}
	return nil, fmt.Errorf("--output-format %q is none of csv, ndjson", format)
}

// csvRows writes the columns of the input, a column an output, and the verdict.
type csvRows struct {
	w       *csv.Writer
	outputs int
	cells   []string
}

var verdictColumns = []string{"status", "error_code", "error_message", "error_offset"}

func newCSVRows(w io.Writer, columns []string, outputs []onnx.Output) (*csvRows, error) {
	c := &csvRows{w: csv.NewWriter(w), outputs: len(outputs)}
	header := slices.Clone(columns)
	for _, name := range append(outputNames(outputs), verdictColumns...) {
		if slices.Contains(columns, name) {
			name = "predicted_" + name // the input has a column of that name already
		}
		header = append(header, name)
	}
	return c, c.w.Write(header)
}

func outputNames(outputs []onnx.Output) (names []string) {
	for _, o := range outputs {
		names = append(names, o.Name)
	}
	return names
}

func (c *csvRows) write(r answered) error {
	c.cells = append(c.cells[:0], r.item.Cells...)
	if e := r.row.Err; e != nil {
		c.cells = append(c.cells, make([]string, c.outputs)...)
		c.cells = append(c.cells, "error", string(e.Code), e.Message, offset(e))
		return c.w.Write(c.cells)
	}
	for _, v := range r.row.Values {
		c.cells = append(c.cells, cell(v))
	}
	return c.w.Write(append(c.cells, "ok", "", "", ""))
}

func offset(e *molecule.Error) string {
	if e.Offset < 0 {
		return ""
	}
	return strconv.Itoa(e.Offset)
}

func (c *csvRows) flush() error {
	c.w.Flush()
	return c.w.Error()
}

// cell writes a value: a number, or the JSON of an array.
func cell(v onnx.Value) string {
	if v.Shape == nil {
		return strconv.FormatFloat(v.Data[0], 'g', -1, 64)
	}
	text, _ := json.Marshal(v.Data) // finite numbers always have a JSON
	return string(text)
}

// jsonRows writes the predictions of the HTTP reply, one a line.
type jsonRows struct {
	out     *bufio.Writer
	enc     *json.Encoder
	outputs []onnx.Output
}

type jsonRow struct {
	Index  int            `json:"index"`
	ID     string         `json:"id,omitempty"`
	Status string         `json:"status"`
	Values map[string]any `json:"values,omitempty"`
	Error  *jsonError     `json:"error,omitempty"`
}

type jsonError struct {
	Code    molecule.Code `json:"code"`
	Message string        `json:"message"`
	Offset  *int          `json:"offset,omitempty"`
}

func (j *jsonRows) write(r answered) error {
	row := jsonRow{Index: r.index, ID: r.item.Record.ID, Status: "ok"}
	if e := r.row.Err; e != nil {
		row.Status, row.Error = "error", &jsonError{Code: e.Code, Message: e.Message}
		if e.Offset >= 0 {
			row.Error.Offset = &e.Offset
		}
		return j.enc.Encode(row)
	}
	row.Values = make(map[string]any, len(j.outputs))
	for i, o := range j.outputs {
		row.Values[o.Name] = json.RawMessage(cell(r.row.Values[i]))
	}
	return j.enc.Encode(row)
}

func (j *jsonRows) flush() error { return j.out.Flush() }
