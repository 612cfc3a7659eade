package onnx

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// Options of PredictRecords. The zero value works.
type Options struct {
	Workers    int  // records that are built at a time; default Cores()
	KeepGraphs bool // each row has the graph that its record became
	Compact    bool // of Build: graphs go into batches and nowhere else; KeepGraphs wins

	Times *Times // where the time went is added to it; default none

}

// Times is where the time of a call went, by the clock on the wall.
type Times struct {
	Build time.Duration // records to graphs
	Run   time.Duration // graphs to values
}

// CheckKinds fails with a KindError, an ErrKind, at the first record that the model does not take.
func (m *Model) CheckKinds(recs []preprocess.Record) error {
	for i := range recs {
		if !slices.Contains(m.manifest.Accepts, string(recs[i].Kind)) {
			return &KindError{Index: i, Kind: recs[i].Kind, Accepts: m.manifest.Accepts}
		}
	}
	return nil
}

// PredictRecords builds and predicts records. Rows come in their order, each with its values or its
// error. The error is of the whole call: a KindError, ctx's cause or ErrClosed.
func (m *Model) PredictRecords(ctx context.Context, recs []preprocess.Record, o Options) ([]Row, error) {
	if err := m.CheckKinds(recs); err != nil {
		return nil, err
	}
	start := time.Now()
	o.Compact = true
	graphs, rows, err := m.Build(ctx, recs, o)
	if err != nil {
		return nil, err
	}
	var good []*graph.Graph
	var places []int // of good graphs in rows
	for i, g := range graphs {
		if g != nil {
			good, places = append(good, g), append(places, i)
		}
	}
	built := time.Now()
	done, err := m.Predict(ctx, good)
	if o.Times != nil {
		o.Times.Build += built.Sub(start)
		o.Times.Run += time.Since(built)
	}
	if err != nil {
		return nil, err
	}
	for k, i := range places {
		rows[i].Values, rows[i].Err, rows[i].Cause = done[k].Values, done[k].Err, done[k].Cause
	}
	return rows, nil
}

// Build makes the graphs of records. A graph is nil where its row has an error.
func (m *Model) Build(ctx context.Context, recs []preprocess.Record, o Options) ([]*graph.Graph, []Row, error) {
	workers := o.Workers
	if workers < 1 {
		workers = cores
	}
	graphs, rows := make([]*graph.Graph, len(recs)), make([]Row, len(recs))
	parallel(len(recs), workers, func(i int) {
		rows[i] = Row{Index: i, ID: recs[i].ID}
		if ctx.Err() == nil {
			graphs[i] = m.buildRow(recs[i], &rows[i], o.Compact && !o.KeepGraphs)
			if o.KeepGraphs {
				rows[i].Graph = graphs[i]
			}
		}
	})
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	return graphs, rows, nil
}

// buildRow builds one record. What it cannot build, or panics on, is the row's error: one record must
// never take the process down.
func (m *Model) buildRow(r preprocess.Record, row *Row, compact bool) (g *graph.Graph) {
	defer func() {
		if p := recover(); p != nil {
			g = nil
			row.fail(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	build := preprocess.Build
	if compact {
		build = preprocess.BuildCompact
	}
	g, err := build(r, &m.spec)
	if err != nil {
		row.fail(err)
		return nil
	}
	row.Changes, row.Atoms = g.Changes, g.N
	return g
}

// fail notes why a record could not be built: its chemistry, or our fault.
func (r *Row) fail(err error) {
	if errors.As(err, &r.Err) {
		return
	}
	r.Err, r.Cause = molecule.Refuse(CodeInternal, -1, "the molecule could not be built"), err
}
