package rows

import (
	"strconv"

	"molserve/onnx"
	"molserve/preprocess/molecule"
)

// AppendJSON writes one prediction: {"index", "id"?, "status", "values" or "error"}.
func AppendJSON(b []byte, s *Selection, row *onnx.Row) []byte {
	b = strconv.AppendInt(append(b, `{"index":`...), int64(row.Index), 10)
	if row.ID != "" {
		b = AppendString(append(b, `,"id":`...), row.ID)
	}
	if row.Err != nil {
		return append(appendError(b, row.Err), '}')
	}
	b = append(b, `,"status":"ok","values":{`...)
	for i, c := range s.Columns {
		b = Comma(b, i)
		b = AppendString(b, s.Outputs[i].Name)
		b = AppendArray(append(b, ':'), row.Values[c].Shape, row.Values[c].Data)
	}
	return append(b, "}}"...)
}

// appendError writes a place only where there is one.
func appendError(b []byte, e *molecule.Error) []byte {
	b = AppendString(append(b, `,"status":"error","error":{"code":`...), string(e.Code))
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
