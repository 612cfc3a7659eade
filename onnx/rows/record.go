package rows

import (
	"fmt"
	"strings"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
)

// ErrorItem is the data item that says why a record has no prediction.
const ErrorItem = "molserve_error"

// WriteRecord writes a prediction into the record of an SD file that it is of: its text as it was read, and
// behind its own data items those of the prediction. Of another kind of record, and of one whose text is not
// known, it is a molfile without atoms, so that records and rows keep step.
func WriteRecord(w *molfile.Writer, s *Selection, rec *preprocess.Record, row *onnx.Row) error {
	text := ""
	if rec.Kind == preprocess.SDF {
		text = rec.Text
	}
	return w.WriteText(text, items(s, text, row))
}

// items are the values by the names that CSV has for them, or the error. A name that the record has
// already is called predicted_….
func items(s *Selection, text string, row *onnx.Row) (items []molfile.Prop) {
	taken := molfile.ItemNames(text)
	add := func(name, value string) {
		for taken[name] {
			name = "predicted_" + name
		}
		items = append(items, molfile.Prop{Name: name, Value: value})
	}
	if row.Err != nil {
		add(ErrorItem, reason(row.Err))
	} else {
		for i, c := range s.Columns {
			if v := &row.Values[c]; !v.Absent() {
				add(s.Outputs[i].Name, string(AppendArray(nil, v.Shape, v.Data)))
			}
		}
	}
	if len(row.Changes) > 0 {
		add("changes", strings.Join(row.Changes, "; "))
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
