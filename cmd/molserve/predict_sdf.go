package main

import (
	"fmt"
	"strings"

	"molserve/onnx/rows"
	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
)

// errorItem is the data item that says why a record has no prediction.
const errorItem = "molserve_error"

// recordWriter writes a record of an SD file an item: its text as it was read, and behind its own data
// items those of the prediction.
type recordWriter struct {
	w   *molfile.Writer
	all rows.Selection
}

func (r *recordWriter) write(a answered) error {
	return r.w.WriteText(a.item.Record.Text, r.items(&a))
}

func (r *recordWriter) flush() error { return r.w.Flush() }

// items are the values by the names that CSV has for them, or the error. A name that the record has
// already is called predicted_….
func (r *recordWriter) items(a *answered) (items []molfile.Prop) {
	taken := molfile.ItemNames(a.item.Record.Text)
	add := func(name, value string) {
		for taken[name] {
			name = "predicted_" + name
		}
		items = append(items, molfile.Prop{Name: name, Value: value})
	}
	if a.row.Err != nil {
		add(errorItem, reason(a.row.Err))
	} else {
		for i, c := range r.all.Columns {
			if v := &a.row.Values[c]; !v.Absent() {
				add(r.all.Outputs[i].Name, string(rows.AppendArray(nil, v.Shape, v.Data)))
			}
		}
	}
	if len(a.row.Changes) > 0 {
		add("changes", strings.Join(a.row.Changes, "; "))
	}
	return items
}

// reason is an error on a line: code, message and line of the input.
func reason(err *molecule.Error) string {
	if err.Line > 0 {
		return fmt.Sprintf("%s: %s (line %d)", err.Code, err.Message, err.Line)
	}
	return fmt.Sprintf("%s: %s", err.Code, err.Message)
}
