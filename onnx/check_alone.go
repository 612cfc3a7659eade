package onnx

import (
	"fmt"
	"slices"

	"molserve/preprocess/graph"
)

// Alone tells models with an output per batch. Such a tensor is of all graphs of a run together, and a row of an
// answer is of one molecule: each graph has a run to itself, and requests of raw tensors share none.
func (m *Manifest) Alone() bool {
	return slices.ContainsFunc(m.Outputs, func(o Output) bool { return o.Per == graph.PerBatch })
}

// checkAlone wants limits that such a model can keep, and one kind of rows in each tensor.
func checkAlone(m *Manifest, f *Faults) {
	if m.Batch != nil && m.Batch.Graphs > 1 && m.Alone() {
		f.add("/batch/graphs", "is %d, but an output is per batch, so that each graph runs alone; write 1, or leave batch out", m.Batch.Graphs)
	}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		k := slices.IndexFunc(m.Outputs[:i], func(e Output) bool { return e.Tensor == o.Tensor })
		if k >= 0 && m.Outputs[k].Per != o.Per && slices.Contains(owners.built, o.Per) && slices.Contains(owners.built, m.Outputs[k].Per) {
			f.add(fmt.Sprintf("/outputs/%d/per", i), "is %q, output %s has rows of the same tensor %q per %s; a tensor has rows of one kind", o.Per, m.Outputs[k].Name, o.Tensor, m.Outputs[k].Per)
		}
	}
}
