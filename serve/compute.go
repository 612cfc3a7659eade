package serve

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/serve/batch"
)

// wants is how records are to be predicted.
type wants struct {
	graphs  bool // each row has the graph that its record became
	patient bool // a full queue is waited for: of streams, whose clients are slowed down and not turned away
}

// spent is where the time of a prediction went. Stages of one request that run side by side are added up.
type spent struct{ queue, build, run time.Duration }

// workshop bounds what the process does and holds at once, whatever the model.
type workshop struct {
	builders chan struct{}       // one element for each goroutine that makes graphs
	memory   *semaphore.Weighted // bytes of the graphs that wait for their run
	most     int64               // of memory
}

func newWorkshop(c Config) *workshop {
	return &workshop{make(chan struct{}, onnx.Cores()), semaphore.NewWeighted(c.MaxWaiting), c.MaxWaiting}
}

// chunkRecords are built by one goroutine and wait for their run together, while the next ones are built.
const chunkRecords = 16

// computeRows predicts records and returns a row for each. The caller holds the lease of snap. What went
// wrong because ctx ended is ctx's cause.
func (s *Server) computeRows(ctx context.Context, e *entry, snap *snapshot, recs []preprocess.Record, w wants) (rows []onnx.Row, t spent, err error) {
	if len(recs) == 0 {
		return nil, t, nil
	}
	begun := time.Now()
	if err := e.gate.enter(ctx, len(recs), w.patient); err != nil {
		return nil, t, err
	}
	defer func() { e.gate.out(visit{len(recs), w.patient, err != nil}) }()
	entered := time.Now()
	rows = make([]onnx.Row, len(recs))
	times := make([]spent, (len(recs)+chunkRecords-1)/chunkRecords)
	err = snap.ahead.eachChunk(ctx, len(recs), func(ctx context.Context, from, to int) error {
		t := &times[from/chunkRecords]
		t.queue = time.Since(entered)
		return s.predictChunk(ctx, snap, recs[from:to], rows[from:to], w, t)
	})
	for _, one := range times {
		t = spent{t.queue + one.queue, t.build + one.build, t.run + one.run}
	}
	if t.queue += entered.Sub(begun); t.build == 0 {
		t.queue = time.Since(begun) // its turn never came
	}
	s.spent(ctx, t)
	if err != nil {
		return nil, t, err
	}
	for i := range rows {
		rows[i].Index = i
	}
	return rows, t, nil
}

// predictChunk fills the rows of a few records.
func (s *Server) predictChunk(ctx context.Context, snap *snapshot, recs []preprocess.Record, rows []onnx.Row, w wants, t *spent) error {
	graphs, err := s.build(ctx, snap, recs, rows, w, t)
	if err != nil {
		return err
	}
	var good []*graph.Graph
	var places []int // of good in rows
	var bytes int64
	for i, g := range graphs {
		if g != nil {
			good, places, bytes = append(good, g), append(places, i), bytes+g.Bytes()
		}
	}
	bytes = min(bytes, s.workshop.most)
	if err := s.workshop.hold(ctx, bytes, w.patient); err != nil {
		return err
	}
	defer s.workshop.memory.Release(bytes)
	results, times, err := snap.graphs.Do(ctx, good)
	t.queue, t.run = t.queue+times.Waited, times.Ran
	if errors.Is(err, batch.ErrClosed) {
		return errStopping
	}
	for k, r := range results {
		place(&rows[places[k]], &r)
	}
	return err
}

// place puts a result into its row, which keeps what it has from before the run.
func place(row *onnx.Row, r *batch.Result[onnx.Row]) {
	done := r.Value
	if r.Err != nil {
		done = onnx.FailedRow(r.Err)
	}
	row.Values, row.Err, row.Cause = done.Values, done.Err, done.Cause
}

// build makes the graphs of a few records when a builder is free; a record that cannot be built has its
// error in its row.
func (s *Server) build(ctx context.Context, snap *snapshot, recs []preprocess.Record, rows []onnx.Row, w wants, t *spent) ([]*graph.Graph, error) {
	begun := time.Now()
	select {
	case s.workshop.builders <- struct{}{}:
		defer func() { <-s.workshop.builders }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	t.queue += time.Since(begun)
	begun = time.Now()
	graphs, built, err := snap.model.Build(ctx, recs, onnx.Options{Workers: 1, KeepGraphs: w.graphs, Compact: true})
	t.build = time.Since(begun)
	copy(rows, built)
	return graphs, err
}

// hold takes room for graphs that wait.
func (w *workshop) hold(ctx context.Context, bytes int64, patient bool) error {
	switch {
	case w.memory.TryAcquire(bytes):
		return nil
	case !patient:
		return refuse(codeQueueFull, "molecules that wait fill the memory there is for them; try again in a moment")
	case w.memory.Acquire(ctx, bytes) != nil:
		return context.Cause(ctx)
	}
	return nil
}
