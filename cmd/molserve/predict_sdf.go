package main

import (
	"molserve/onnx/rows"
	"molserve/preprocess/molfile"
)

// recordWriter writes a record of an SD file an item: its text as it was read, and behind its own data
// items those of the prediction.
type recordWriter struct {
	w   *molfile.Writer
	all rows.Selection
}

func (r *recordWriter) write(a answered) error {
	return rows.WriteRecord(r.w, &r.all, &a.item.Record, &a.row)
}

func (r *recordWriter) flush() error { return r.w.Flush() }
