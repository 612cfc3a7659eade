// Package reference computes networks in float64, each from its paper, to judge the exported ones by.
//
// One file is one architecture, with the paper's letters and equation. Forward takes one graph.Graph,
// walks its edges by Src and Dst, and shares nothing with the exporter, the batches or ONNX Runtime:
// what two independent roads agree on is what the network says.
//
// Weights come as a safetensors file under the names of the architecture's torch state_dict.
// A matrix W of torch is [out,in]; a layer computes x·Wᵀ + b on rows x [·,in].
package reference
