package onnx

import (
	"fmt"
	"math"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// Value is one output of one record, in units.
type Value struct {
	Shape []int     // nil: a number; else such as [atoms] or [atoms,3]
	Data  []float64 // row-major
}

// Row is what became of one record: a value for each of the manifest's outputs, or an error.
type Row struct {
	Index  int
	ID     string
	Values []Value
	Err    *molecule.Error
	Cause  error // behind an Err with CodeInternal: for the log, not for the sender
}

// rows gives the outputs of a batch back to its graphs, in units. It fails when a tensor has not the
// shape that the batch asks for: the network is wrong then, not a molecule.
func (m *Model) rows(b *graph.Batch, out map[string]graph.Tensor) ([]Row, error) {
	rows := make([]Row, len(b.Graphs))
	for k := range m.manifest.Outputs {
		o := &m.manifest.Outputs[k]
		t := out[o.Tensor]
		if err := o.check(b, &t); err != nil {
			return nil, err
		}
		for g := range rows {
			o.addTo(&rows[g], b, &t, g)
		}
	}
	return rows, nil
}

// check wants the leading dimensions of a tensor to be those of the batch.
func (o *Output) check(b *graph.Batch, t *graph.Tensor) error {
	want := []int64{int64(len(b.Graphs))}
	switch {
	case o.Per == "atom" && b.Layout == graph.Padded:
		want = append(want, int64(b.Slots))
	case o.Per == "atom":
		want[0] = int64(b.N)
	}
	fits := len(t.Shape) >= len(want)
	for i := 0; fits && i < len(want); i++ {
		fits = t.Shape[i] == want[i]
	}
	if fits && o.Column != nil {
		fits = len(t.Shape) == len(want)+1 && int64(*o.Column) < t.Shape[len(want)]
	}
	if !fits {
		return fmt.Errorf("output %s is %s for a batch of %v", o.Tensor, t, want)
	}
	return nil
}

// addTo appends the value of graph g to its row, unless the row has failed. Check has held before.
func (o *Output) addTo(row *Row, b *graph.Batch, t *graph.Tensor, g int) {
	if row.Err != nil {
		return
	}
	v := o.value(b, t, g)
	for _, x := range v.Data {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			row.Err = molecule.Refuse(CodeNotFinite, -1, "output %s is not finite", o.Name)
			row.Values = nil
			return
		}
	}
	row.Values = append(row.Values, v)
}

// value takes what belongs to graph g out of the tensor.
func (o *Output) value(b *graph.Batch, t *graph.Tensor, g int) Value {
	from, to, lead := g, g+1, o.leading(b.Layout)
	var v Value
	if o.Per == "atom" {
		from, to = b.Rows(g)
		v.Shape = append(v.Shape, to-from)
	}
	if lead == 2 {
		from, to = from+g*b.Slots, to+g*b.Slots
	}
	width := 1
	for _, d := range t.Shape[lead:] {
		width *= int(d)
		if o.Column == nil {
			v.Shape = append(v.Shape, int(d))
		}
	}
	first, end := 0, width
	if o.Column != nil {
		first, end = *o.Column, *o.Column+1
	}
	for r := from; r < to; r++ {
		for c := first; c < end; c++ {
			v.Data = append(v.Data, o.Transform.apply(t.At(r*width+c)))
		}
	}
	return v
}

// apply takes the network's number to units.
func (t *Transform) apply(y float64) float64 {
	if t == nil {
		return y
	}
	return t.Scale*y + t.Shift
}
