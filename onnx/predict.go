package onnx

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// The most that goes into one run. A run's rows should stay in the core's cache: esol-dmpnn (H = 300) takes
// 306 µs of processor for a drug molecule alone, 237 for each of 4, 307 of 8, 378 of 32 and 521 of 128;
// esol-gcn 94, 47, 75, 78 and 81 (BenchmarkBatch, 2 shared cores of an EPYC, best of 6). Work by the edge is
// less sensitive: ethanol-egnn with its gradient (9 atoms, 72 edges) takes 1,820 µs, 1,110, 810, 730 and 710
// (best of 2). The limit of edges keeps a run of it within some 25 ms, so that others and cancels come soon.
const (
	MaxBatchAtoms  = 128  // node rows; slots of all graphs when padded
	MaxBatchEdges  = 2048 // edges of all graphs, when packed
	MaxBatchGraphs = 16
)

// Predict runs graphs in batches, in parallel when there are several, and returns a row for each,
// in order. A graph that the network fails on fails alone. The error is of the whole call: ctx's cause
// or ErrClosed.
func (m *Model) Predict(ctx context.Context, graphs []*graph.Graph) ([]Row, error) {
	rows := make([]Row, len(graphs))
	chunks := chunk(graphs, m.manifest.Layout)
	errs := make([]error, len(chunks))
	parallel(len(chunks), runtime.GOMAXPROCS(0), func(i int) {
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
func chunk(graphs []*graph.Graph, l graph.Layout) []span {
	var out []span
	from := 0
	var sum load
	for i, g := range graphs {
		next := sum.with(g)
		if sum.graphs > 0 && next.over(l) {
			out = append(out, span{from, i})
			from, next = i, load{}.with(g)
		}
		sum = next
	}
	if from < len(graphs) {
		out = append(out, span{from, len(graphs)})
	}
	return out
}

// load is what a batch holds.
type load struct{ graphs, atoms, edges, largest int }

func (l load) with(g *graph.Graph) load {
	return load{l.graphs + 1, l.atoms + g.N, l.edges + g.E, max(l.largest, g.N)}
}

// over tells a batch that is above the limits.
func (l load) over(layout graph.Layout) bool {
	if layout == graph.Padded {
		return l.graphs > MaxBatchGraphs || l.graphs*l.largest > MaxBatchAtoms
	}
	return l.graphs > MaxBatchGraphs || l.atoms > MaxBatchAtoms || l.edges > MaxBatchEdges
}

// predictChunk fills the rows of one batch. When the batch fails, each graph is run alone.
func (m *Model) predictChunk(ctx context.Context, graphs []*graph.Graph, rows []Row) error {
	done, err := m.predictBatch(ctx, graphs)
	if err == nil {
		copy(rows, done)
		return nil
	}
	if stopped(ctx, err) {
		return err
	}
	if len(graphs) == 1 {
		rows[0] = Row{Err: molecule.Refuse(CodeInternal, -1, "the network failed on this molecule"), Cause: err}
		return nil
	}
	for i := range graphs {
		if err := m.predictChunk(ctx, graphs[i:i+1], rows[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// stopped tells an error that running again cannot mend.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, ErrClosed)
}

func (m *Model) predictBatch(ctx context.Context, graphs []*graph.Graph) ([]Row, error) {
	b := graph.Collate(graphs, m.manifest.Layout, graph.Padding{})
	out, err := m.Run(ctx, b)
	if err != nil {
		return nil, err
	}
	return m.rows(b, out)
}

// parallel calls do(0) … do(n-1) from at most workers goroutines and waits for them.
func parallel(n, workers int, do func(i int)) {
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
