package serve

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// stoppingJob submits a job that takes a while and has an end, and stops the server a second after it was submitted. It
// returns how long after the stop the answer came, and it.
func stoppingJob(t *testing.T, turn, takes time.Duration, end error) (late time.Duration, answer error) {
	g := newRegistry(Config{}.withDefaults())
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	go func() {
		defer close(g.ended)
		time.Sleep(turn)
		if ctx.Err() != nil { // the end of run: jobs that wait are not begun
			return
		}
		g.work(ctx, <-g.jobs)
	}()
	begun := time.Now()
	time.AfterFunc(time.Second, func() { stop(errStopping) })
	answer = g.submit(ctx, func(context.Context) error { time.Sleep(takes); return end })
	late = time.Since(begun) - time.Second
	<-g.ended
	return late, answer
}

func TestAStopSaysWhatBecameOfALoad(t *testing.T) {
	refused := errors.New("refused")
	for _, c := range []struct {
		what        string
		turn, takes time.Duration
		end, want   error
	}{
		{"done before the stop", 0, 999 * time.Millisecond, nil, nil},
		{"done at the stop", 0, time.Second, nil, nil},
		{"done after the stop", 0, 1200 * time.Millisecond, nil, nil},
		{"refused before the stop", 0, 999 * time.Millisecond, refused, refused},
		{"broken off", 0, 1200 * time.Millisecond, context.Canceled, errStopping},
		{"never begun", 1100 * time.Millisecond, 0, nil, errStopping},
		{"begun, and too long", 0, time.Minute, nil, errUnknownOutcome},
	} {
		for range 50 { // what is ready at once is chosen at random
			synctest.Test(t, func(t *testing.T) {
				if late, got := stoppingJob(t, c.turn, c.takes, c.end); got != c.want || late > lastWords/2 {
					t.Errorf("%s: %v after %s, want %v", c.what, got, late, c.want)
				}
			})
		}
	}
}

// Run's end and that of its last job come together.
func TestTheEndOfRunDoesNotHideWhatWasDone(t *testing.T) {
	for range 200 {
		g := newRegistry(Config{}.withDefaults())
		go func() { g.work(t.Context(), <-g.jobs); close(g.ended) }()
		if err := g.submit(t.Context(), func(context.Context) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

// Who leaves is not waited for.
func TestACallerWhoLeavesDoesNotWaitForItsLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(Config{}.withDefaults())
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		go func() { g.work(t.Context(), <-g.jobs) }()
		defer time.Sleep(2 * time.Hour) // until it is done
		begun := time.Now()
		err := g.submit(ctx, func(context.Context) error { time.Sleep(time.Hour); return nil })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}
