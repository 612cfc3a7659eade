package batch_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"molserve/onnx"
	"molserve/serve/batch"
)

// hall is a queue with two runs at a time and any room in them, and who asks it.
type hall struct {
	*batch.Queue[int, int]
	*runner
	calls sync.WaitGroup
}

func newHall(beside int) *hall {
	r := &runner{gate: make(chan struct{})}
	return &hall{runner: r, Queue: batch.New(batch.Options[int, int]{Run: r.run, Runs: 2, Beside: beside,
		Load: func(x int) onnx.Load { return onnx.Load{Graphs: max(1, x/100)} }, Fits: func(onnx.Load) bool { return true }})}
}

// ask adds a job of one item, of so many graphs as it has hundreds.
func (h *hall) ask(t *testing.T, item int) {
	h.calls.Go(func() { do(t, h.Queue, item) })
	synctest.Wait()
}

// end lets the oldest run end.
func (h *hall) end() {
	h.gate <- struct{}{}
	synctest.Wait()
}

// close ends all runs and returns them.
func (h *hall) close() string {
	close(h.gate)
	h.calls.Wait()
	h.Close()
	return fmt.Sprint(h.seen())
}

// crowd has had nine jobs inside: seven are in the only run that is left.
func (h *hall) crowd(t *testing.T) {
	for item := range 9 {
		h.ask(t, item+1)
	}
	h.end()
	h.end()
	if got := fmt.Sprint(h.seen()); got != "[[1] [2] [3 4 5 6 7 8 9]]" || h.Running() != 1 {
		t.Fatalf("runs %s, %d under way", got, h.Running())
	}
}

func TestWhereFewAskNoneWaitsForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(50)
		h.ask(t, 1)
		h.ask(t, 2)
		if h.Running() != 2 {
			t.Errorf("%d runs of two jobs", h.Running())
		}
		h.close()
	})
}

func TestWhereManyAskARunWaitsForItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(50)
		h.crowd(t)
		for k, running := range []int{1, 1, 2} { // of nine, two runs, half of what each has
			h.ask(t, 10+k)
			if h.Running() != running {
				t.Errorf("%d runs with %d jobs that came, want %d", h.Running(), k+1, running)
			}
		}
		if got := h.close(); got != "[[1] [2] [3 4 5 6 7 8 9] [10 11 12]]" {
			t.Errorf("runs %s", got)
		}
	})
}

func TestGraphsThatAreWorthARunWaitForNoShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(4)
		h.crowd(t)
		h.ask(t, 10)
		h.ask(t, 301) // three graphs
		if got := h.close(); got != "[[1] [2] [3 4 5 6 7 8 9] [10 301]]" {
			t.Errorf("runs %s", got)
		}
	})
}

func TestTheLastRunTakesTheFewWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(50)
		h.crowd(t)
		h.ask(t, 10)
		if jobs, _ := h.Waiting(); jobs != 1 {
			t.Errorf("%d jobs wait", jobs)
		}
		h.end()
		if jobs, _ := h.Waiting(); jobs != 0 || h.Running() != 1 {
			t.Errorf("%d jobs wait when a run has ended, %d runs", jobs, h.Running())
		}
		h.close()
	})
}

func TestNobodyWaitsForALongRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(4)
		h.crowd(t)
		h.end()
		h.ask(t, 900) // nine graphs are more than twice four
		h.ask(t, 10)
		if h.Running() != 2 {
			t.Errorf("%d runs", h.Running())
		}
		h.close()
	})
}

func TestACrowdThatHasLeftIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(50)
		h.crowd(t)
		h.end()
		for item := range 20 {
			h.ask(t, item+10)
			h.end()
		}
		h.ask(t, 30)
		h.ask(t, 31)
		if h.Running() != 2 {
			t.Errorf("%d runs of two jobs", h.Running())
		}
		h.close()
	})
}

func TestWhoLeavesBeforeAShortRunEndsIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(50)
		h.crowd(t)
		ctx, leave := context.WithCancel(t.Context())
		for item := range 2 {
			h.calls.Go(func() {
				if _, _, err := h.Do(ctx, []int{item + 20}); err == nil {
					t.Error("a caller who left was answered")
				}
			})
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		h.ask(t, 10) // one waits, not three
		if jobs, items := h.Waiting(); jobs != 1 || items != 1 || h.Running() != 1 {
			t.Errorf("%d jobs, %d items, %d runs", jobs, items, h.Running())
		}
		h.close()
	})
}
