// Package batch gathers the items of many requests into runs of the size that costs least.
//
// Nothing waits by default: while the runs there may be at a time are under way, the next gathers. It also gathers
// beside a run that soon ends, until it holds its share of the jobs there are: each run has a price whatever is in it,
// and where many ask, one that takes the first who comes takes the core from those who bring more. Where few ask, none
// waits for others.
//
// A run takes from the oldest job first and is filled from those behind it; a job that still has items then goes to
// the end, so that a large one does not keep small ones waiting. Jobs whose caller has left are dropped
// before a run, and a run that all its callers have left is stopped.
package batch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"molserve/onnx"
)

// ErrClosed is the error of a job that comes after Close.
var ErrClosed = errors.New("batch: the queue is closed")

// Options of a Queue.
type Options[In, Out any] struct {
	// Run computes items side by side and returns a result for each, in order. Its error is of the whole
	// run, and so is its panic: the items are then run one by one. Required.
	Run func(ctx context.Context, items []In) ([]Out, error)
	// Load is what an item adds to a run. Required.
	Load func(In) onnx.Load
	// Fits tells whether several items may make a run of this load. Required.
	Fits func(onnx.Load) bool

	Runs     int           // at a time, at least 1
	Beside   int           // graphs that are worth a run beside a short one, however many jobs there are. At least 1
	Wait     time.Duration // how long the first item of a run waits for others while there is room; 0: not at all
	Observed func(Pack)    // called after each run; nil: nobody is told
}

// Pack is a run that took place.
type Pack struct {
	Load onnx.Load
	Took time.Duration
	Err  error // of the run as a whole, after which the items ran one by one
}

// Result is what became of an item.
type Result[Out any] struct {
	Value Out
	Err   error // of this item run alone; Value is zero
}

// Times is where the time of a job went.
type Times struct {
	Waited time.Duration // until its first item was in a run
	Ran    time.Duration // from then on
}

// Queue is the work of one model. It is safe for concurrent use.
type Queue[In, Out any] struct {
	o Options[In, Out]

	mu      sync.Mutex
	jobs    []*job[In, Out] // that have items which are in no run yet, in the order of their turn
	items   int             // of jobs, in no run yet
	graphs  int             // of items
	running int
	short   int     // of running: that soon end
	inside  int     // jobs that are not done
	crowd   float64 // the most of inside, of late
	closed  bool
	pace    float64 // ns an item, of the last runs

	arrived chan struct{} // room for one: told of new jobs when o.Wait is set
	runners sync.WaitGroup
}

// New makes a Queue. It starts nothing before there is work.
func New[In, Out any](o Options[In, Out]) *Queue[In, Out] {
	o.Runs, o.Beside = max(o.Runs, 1), max(o.Beside, 1)
	return &Queue[In, Out]{o: o, arrived: make(chan struct{}, 1)}
}

// job is one call of Do.
type job[In, Out any] struct {
	ctx     context.Context
	items   []In
	loads   []onnx.Load
	next    int // first item that is in no run yet
	came    time.Time
	started time.Time // of the first run; guarded by Queue.mu

	mu      sync.Mutex
	results []Result[Out]
	left    int           // results that are not there yet
	done    chan struct{} // closed when none is
}

// graphs are those of the items that are in no run yet.
func (j *job[In, Out]) graphs() (n int) {
	for _, l := range j.loads[j.next:] {
		n += weight(l)
	}
	return n
}

// weight is the graphs of an item, one if they are not known.
func weight(l onnx.Load) int { return max(l.Graphs, 1) }

// Do computes items and returns a result for each, in order. It returns as soon as ctx ends, with its
// cause; otherwise the error is ErrClosed.
func (q *Queue[In, Out]) Do(ctx context.Context, items []In) ([]Result[Out], Times, error) {
	if len(items) == 0 {
		return nil, Times{}, nil
	}
	j := &job[In, Out]{ctx: ctx, items: items, came: time.Now(), results: make([]Result[Out], len(items)), left: len(items), done: make(chan struct{})}
	for _, item := range items {
		j.loads = append(j.loads, q.o.Load(item))
	}
	mine, ok := q.push(j)
	if !ok {
		return nil, Times{}, ErrClosed
	}
	defer q.leave()
	if mine != nil {
		q.compute(mine)
		q.handOver(mine)
	}
	select {
	case <-j.done:
		times := Times{Waited: j.started.Sub(j.came), Ran: time.Since(j.started)}
		if ctx.Err() != nil && slices.ContainsFunc(j.results, func(r Result[Out]) bool { return r.Err != nil }) {
			return nil, times, context.Cause(ctx) // the end of ctx is what stopped the run
		}
		return j.results, times, nil
	case <-ctx.Done():
		q.drop(j)
		return nil, Times{Waited: time.Since(j.came)}, context.Cause(ctx)
	}
}

// push queues a job and sees that somebody works on it. When nobody else waits that is the caller, who
// computes the pack that is returned and hands over: waking another for it would take longer than some runs.
func (q *Queue[In, Out]) push(j *job[In, Out]) (mine *pack[In, Out], ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, false
	}
	q.inside++
	q.crowd = max(q.crowd, float64(q.inside))
	first := len(q.jobs) == 0
	q.jobs = append(q.jobs, j)
	q.items += len(j.items)
	q.graphs += j.graphs()
	if q.o.Wait > 0 {
		first = false
		select {
		case q.arrived <- struct{}{}:
		default:
		}
	}
	if first && q.worth(q.running) && j.ctx.Err() == nil {
		q.running++
		q.runners.Add(1)
		if mine = q.gather(); mine == nil { // the caller has left just now
			q.running--
			q.runners.Done()
		}
	}
	if len(q.jobs) > 0 && q.worth(q.running) {
		q.running++
		q.runners.Go(q.work)
	}
	return mine, true
}

// leave notes that a job is over.
func (q *Queue[In, Out]) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inside--
}

// worth tells whether what waits shall have a run now that so many others are under way. It is called under mu.
func (q *Queue[In, Out]) worth(others int) bool {
	return others == 0 || others < q.o.Runs && (q.short == 0 || q.graphs >= q.o.Beside || q.share())
}

// share tells whether half as many jobs wait as each of the runs would have if they were dealt out. It is called under
// mu.
func (q *Queue[In, Out]) share() bool { return float64(len(q.jobs)) >= q.crowd/float64(2*q.o.Runs) }

// handOver ends the caller's own run: another goes on with what has come meanwhile.
func (q *Queue[In, Out]) handOver(mine *pack[In, Out]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.end(mine)
	if len(q.jobs) > 0 && q.worth(q.running-1) {
		q.runners.Go(q.work)
	} else {
		q.running--
	}
	q.runners.Done()
}

// drop takes a job whose caller has left out of the queue, if it is still there.
func (q *Queue[In, Out]) drop(j *job[In, Out]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.jobs {
		if other == j {
			q.forget(i)
			return
		}
	}
}

// forget removes jobs[i]. It is called under mu.
func (q *Queue[In, Out]) forget(i int) {
	q.items -= len(q.jobs[i].items) - q.jobs[i].next
	q.graphs -= q.jobs[i].graphs()
	q.jobs = slices.Delete(q.jobs, i, i+1)
}

// Waiting returns how many jobs have items that are in no run yet, and how many items those are.
func (q *Queue[In, Out]) Waiting() (jobs, items int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.jobs), q.items
}

// Running returns how many runs are under way.
func (q *Queue[In, Out]) Running() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.running
}

// Pace returns how long an item takes, by the last runs and with all runs there may be under way; 0: not known yet.
func (q *Queue[In, Out]) Pace() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	return time.Duration(q.pace / float64(q.o.Runs))
}

// Close refuses new jobs and waits until those that there are have been done.
func (q *Queue[In, Out]) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.runners.Wait()
}
