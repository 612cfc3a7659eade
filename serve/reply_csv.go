package serve

import (
	"strconv"
	"strings"

	"molserve/onnx"
)

// appendCSV writes a header and a row a molecule (RFC 4180, lines end in LF). An array stands in its
// cell as JSON.
func appendCSV(b []byte, r *reply) []byte {
	b = append(b, "index,id,status"...)
	for _, o := range r.outputs {
		b = appendCell(append(b, ','), o.Name)
	}
	b = append(b, ",error_code,error_message,error_offset\n"...)
	for i := range r.rows {
		b = append(appendCSVRow(b, r, &r.rows[i]), '\n')
	}
	return b
}

func appendCSVRow(b []byte, r *reply, row *onnx.Row) []byte {
	b = strconv.AppendInt(b, int64(row.Index), 10)
	b = appendCell(append(b, ','), row.ID)
	if e := row.Err; e != nil {
		b = append(b, ",error,"...)
		b = append(b, strings.Repeat(",", len(r.columns))...)
		b = appendCell(b, string(e.Code))
		b = appendCell(append(b, ','), e.Message)
		b = append(b, ',')
		if e.Offset >= 0 {
			b = strconv.AppendInt(b, int64(e.Offset), 10)
		}
		return b
	}
	b = append(b, ",ok"...)
	for _, c := range r.columns {
		b = append(b, ',')
		if v := row.Values[c]; len(v.Shape) == 0 {
			b = appendNumber(b, v.Data[0])
		} else {
			b = appendCell(b, string(appendArray(nil, v.Shape, v.Data)))
		}
	}
	return append(b, ",,,"...)
}

// appendCell quotes a cell that needs it.
func appendCell(b []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
