package serve

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// job is a load that a call waits for.
type job struct {
	ctx   context.Context // the caller's
	do    func(context.Context) error
	begun atomic.Bool
	done  chan error // room for one
}

// maxJobs bounds the loads that wait for their turn.
const maxJobs = 16

// submit has run do something and waits for it. A caller who leaves before its turn takes the job along;
// what has begun goes on. When the server stops, the answer says what became of it.
func (g *registry) submit(ctx context.Context, do func(context.Context) error) error {
	j := &job{ctx: ctx, do: do, done: make(chan error, 1)}
	select {
	case g.jobs <- j:
	default:
		return refuse(codeQueueFull, "%d loads are waiting already; try again in a moment", maxJobs)
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if cause := context.Cause(ctx); !errors.Is(cause, errStopping) {
			return cause
		}
	case <-g.ended:
	}
	return g.outcome(j)
}

// errUnknownOutcome is the answer when the server ends before what it has begun.
var errUnknownOutcome = refuse(codeStopping, "the server is stopping; what was asked for had begun, and may have been done or not")

// outcome is what became of a job when the server stops: what has begun ends with the server, or just before it.
func (g *registry) outcome(j *job) error {
	late := time.NewTimer(lastWords / 2)
	defer late.Stop()
	select {
	case err := <-j.done:
		return err
	case <-g.ended:
	case <-late.C:
	}
	select {
	case err := <-j.done: // before ended
		return err
	default:
	}
	if j.begun.Load() {
		return errUnknownOutcome
	}
	return errStopping
}

// work does a job in run's goroutine.
func (g *registry) work(ctx context.Context, j *job) {
	err := context.Cause(j.ctx)
	if err == nil {
		j.begun.Store(true)
		err = j.do(ctx)
	}
	if err != nil && ctx.Err() != nil {
		err = errStopping
	}
	j.done <- err
}
