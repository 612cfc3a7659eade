package prove

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"molserve/reference"
)

// sameWeights looks for each tensor of weights.safetensors in model.onnx, as it is or transposed, to the
// bit, and counts those that are not there. It sees the weights that no molecule is sensitive to; that
// the network uses them is for the reference to show.
func sameWeights(_ context.Context, s *subject) (outcome, error) {
	tensors, err := reference.ReadSafetensors(s.model.File("weights.safetensors"))
	if err != nil {
		return outcome{}, err
	}
	model, numbers := s.model.File("model.onnx"), 0
	var lost faults
	for name, t := range tensors {
		numbers += len(t.Data)
		if !bytes.Contains(model, rawFloat32(t.Data)) && !bytes.Contains(model, rawFloat32(transposed(t))) {
			lost.add("%s%v is not in model.onnx", name, t.Shape)
		}
	}
	if len(lost) > 0 {
		return lost.outcome(), nil
	}
	return outcome{detail: fmt.Sprintf("%d numbers of %d tensors stand in model.onnx", numbers, len(tensors))}, nil
}

// rawFloat32 writes numbers as ONNX stores them.
func rawFloat32(data []float64) []byte {
	raw := make([]byte, 0, 4*len(data))
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(v)))
	}
	return raw
}

// transposed returns the numbers of a matrix column by column; other tensors as they are.
func transposed(t reference.Tensor) []float64 {
	if len(t.Shape) != 2 {
		return t.Data
	}
	rows, cols := t.Shape[0], t.Shape[1]
	out := make([]float64, len(t.Data))
	for k, v := range t.Data {
		out[k%cols*rows+k/cols] = v
	}
	return out
}
