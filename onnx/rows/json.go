package rows

import (
	"strconv"

	"molserve/onnx"
	"molserve/preprocess/molecule"
)

// AppendOutput describes one output: {"name", "unit", "per", "irreps"?}. Irreps are how a row of it turns,
// in e3nn's notation; outputs whose symmetry is a word have none.
func AppendOutput(b []byte, o *onnx.Output) []byte {
	b = AppendString(append(b, `{"name":`...), o.Name)
	b = AppendString(append(b, `,"unit":`...), o.Unit)
	b = AppendString(append(b, `,"per":`...), o.Per)
	if irreps, err := o.Irreps(); err == nil && irreps != nil {
		b = AppendString(append(b, `,"irreps":`...), irreps.String())
	}
	return append(b, '}')
}

// AppendJSON writes one prediction: {"index", "id"?, "status", "changes"?, "auxiliary"?, "values" or "error"}. Values are numbers or
// arrays, [x,y,z] rows of vectors and one row an atom of irreps; what the record has not is left out.
func AppendJSON(b []byte, s *Selection, row *onnx.Row) []byte {
	b = strconv.AppendInt(append(b, `{"index":`...), int64(row.Index), 10)
	if row.ID != "" {
		b = AppendString(append(b, `,"id":`...), row.ID)
	}
	if row.Err != nil {
		return append(appendError(b, row.Err), '}')
	}
	b = append(b, `,"status":"ok"`...)
	if s.Changes {
		b = appendChanges(b, row.Changes)
	}
	if row.Chained != nil {
		b = onnx.AppendNumbers(append(b, `,"auxiliary":`...), row.Chained)
	}
	b = append(b, `,"values":{`...)
	written := 0
	for i, c := range s.Columns {
		v := &row.Values[c]
		if v.Absent() {
			continue
		}
		b = AppendString(Comma(b, written), s.Outputs[i].Name)
		b = AppendArray(append(b, ':'), v.Shape, v.Data)
		written++
	}
	return append(b, "}}"...)
}

// appendChanges lists what standardizing changed; an empty list is a molecule that stayed as it was sent.
func appendChanges(b []byte, changes []string) []byte {
	b = append(b, `,"changes":[`...)
	for i, c := range changes {
		b = AppendString(Comma(b, i), c)
	}
	return append(b, ']')
}

// appendError writes a place only where there is one.
func appendError(b []byte, e *molecule.Error) []byte {
	return AppendErrorJSON(append(b, `,"status":"error","error":`...), e)
}

// AppendErrorJSON writes what is wrong with a row as an object: code, message, offset and line where they are known.
func AppendErrorJSON(b []byte, e *molecule.Error) []byte {
	b = AppendString(append(b, `{"code":`...), string(e.Code))
	b = AppendString(append(b, `,"message":`...), e.Message)
	if e.Offset >= 0 {
		b = strconv.AppendInt(append(b, `,"offset":`...), int64(e.Offset), 10)
	}
	if e.Line > 0 {
		b = strconv.AppendInt(append(b, `,"line":`...), int64(e.Line), 10)
	}
	return append(b, '}')
}

// Comma separates element i from the one before.
func Comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
