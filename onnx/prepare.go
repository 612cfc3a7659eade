package onnx

import (
	"slices"

	"molserve/onnx/scan"
	"molserve/preprocess/graph"
)

// prepare looks at the bytes of an ONNX file before ONNX Runtime does and returns those that it gets. Its
// error has everything that is wrong with the file.
func prepare(m *Manifest, data []byte) ([]byte, error) {
	if _, err := scan.Scan(data, scan.Options{Operators: m.Operators, NeverEmpty: m.neverEmpty()}); err != nil {
		return nil, err
	}
	return data, nil
}

// someInEachBatch are symbols of fields of which every batch has at least one: atoms, graphs, and slots
// of a padded graph.
var someInEachBatch = []string{"N", "G", "B", "n"}

// neverEmpty says by input tensor which of its dimensions are at least 1 in every batch.
func (m *Manifest) neverEmpty() map[string][]bool {
	out := map[string][]bool{}
	for i := range m.Inputs {
		info, err := graph.Describe(m.Layout, m.Inputs[i].Field)
		if err != nil {
			continue
		}
		for _, symbol := range info.Shape {
			out[m.Inputs[i].Tensor] = append(out[m.Inputs[i].Tensor], slices.Contains(someInEachBatch, symbol))
		}
	}
	return out
}
