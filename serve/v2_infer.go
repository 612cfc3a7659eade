package serve

import (
	"context"
	"slices"
	"strconv"
	"time"

	"molserve/onnx"
	v2 "molserve/serve/v2"
)

// inference is one infer request on its way, whichever protocol it came by.
type inference struct {
	entry   *entry
	snap    *snapshot
	tensors bool
	view    v2View
	notes   *notes

	graphs, atoms int  // of raw tensors, that were paid
	reading       bool // runs may read the request's tensors

	queue, input, run, output time.Duration
}

// leaseV2 finds a model of the protocol. The caller releases the snapshot.
func (s *Server) leaseV2(name, version string) (*inference, error) {
	base, tensors := v2Name(name)
	e, snap, err := s.registry.lease(base, version)
	if err != nil {
		return nil, err
	}
	return &inference{entry: e, snap: snap, tensors: tensors, view: viewV2(snap, tensors)}, nil
}

// answer computes a request and keeps the model's statistics.
func (s *Server) answer(ctx context.Context, i *inference, q *v2.Request) (r *v2.Response, err error) {
	begun := time.Now()
	defer func() { s.tallies.note(i, time.Since(begun), err) }()
	if err := unknownOutputs(&i.view, q); err != nil {
		return nil, err
	}
	us, err := q.Parameters.Microseconds()
	if err != nil {
		return nil, err
	}
	if us > 0 && us < s.cfg.Timeout.Microseconds() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(us)*time.Microsecond)
		defer cancel()
	}
	compute := s.inferTexts
	if i.tensors {
		compute = s.paidTensors
	}
	all, err := compute(ctx, i, q)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	written := time.Now()
	r = &v2.Response{Model: i.view.name, Version: strconv.Itoa(i.snap.version), ID: q.ID}
	r.Outputs, err = choose(all, q)
	i.output = time.Since(written)
	return r, err
}

// unknownOutputs refuses, before anything is computed, outputs that the model has not.
func unknownOutputs(v *v2View, q *v2.Request) error {
	for _, o := range q.Outputs {
		k := slices.IndexFunc(v.outputs, func(t tensorView) bool { return t.Name == o.Name })
		if k < 0 {
			return refuse(codeUnknownOutput, "%s has no output %.100q; it has %v", v.name, o.Name, viewNames(v.outputs))
		}
		if o.Classes > 0 && v.outputs[k].DType == v2.Bytes {
			return refuse(codeBadRequest, "output %s holds texts, which cannot be classified", o.Name)
		}
	}
	return nil
}

func viewNames(views []tensorView) (names []string) {
	for _, t := range views {
		names = append(names, t.Name)
	}
	return names
}

// choose takes the outputs that were asked for, in their order.
func choose(all []v2.Tensor, q *v2.Request) ([]v2.Output, error) {
	var out []v2.Output
	if len(q.Outputs) == 0 {
		for _, t := range all {
			out = append(out, v2.Output{Tensor: t, Binary: q.AllBinary()})
		}
		return out, nil
	}
	for _, o := range q.Outputs {
		k := slices.IndexFunc(all, func(t v2.Tensor) bool { return t.Name == o.Name })
		if k < 0 {
			return nil, refuse(codeUnknownOutput, "the model gave no output %.100q", o.Name)
		}
		t := all[k]
		if o.Classes > 0 {
			t = t.Largest(o.Classes)
		}
		out = append(out, v2.Output{Tensor: t, Binary: o.Binary})
	}
	return out, nil
}

// texts are the rows of NAME's input.
func (i *inference) texts(q *v2.Request, most int) ([]string, error) {
	want := &i.view.inputs[0]
	if len(q.Inputs) != 1 || q.Inputs[0].Name != want.Name {
		return nil, refuse(codeBadRequest, "%s takes one input, %s, BYTES [-1]", i.view.name, want.Name)
	}
	in := &q.Inputs[0]
	if in.DType != v2.Bytes || len(in.Shape) != 1 {
		return nil, refuse(codeBadRequest, "input %s is %s%v, not BYTES [-1]", in.Name, v2.Datatype(in.DType), in.Shape)
	}
	if len(in.Text) > most {
		return nil, refuse(codeTooMany, "more than %d molecules in a request; send them in parts", most)
	}
	return in.Text, nil
}

// limitsOf is what one run of raw tensors may hold.
func (s *Server) limitsOf() onnx.TensorLimits {
	return onnx.TensorLimits{Graphs: int64(s.cfg.MaxMolecules), Atoms: maxRawAtoms, Edges: maxRawEdges}
}

// The most that a request of raw tensors may hold: one that cannot be cut runs as it is, in one piece.
const (
	maxRawAtoms = 1 << 16
	maxRawEdges = 1 << 18
)
