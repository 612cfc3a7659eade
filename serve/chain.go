package serve

import (
	"context"
	"errors"

	"molserve/onnx"
	"molserve/preprocess"
)

type chainKey struct{}

// chainRows is computeRows, of a model that takes auxiliary numbers from others with what they answer. They have
// their turns one after the other, each in its own queue; the client pays for the molecules of its request once.
func (s *Server) chainRows(ctx context.Context, e *entry, snap *snapshot, recs []preprocess.Record, w wants) (rows []onnx.Row, t spent, err error) {
	if snap.model.Manifest().Chained() == nil {
		return s.computeRows(ctx, e, snap, recs, w)
	}
	depth, _ := ctx.Value(chainKey{}).(int)
	find := func(name, version string) (onnx.Asked, error) {
		if depth+1 == onnx.LongestChain {
			return onnx.Asked{}, onnx.ErrLongChain
		}
		of, source, err := s.registry.lease(name, version)
		if err != nil {
			return onnx.Asked{}, err
		}
		a := onnx.AskedOf(source.model.Manifest(), source.model.Outputs())
		a.Done = source.release
		a.Predict = func(ctx context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
			rows, more, err := s.chainRows(context.WithValue(ctx, chainKey{}, depth+1), of, source, recs, wants{patient: w.patient})
			t = t.plus(more)
			return rows, err
		}
		return a, nil
	}
	rows, err = snap.model.Manifest().Chain(ctx, recs, find, func(ctx context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
		rows, more, err := s.computeRows(ctx, e, snap, recs, w)
		t = t.plus(more)
		return rows, err
	})
	return rows, t, err
}

func (t spent) plus(o spent) spent {
	return spent{t.queue + o.queue, t.build + o.build, t.run + o.run}
}

// chainFault is what a client may know of a chain that cannot give its numbers.
func chainFault(e *onnx.ChainError) *fault {
	said := *e
	var f *fault
	switch {
	case errors.Is(e, onnx.ErrKind):
		return refuse(codeKind, "%s", e)
	case errors.As(e, &f) && f.code == codeStopping:
		return f
	case f != nil:
		said.Reason = f.message
	}
	return refuse(codeLoading, "%s", &said)
}
