package serve

import (
	"context"
	"math"
	"time"
	"unicode/utf8"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	v2 "molserve/serve/v2"
)

// inferTexts predicts the rows of NAME's input.
func (s *Server) inferTexts(ctx context.Context, i *inference, q *v2.Request) ([]v2.Tensor, error) {
	begun := time.Now()
	texts, err := i.texts(q, s.cfg.MaxMolecules)
	if err != nil {
		return nil, err
	}
	kind, req := textKind(i.snap.model.Manifest()), &request{max: s.cfg.MaxMolecules}
	for _, text := range texts {
		if utf8.ValidString(text) {
			err = req.add(preprocess.Record{Kind: kind, Text: text})
		} else {
			err = req.refuse(molecule.Refuse(molecule.CodeFormat, -1, "the text is not UTF-8"))
		}
		if err != nil {
			return nil, err
		}
	}
	i.input = time.Since(begun)
	computed, t, err := s.predictRows(ctx, i.entry, i.snap, req.readable(), wants{})
	if err != nil {
		return nil, err
	}
	i.queue, i.input, i.run = t.queue, i.input+t.build, t.run
	done := req.rows(computed)
	if i.notes != nil {
		i.notes.molecules, i.notes.errors, i.notes.cause = len(texts), refuseNotFinite(done), firstCause(done)
	} else {
		refuseNotFinite(done)
	}
	s.metrics.count(done)
	return i.collect(done), nil
}

// collect makes the outputs of NAME from rows.
func (i *inference) collect(done []onnx.Row) []v2.Tensor {
	var out []v2.Tensor
	outputs := i.snap.model.Outputs()
	for k := range outputs {
		out = append(out, i.column(&i.view.outputs[k], k, done))
	}
	status, errs := texts(statusOutput, len(done)), texts(errorOutput, len(done))
	for r := range done {
		status.Text[r] = "ok"
		if e := done[r].Err; e != nil {
			status.Text[r], errs.Text[r] = string(e.Code), string(rows.AppendErrorJSON(nil, e))
		}
	}
	out = append(out, status, errs)
	for _, view := range i.view.outputs[len(out):] {
		out = append(out, offsets(view.Name, outputs, done))
	}
	return out
}

func texts(name string, n int) v2.Tensor {
	return v2.Tensor{Name: name, Tensor: graph.Tensor{DType: v2.Bytes, Shape: []int64{int64(n)}}, Text: make([]string, n)}
}

// column is output k of all rows: a row a molecule, NaN where it was refused or has none, or the rows of all
// atoms, of a refused molecule none.
func (i *inference) column(view *tensorView, k int, done []onnx.Row) v2.Tensor {
	row := i.rowShape(view, k, done)
	width := 1
	for _, d := range row {
		width *= int(d)
	}
	t := v2.Tensor{Name: view.Name, Tensor: graph.Tensor{DType: graph.Float64, F64: []float64{}}}
	count := 0
	for r := range done {
		v := valueOf(&done[r], k)
		switch {
		case v == nil && perOwner(view.PerOwner):
		case v == nil:
			for range width {
				t.F64 = append(t.F64, math.NaN())
			}
			count++
		default:
			t.F64 = append(t.F64, v.Data...)
			count += owners(view, v)
		}
	}
	t.Shape = append([]int64{int64(count)}, row...)
	return t
}

// valueOf is output k of a row, nil when it has none.
func valueOf(row *onnx.Row, k int) *onnx.Value {
	if row.Err != nil || k >= len(row.Values) || row.Values[k].Absent() {
		return nil
	}
	return &row.Values[k]
}

// owners is how many rows a value has.
func owners(view *tensorView, v *onnx.Value) int {
	if !perOwner(view.PerOwner) {
		return 1
	}
	return v.Shape[0]
}

// rowShape is the shape of one row, by the values if there is one, else as far as the network's file tells
// it; a size that nothing tells is 0.
func (i *inference) rowShape(view *tensorView, k int, done []onnx.Row) []int64 {
	for r := range done {
		if v := valueOf(&done[r], k); v != nil {
			shape := v.Shape
			if perOwner(view.PerOwner) {
				shape = shape[1:]
			}
			out := make([]int64, len(shape))
			for d, n := range shape {
				out[d] = int64(n)
			}
			return out
		}
	}
	var out []int64
	for _, n := range view.Shape[1:] {
		out = append(out, max(n, 0))
	}
	return out
}

// offsets is where the rows of each molecule begin in the outputs per atom (or edge, or pair), and behind
// them where the last ends: [rows+1].
func offsets(name string, outputs []onnx.Output, done []onnx.Row) v2.Tensor {
	t := v2.Tensor{Name: name, Tensor: graph.Tensor{DType: graph.Int64, Shape: []int64{int64(len(done)) + 1}, I64: []int64{0}}}
	at := int64(0)
	for r := range done {
		for k := range outputs {
			if v := valueOf(&done[r], k); v != nil && outputs[k].Per+offsetsSuffix == name {
				at += int64(v.Shape[0])
				break
			}
		}
		t.I64 = append(t.I64, at)
	}
	return t
}
