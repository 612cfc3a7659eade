package serve

import (
	"context"
	"errors"
	"slices"
	"time"

	"molserve/onnx"
	"molserve/preprocess/graph"
	"molserve/serve/batch"
	v2 "molserve/serve/v2"
)

// inferTensors runs the network on the tensors of a request, after they were held against the manifest. What
// is whole may share a run with others' tensors.
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
	if err := i.pay(ctx, network.LoadOf(ordered)); err != nil {
		return nil, err
	}
	i.input = time.Since(begun)
	done, err := i.runTensors(ctx, s, ordered)
	if err != nil {
		return nil, err
	}
	outputs := make([]v2.Tensor, len(done))
	for k := range done {
		outputs[k] = v2.Tensor{Name: out[k].Name, Tensor: done[k]}
	}
	return outputs, nil
}

// runTensors has its turn with the tensors of a request. What is larger than a run should be is cut: its parts run
// side by side, and beside those of others.
func (i *inference) runTensors(ctx context.Context, s *Server, in []graph.Tensor) ([]graph.Tensor, error) {
	begun := time.Now()
	if err := i.entry.gate.enter(ctx, i.graphs, false); err != nil {
		return nil, err
	}
	defer i.entry.gate.leave(i.graphs)
	i.queue = time.Since(begun)
	parts, cut := [][]graph.Tensor{in}, i.snap.model.Network().Cut(in)
	if cut != nil {
		parts = cut.Requests
	}
	i.reading = true // until all runs are over, which a caller that leaves does not wait for
	results, times, err := i.snap.tensors.Do(ctx, parts)
	i.queue, i.run = i.queue+times.Waited, times.Ran
	s.spent(ctx, spent{queue: i.queue, build: i.input, run: i.run})
	switch {
	case errors.Is(err, batch.ErrClosed): // nothing ran
		i.reading = false
		return nil, errStopping
	case err != nil:
		return nil, err
	}
	i.reading = false
	defer cut.Release()
	out, err := whole(results, cut)
	if err != nil && i.notes != nil && ctx.Err() == nil && !errors.Is(err, onnx.ErrClosed) {
		i.notes.cause = err
	}
	return out, err
}

// whole is the answer of a request by those of its parts. A part that failed fails it.
func whole(results []batch.Result[[]graph.Tensor], cut *onnx.Cut) ([]graph.Tensor, error) {
	outputs := make([][]graph.Tensor, len(results))
	for k := range results {
		if results[k].Err != nil {
			return nil, results[k].Err
		}
		outputs[k] = results[k].Value
	}
	if cut == nil {
		return outputs[0], nil
	}
	return cut.Join(outputs)
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
