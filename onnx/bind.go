package onnx

import (
	"context"
	"fmt"

	"molserve/preprocess/graph"
)

// Bind fills the tensors of the manifest's inputs, in its order.
func (m *Model) Bind(b *graph.Batch) ([]graph.Tensor, error) {
	tensors := make([]graph.Tensor, len(m.manifest.Inputs))
	return tensors, m.fill(b, tensors)
}

// fill writes the inputs into tensors, reusing their memory.
func (m *Model) fill(b *graph.Batch, tensors []graph.Tensor) error {
	for i := range m.manifest.Inputs {
		in := &m.manifest.Inputs[i]
		if err := b.FillField(m.fields[i], &tensors[i]); err != nil {
			return fmt.Errorf("bind %s: %w", in.Tensor, err)
		}
		if err := in.fits(&tensors[i]); err != nil {
			return err
		}
	}
	return nil
}

// fits holds a tensor against the sizes of the manifest: a graph of another featurizer is refused here.
func (i *Input) fits(t *graph.Tensor) error {
	if t.DType != i.DType || len(t.Shape) != len(i.Shape) {
		return fmt.Errorf("bind %s: %s, the manifest has %s%v", i.Tensor, t, i.DType, i.Shape)
	}
	for k, dim := range i.Shape {
		if dim.Symbol == "" && dim.Size != t.Shape[k] {
			return fmt.Errorf("bind %s: %s, the manifest has %s%v", i.Tensor, t, i.DType, i.Shape)
		}
	}
	return nil
}

// Run computes a batch. It returns the network's outputs as they are, by ONNX tensor name.
func (m *Model) Run(ctx context.Context, b *graph.Batch) (map[string]graph.Tensor, error) {
	tensors := m.pool.Get().(*[]graph.Tensor)
	defer m.pool.Put(tensors)
	if err := m.fill(b, *tensors); err != nil {
		return nil, err
	}
	return m.RunTensors(ctx, *tensors)
}

// RunTensors computes from tensors in the order of the manifest's inputs. It returns the network's
// outputs as they are, by ONNX tensor name.
func (m *Model) RunTensors(ctx context.Context, in []graph.Tensor) (map[string]graph.Tensor, error) {
	if len(in) != len(m.order) {
		return nil, fmt.Errorf("run: %d tensors for %d inputs", len(in), len(m.order))
	}
	ordered := make([]graph.Tensor, len(in))
	for j, i := range m.order {
		ordered[j] = in[i]
	}
	out, err := m.session.Run(ctx, ordered)
	if err != nil {
		return nil, err
	}
	named := make(map[string]graph.Tensor, len(out))
	for i, t := range out {
		named[m.outputs[i]] = t
	}
	return named, nil
}
