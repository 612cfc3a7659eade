package serve

import (
	"context"
	"errors"
	"slices"
	"time"

	"molserve/onnx"
	"molserve/preprocess/graph"
	v2 "molserve/serve/v2"
)

// inferTensors runs the network on the tensors of a request, alone, after they were held against the manifest.
func (s *Server) inferTensors(ctx context.Context, i *inference, q *v2.Request) ([]v2.Tensor, error) {
	begun := time.Now()
	network, m := i.snap.model.Network(), i.snap.model.Manifest()
	in, out := network.Signature()
	ordered, err := i.order(q, in)
	if err != nil {
		return nil, err
	}
	if err := m.CheckTensors(byManifest(m, in, ordered), s.limitsOf()); err != nil {
		return nil, err
	}
	i.input = time.Since(begun)
	if err := i.enter(ctx, s, 1); err != nil {
		return nil, err
	}
	defer i.entry.gate.leave()
	begun = time.Now()
	done, err := network.Run(ctx, ordered)
	i.run = s.took(ctx, stageRun, begun)
	if err != nil && ctx.Err() == nil && !errors.Is(err, onnx.ErrClosed) && i.notes != nil {
		i.notes.cause = err
	}
	if err != nil {
		return nil, err
	}
	named := make([]v2.Tensor, len(done))
	for k := range done {
		named[k] = v2.Tensor{Name: out[k].Name, Tensor: done[k]}
	}
	return named, nil
}

// order puts the inputs of a request in the order of the network's.
func (i *inference) order(q *v2.Request, in []onnx.TensorInfo) ([]graph.Tensor, error) {
	ordered := make([]graph.Tensor, len(in))
	for k := range q.Inputs {
		t := &q.Inputs[k]
		at := slices.IndexFunc(in, func(info onnx.TensorInfo) bool { return info.Name == t.Name })
		if at < 0 {
			return nil, refuse(codeBadRequest, "%s has no input %.100q; it has %v", i.view.name, t.Name, viewNames(i.view.inputs))
		}
		if t.DType != in[at].DType {
			return nil, refuse(codeBadRequest, "input %s is %s, not %s", t.Name, v2.Datatype(t.DType), v2.Datatype(in[at].DType))
		}
		ordered[at] = t.Tensor
	}
	if len(q.Inputs) < len(in) { // no name stands twice
		return nil, refuse(codeBadRequest, "%s needs all of its inputs: %v", i.view.name, viewNames(i.view.inputs))
	}
	return ordered, nil
}

// byManifest puts tensors from the network's order into the manifest's.
func byManifest(m *onnx.Manifest, in []onnx.TensorInfo, ordered []graph.Tensor) []graph.Tensor {
	out := make([]graph.Tensor, len(m.Inputs))
	for k := range m.Inputs {
		at := slices.IndexFunc(in, func(info onnx.TensorInfo) bool { return info.Name == m.Inputs[k].Tensor })
		if at >= 0 {
			out[k] = ordered[at]
		}
	}
	return out
}
