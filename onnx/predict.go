package onnx

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// Predict runs graphs in batches, in parallel when there are several, and returns a row for each,
// in order. A graph that the network fails on fails alone. The error is of the whole call: ctx's cause
// or ErrClosed.
func (m *Model) Predict(ctx context.Context, graphs []*graph.Graph) ([]Row, error) {
	rows := make([]Row, len(graphs))
	chunks := m.chunk(graphs)
	errs := make([]error, len(chunks))
	parallel(len(chunks), cores, func(i int) {
		c := chunks[i]
		errs[i] = m.predictChunk(ctx, graphs[c.from:c.to], rows[c.from:c.to])
	})
	for i := range rows {
		rows[i].Index = i
	}
	return rows, errors.Join(errs...)
}

// span is graphs from…to-1.
type span struct{ from, to int }

// chunk cuts graphs, in order, into batches within the limits. A graph above them makes a batch alone.
func (m *Model) chunk(graphs []*graph.Graph) []span {
	var out []span
	from := 0
	var sum Load
	for i, g := range graphs {
		one := m.LoadOf(g)
		next := sum.Plus(one)
		if sum.Graphs > 0 && !m.Fits(next) {
			out = append(out, span{from, i})
			from, next = i, one
		}
		sum = next
	}
	if from < len(graphs) {
		out = append(out, span{from, len(graphs)})
	}
	return out
}

// predictChunk fills the rows of one batch. When the batch fails, each graph is run alone.
func (m *Model) predictChunk(ctx context.Context, graphs []*graph.Graph, rows []Row) error {
	done, err := m.PredictBatch(ctx, graphs)
	if err == nil {
		copy(rows, done)
		return nil
	}
	if stopped(ctx, err) {
		return err
	}
	if len(graphs) == 1 {
		rows[0] = FailedRow(err)
		return nil
	}
	for i := range graphs {
		if err := m.predictChunk(ctx, graphs[i:i+1], rows[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// padding is none on the CPU. Elsewhere a run has one of few shapes, for each of which memory, plans and engines
// are made once.
func (m *Model) padding(graphs []*graph.Graph) graph.Padding {
	if m.onCPU() || m.manifest.Alone() { // a ghost graph would be part of what is per batch
		return graph.Padding{}
	}
	return graph.Ladder{}.FitGraphs(graphs)
}

// FailedRow is the row of a graph that the network fails on.
func FailedRow(cause error) Row {
	return Row{Err: molecule.Refuse(CodeInternal, -1, "the network failed on this molecule"), Cause: cause}
}

// stopped tells an error that running again cannot mend.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, ErrClosed)
}

// PredictBatch computes graphs in one run, whatever its size, and returns a row for each in order. The error
// is of the whole run.
func (m *Model) PredictBatch(ctx context.Context, graphs []*graph.Graph) ([]Row, error) {
	b := graph.Collate(graphs, m.manifest.Layout, m.padding(graphs))
	out, err := m.Run(ctx, b)
	if err != nil {
		return nil, err
	}
	return m.rows(b, out)
}

// parallel calls do(0) … do(n-1) from at most workers goroutines and waits for them.
func parallel(n, workers int, do func(i int)) {
	if min(n, workers) == 1 { // no goroutine need wake
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, workers) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}
