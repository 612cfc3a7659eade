package batch

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// errLeft ends a run that nobody waits for.
var errLeft = errors.New("batch: all who wanted this run have left")

// work runs packs until nothing waits. Before each it lets go first whoever could run: when the cores have more to
// do than they can, requests on their way here join the run, and when they have not, nobody is waited for.
func (q *Queue[In, Out]) work() {
	var p *pack[In, Out]
	for {
		runtime.Gosched()
		if p = q.take(p); p == nil {
			return
		}
		q.compute(p)
	}
}

// compute runs a pack and gives the results to the jobs.
func (q *Queue[In, Out]) compute(p *pack[In, Out]) {
	ctx, end := p.context()
	defer end()
	begun := time.Now()
	values, err := q.guarded(ctx, p.places)
	took := time.Since(begun)
	if err == nil {
		q.keepPace(took, len(p.places))
	}
	if q.o.Observed != nil {
		failed := err
		if ctx.Err() != nil {
			failed = nil // nobody waits: it was stopped, and is not done again
		}
		q.o.Observed(Pack{p.load, took, failed})
	}
	switch {
	case err == nil:
		for k, at := range p.places {
			at.give(Result[Out]{Value: values[k]})
		}
	case len(p.places) == 1 || ctx.Err() != nil:
		for _, at := range p.places {
			at.give(Result[Out]{Err: err})
		}
	default:
		q.oneByOne(ctx, p)
	}
}

// oneByOne runs the items of a pack that failed, so that one that is to blame fails alone.
func (q *Queue[In, Out]) oneByOne(ctx context.Context, p *pack[In, Out]) {
	for k, at := range p.places {
		var r Result[Out]
		if at.job.ctx.Err() != nil {
			r.Err = context.Cause(at.job.ctx)
		} else if values, err := q.guarded(ctx, p.places[k:k+1]); err != nil {
			r.Err = err
		} else {
			r.Value = values[0]
		}
		at.give(r)
	}
}

// guarded runs items; a panic is an error of the run.
func (q *Queue[In, Out]) guarded(ctx context.Context, places []place[In, Out]) (values []Out, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	items := make([]In, len(places))
	for k, at := range places {
		items[k] = at.job.items[at.i]
	}
	values, err = q.o.Run(ctx, items)
	if err == nil && len(values) != len(items) {
		err = fmt.Errorf("batch: %d results of %d items", len(values), len(items))
	}
	return values, err
}

// context ends when all jobs of the pack have. The caller calls end after the run.
func (p *pack[In, Out]) context() (ctx context.Context, end func()) {
	if len(p.jobs) == 1 {
		return p.jobs[0].ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	var left atomic.Int64
	left.Store(int64(len(p.jobs)))
	stops := make([]func() bool, len(p.jobs))
	for i, j := range p.jobs {
		stops[i] = context.AfterFunc(j.ctx, func() {
			if left.Add(-1) == 0 {
				cancel(errLeft)
			}
		})
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel(nil)
	}
}

// give notes the result of an item; the last one ends its job.
func (at place[In, Out]) give(r Result[Out]) {
	j := at.job
	j.mu.Lock()
	defer j.mu.Unlock()
	j.results[at.i] = r
	if j.left--; j.left == 0 {
		close(j.done)
	}
}

// keepPace remembers how long items take: an average in which the last eight runs weigh half.
func (q *Queue[In, Out]) keepPace(took time.Duration, items int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := float64(took) / float64(items)
	if q.pace == 0 {
		q.pace = now
	}
	q.pace += (now - q.pace) / 12
}
