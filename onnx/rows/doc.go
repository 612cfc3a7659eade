// Package rows writes predictions as bytes: the JSON objects and CSV cells that the HTTP replies and
// `molserve predict` share. Everything appends to a caller's buffer.
package rows

import "molserve/onnx"

// Selection is the outputs that are written, in order.
type Selection struct {
	Outputs []onnx.Output
	Columns []int // the places of Outputs in a row's values
	Changes bool  // rows tell what standardizing changed
}

// All selects every output of a model.
func All(outputs []onnx.Output) Selection {
	s := Selection{Outputs: outputs}
	for i := range outputs {
		s.Columns = append(s.Columns, i)
	}
	return s
}
