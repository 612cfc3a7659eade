package rows

import (
	"strconv"
	"strings"

	"molserve/onnx"
	"molserve/preprocess/molecule"
)

// AppendValues writes a cell for each selected output, each behind a comma; empty cells for a failed
// row and for what the record has not. An array stands in its cell as JSON.
func AppendValues(b []byte, s *Selection, row *onnx.Row) []byte {
	if row.Err != nil {
		return append(b, strings.Repeat(",", len(s.Columns))...)
	}
	for _, c := range s.Columns {
		b = append(b, ',')
		switch v := &row.Values[c]; {
		case v.Absent():
		case len(v.Shape) == 0:
			b = AppendNumber(b, v.Data[0])
		default:
			b = AppendCell(b, string(AppendArray(nil, v.Shape, v.Data)))
		}
	}
	return b
}

// AppendError writes the cells code, message, offset and line, each behind a comma; empty cells without an
// error, and where no place can be named.
func AppendError(b []byte, e *molecule.Error) []byte {
	if e == nil {
		return append(b, ",,,,"...)
	}
	b = AppendCell(append(b, ','), string(e.Code))
	b = AppendCell(append(b, ','), e.Message)
	b = append(b, ',')
	if e.Offset >= 0 {
		b = strconv.AppendInt(b, int64(e.Offset), 10)
	}
	b = append(b, ',')
	if e.Line > 0 {
		b = strconv.AppendInt(b, int64(e.Line), 10)
	}
	return b
}

// AppendChanges writes the cell of what standardizing changed behind a comma, where the selection has one.
func AppendChanges(b []byte, s *Selection, row *onnx.Row) []byte {
	if !s.Changes {
		return b
	}
	return AppendCell(append(b, ','), strings.Join(row.Changes, "; "))
}

// Status is the verdict of a row: ok or error.
func Status(row *onnx.Row) string {
	if row.Err != nil {
		return "error"
	}
	return "ok"
}

// AppendCell quotes a cell that needs it.
func AppendCell(b []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
