package onnx

import "molserve/preprocess/graph"

// CountTensors returns how many graphs and atoms checked tensors hold, padding included, as far as their
// sizes tell; in is that of CheckTensors. It is at least one graph.
func (m *Manifest) CountTensors(in []graph.Tensor) (graphs, atoms int) {
	c := &tensorCheck{manifest: m, in: in}
	for i := range in {
		c.bind(&m.Inputs[i], &in[i])
	}
	return int(max(c.sizes.of("G"), c.sizes.of("B"), 1)), int(max(c.sizes.of("N"), c.sizes.of("B")*c.sizes.of("n")))
}
