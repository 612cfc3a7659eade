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

// besides has two runs at a time; three items are worth one beside another.
func besides(r *runner) *batch.Queue[int, int] {
	return queue(r, batch.Options[int, int]{Runs: 2, Beside: 3})
}

func TestFewWaitForAShortRunAndManyDoNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := besides(r)
		var calls sync.WaitGroup
		for k, running := range []int{1, 1, 1, 2, 2} { // the fourth is the third that waits
			calls.Go(func() { do(t, q, k+1) })
			synctest.Wait()
			if q.Running() != running {
				t.Errorf("%d runs with %d jobs, want %d", q.Running(), k+1, running)
			}
		}
		close(r.gate)
		calls.Wait()
		q.Close()
		if got := fmt.Sprint(r.seen()); got != "[[1] [2 3 4] [5]]" {
			t.Errorf("runs %s", got)
		}
	})
}

func TestOneOfTwoRunsLeavesFewToTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := besides(r)
		var calls sync.WaitGroup
		for _, items := range [][]int{{1}, {2, 3, 4}, {5}} {
			calls.Go(func() { do(t, q, items...) })
			synctest.Wait()
		}
		r.gate <- struct{}{} // one run ends
		synctest.Wait()
		if jobs, _ := q.Waiting(); jobs != 1 || q.Running() != 1 {
			t.Errorf("%d jobs wait, %d runs", jobs, q.Running())
		}
		close(r.gate)
		calls.Wait()
		q.Close()
	})
}

func TestNobodyWaitsForALongRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := batch.New(batch.Options[int, int]{Run: r.run, Runs: 2, Beside: 2,
			Load: func(x int) onnx.Load { return onnx.Load{Graphs: x} }, Fits: func(onnx.Load) bool { return false }})
		var calls sync.WaitGroup
		for k, graphs := range []int{9, 1} { // eight are four times two
			calls.Go(func() { do(t, q, graphs) })
			synctest.Wait()
			if q.Running() != k+1 {
				t.Errorf("%d runs, want %d", q.Running(), k+1)
			}
		}
		close(r.gate)
		calls.Wait()
		q.Close()
	})
}

func TestWhoLeavesBeforeAShortRunEndsIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := besides(r)
		var calls sync.WaitGroup
		calls.Go(func() { do(t, q, 1) })
		synctest.Wait()
		ctx, leave := context.WithCancel(t.Context())
		calls.Go(func() {
			if _, _, err := q.Do(ctx, []int{2, 3}); err == nil {
				t.Error("a caller who left was answered")
			}
		})
		synctest.Wait()
		leave()
		synctest.Wait()
		calls.Go(func() { do(t, q, 4) }) // one waits, not three
		synctest.Wait()
		if jobs, items := q.Waiting(); jobs != 1 || items != 1 || q.Running() != 1 {
			t.Errorf("%d jobs, %d items, %d runs", jobs, items, q.Running())
		}
		close(r.gate)
		calls.Wait()
		q.Close()
	})
}
