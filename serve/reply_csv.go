package serve

import (
	"strconv"

	"molserve/onnx"
	"molserve/onnx/rows"
)

// appendCSVHeader writes the names of the columns (RFC 4180, lines end in LF).
func appendCSVHeader(b []byte, r *reply) []byte {
	b = append(b, "index,id,status"...)
	for _, o := range r.Outputs {
		b = rows.AppendCell(append(b, ','), o.Name)
	}
	b = append(b, ",error_code,error_message,error_offset,error_line"...)
	if r.Changes {
		b = append(b, ",changes"...)
	}
	return append(b, '\n')
}

// appendCSV writes a line a molecule. An array stands in its cell as JSON.
func appendCSV(b []byte, r *reply) []byte {
	for i := range r.rows {
		b = append(appendCSVRow(b, r, &r.rows[i]), '\n')
	}
	return b
}

func appendCSVRow(b []byte, r *reply, row *onnx.Row) []byte {
	b = strconv.AppendInt(b, int64(row.Index), 10)
	b = rows.AppendCell(append(b, ','), row.ID)
	b = append(append(b, ','), rows.Status(row)...)
	b = rows.AppendError(rows.AppendValues(b, &r.Selection, row), row.Err)
	return rows.AppendChanges(b, &r.Selection, row)
}
