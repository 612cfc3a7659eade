package onnx

import (
	"fmt"
	"math"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// Value is one output of one record, in units. The zero Value is an output that the record has not,
// such as the virial of a structure that does not repeat; writers leave it out.
type Value struct {
	Shape []int     // nil: a number; else such as [atoms] or [atoms,3]
	Data  []float64 // row-major
}

// Absent tells the zero Value. An array without elements is there: it has a shape.
func (v *Value) Absent() bool { return v.Shape == nil && v.Data == nil }

// Row is what became of one record: a value for each of the model's Outputs, or an error.
type Row struct {
	Index   int
	ID      string
	Values  []Value
	Err     *molecule.Error
	Cause   error        // behind an Err with CodeInternal: for the log, not for the sender
	Changes []string     // what standardizing changed, for people
	Chained []float32    // auxiliary numbers that other models gave; nil: they were sent, or none are taken
	Atoms   int          // of the graph that the record became; 0 when it could not be built
	Graph   *graph.Graph // with Options.KeepGraphs: what the record became; nil when it could not be built
}

// rows gives the outputs of a batch back to its graphs, in units. It fails when a tensor has not the
// shape that the batch asks for: the network is wrong then, not a molecule.
func (m *Model) rows(b *graph.Batch, out map[string]graph.Tensor) ([]Row, error) {
	rows := make([]Row, len(b.Graphs))
	var part graph.Tensor
	for k := range m.readers {
		r := &m.readers[k]
		o := r.source()
		t := out[o.Tensor]
		if err := o.check(b.Layout, &t); err != nil {
			return nil, err
		}
		for g := range rows {
			if err := b.Part(g, &t, o.Per, &part); err != nil {
				return nil, fmt.Errorf("output %s: %w", o.Tensor, err)
			}
			if rows[g].Err == nil {
				rows[g].add(r.Name, r.value(b.Graphs[g], &part))
			}
		}
	}
	return rows, nil
}

// check wants the rows of a tensor to be as wide as the output's column and symmetry say.
func (o *Output) check(l graph.Layout, t *graph.Tensor) error {
	lead := o.leading(l)
	if o.Column != nil && (len(t.Shape) != lead+1 || int64(*o.Column) >= t.Shape[lead]) {
		return fmt.Errorf("output %s is %s, without column %d per %s", o.Tensor, t, *o.Column, o.Per)
	}
	last := len(t.Shape) - 1
	if w := o.turning(); w > 0 && o.Column == nil && (last < lead || t.Shape[last] != int64(w)) {
		return fmt.Errorf("output %s is %s, %s has %d columns", o.Tensor, t, o.Symmetry, w)
	}
	return nil
}

// add appends a value. One that is not finite fails the row.
func (row *Row) add(name string, v Value) {
	for _, x := range v.Data {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			row.Err = molecule.Refuse(CodeNotFinite, -1, "output %s is not finite", name)
			row.Values = nil
			return
		}
	}
	row.Values = append(row.Values, v)
}
