package serve

import (
	"context"
	"errors"
	"time"

	"molserve/onnx"
	"molserve/preprocess"
)

// wants is how records are to be predicted.
type wants struct {
	graphs  bool // each row has the graph that its record became
	patient bool // a full queue is waited for: of streams, whose clients are slowed down and not turned away
}

// spent is where the time of a prediction went.
type spent struct{ queue, run time.Duration }

// predictRows predicts records when it is the model's turn, and returns a row for each. The caller holds
// the lease of snap. What went wrong because ctx ended is ctx's cause.
func (s *Server) predictRows(ctx context.Context, e *entry, snap *snapshot, recs []preprocess.Record, w wants) (rows []onnx.Row, t spent, err error) {
	if len(recs) == 0 {
		return nil, t, nil
	}
	begun := time.Now()
	if err := e.gate.turn(ctx, len(recs), w.patient); err != nil {
		return nil, t, err
	}
	defer e.gate.leave()
	t.queue = s.took(ctx, stageQueue, begun)
	begun = time.Now()
	var times onnx.Times
	rows, err = snap.model.PredictRecords(ctx, recs, onnx.Options{KeepGraphs: w.graphs, Times: &times})
	s.computed(ctx, times)
	t.run = time.Since(begun)
	if err != nil && ctx.Err() != nil {
		return nil, t, context.Cause(ctx)
	}
	return rows, t, err
}

// patience is how often a stream looks for room in a full queue.
const patience = 5 * time.Millisecond

// turn enters, or with patience tries again while the queue is full.
func (g *gate) turn(ctx context.Context, molecules int, patient bool) error {
	for {
		err := g.enter(ctx, molecules)
		var full *fault
		if !patient || !errors.As(err, &full) || full.code != codeQueueFull {
			return err
		}
		select {
		case <-time.After(patience):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
