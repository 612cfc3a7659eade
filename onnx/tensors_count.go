package onnx

import "molserve/preprocess/graph"

// CountTensors returns how many graphs and atoms checked tensors hold, padding included, as far as their
// sizes tell; in is that of CheckTensors. It is at least one graph.
func (m *Manifest) CountTensors(in []graph.Tensor) (graphs, atoms int) {
	c := &tensorCheck{manifest: m, in: in, sizes: map[string]int64{}}
	for i := range in {
		c.bind(&m.Inputs[i], &in[i])
	}
	return int(max(c.sizes["G"], c.sizes["B"], 1)), int(max(c.sizes["N"], c.sizes["B"]*c.sizes["n"]))
}
