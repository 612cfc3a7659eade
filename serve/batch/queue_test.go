package batch_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"molserve/onnx"
	"molserve/serve/batch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// runner computes integers: the square. It notes its runs and waits for its gate, if it has one.
type runner struct {
	mu   sync.Mutex
	runs [][]int
	gate chan struct{} // nil: open
	bad  int           // a run with this item fails
}

func (r *runner) run(ctx context.Context, items []int) ([]int, error) {
	r.mu.Lock()
	r.runs = append(r.runs, slices.Clone(items))
	r.mu.Unlock()
	if r.gate != nil {
		select {
		case <-r.gate:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	out := make([]int, len(items))
	for i, x := range items {
		if x == r.bad && x != 0 {
			return nil, fmt.Errorf("%d is poison", x)
		}
		if x < 0 {
			panic("negative")
		}
		out[i] = x * x
	}
	return out, nil
}

func (r *runner) seen() [][]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.runs)
}

// queue has runs of at most 4 items and 100 atoms; an item's atoms are itself modulo 100.
func queue(r *runner, o batch.Options[int, int]) *batch.Queue[int, int] {
	o.Run = r.run
	o.Load = func(x int) onnx.Load { return onnx.Load{Graphs: 1, Atoms: x % 100} }
	o.Fits = func(l onnx.Load) bool { return l.Graphs <= 4 && l.Atoms <= 100 }
	return batch.New(o)
}

// do wants the squares.
func do(t *testing.T, q *batch.Queue[int, int], items ...int) {
	t.Helper()
	results, _, err := q.Do(t.Context(), items)
	if err != nil || len(results) != len(items) {
		t.Errorf("%v: %v, %v", items, results, err)
		return
	}
	for i, r := range results {
		if r.Err != nil || r.Value != items[i]*items[i] {
			t.Errorf("item %d of %v: %+v", i, items, r)
		}
	}
}

func TestWhileOneRunIsUnderWayTheNextGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := queue(r, batch.Options[int, int]{Runs: 1})
		var calls sync.WaitGroup
		for _, items := range [][]int{{1}, {2, 3}, {50}, {60}, {4, 5, 6, 7, 8}, {9}} {
			calls.Go(func() { do(t, q, items...) })
			synctest.Wait()
		}
		if jobs, items := q.Waiting(); jobs != 5 || items != 10 || q.Running() != 1 {
			t.Errorf("%d jobs, %d items, %d runs", jobs, items, q.Running())
		}
		close(r.gate)
		calls.Wait()
		// 60 does not fit beside 50, and an item behind it does; then 60 is the first. The job of five had its
		// turn with 4: its rest comes behind 9.
		want := "[[1] [2 3 50 4] [60 9 5 6] [7 8]]"
		if got := fmt.Sprint(r.seen()); got != want {
			t.Errorf("runs %s, want %s", got, want)
		}
		q.Close()
	})
}

func TestALargeJobDoesNotKeepSmallOnesWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := queue(r, batch.Options[int, int]{Runs: 1})
		var calls sync.WaitGroup
		large := make([]int, 100)
		for i := range large {
			large[i] = 1
		}
		calls.Go(func() { do(t, q, large...) })
		synctest.Wait()
		calls.Go(func() { do(t, q, 2) })
		synctest.Wait()
		close(r.gate)
		calls.Wait()
		for k, run := range r.seen() {
			if slices.Contains(run, 2) && k > 2 {
				t.Errorf("the small job was in run %d", k)
			}
		}
	})
}

func TestPoisonFailsAlone(t *testing.T) {
	for _, bad := range []int{13, -1} {
		synctest.Test(t, func(t *testing.T) {
			r := &runner{gate: make(chan struct{}), bad: 13}
			q := queue(r, batch.Options[int, int]{Runs: 1})
			var calls sync.WaitGroup
			calls.Go(func() { do(t, q, 1) })
			synctest.Wait()
			calls.Go(func() { do(t, q, 2, 3) })
			synctest.Wait()
			calls.Go(func() {
				results, _, err := q.Do(t.Context(), []int{bad, 4})
				if err != nil || results[0].Err == nil || results[1].Err != nil || results[1].Value != 16 {
					t.Errorf("%+v, %v", results, err)
				}
			})
			synctest.Wait()
			close(r.gate)
			calls.Wait()
		})
	}
}

func TestWhoLeavesIsDroppedBeforeTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := queue(r, batch.Options[int, int]{Runs: 1})
		var calls sync.WaitGroup
		calls.Go(func() { do(t, q, 1) })
		synctest.Wait()
		why := errors.New("bored")
		ctx, leave := context.WithCancelCause(t.Context())
		calls.Go(func() {
			if _, _, err := q.Do(ctx, []int{2, 3}); err != why {
				t.Errorf("%v", err)
			}
		})
		synctest.Wait()
		calls.Go(func() { do(t, q, 4) })
		synctest.Wait()
		leave(why)
		synctest.Wait()
		if jobs, items := q.Waiting(); jobs != 1 || items != 1 {
			t.Errorf("%d jobs, %d items wait", jobs, items)
		}
		close(r.gate)
		calls.Wait()
		if got := fmt.Sprint(r.seen()); got != "[[1] [4]]" {
			t.Errorf("runs %s", got)
		}
	})
}

// A caller that computes its own run, as nobody else is there, gets the cause of its context's end too.
func TestTheCallersOwnRunEndsWithItsContext(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			q := queue(&runner{gate: make(chan struct{})}, batch.Options[int, int]{Runs: 1, Observed: func(p batch.Pack) {
				if p.Err != nil {
					t.Errorf("a run that was stopped failed: %v", p.Err)
				}
			}})
			why := errors.New("late")
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, why)
			defer cancel()
			if results, _, err := q.Do(ctx, []int{1, 2}); err != why || results != nil {
				t.Errorf("%v, %v", results, err)
			}
			if q.Running() != 0 {
				t.Error("a run is left")
			}
		})
	}
}

func TestARunThatAllHaveLeftIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := queue(r, batch.Options[int, int]{Runs: 1})
		var calls sync.WaitGroup
		first, leaveFirst := context.WithCancel(t.Context())
		calls.Go(func() { q.Do(first, []int{1}) })
		synctest.Wait()
		two, leaveTwo := context.WithCancel(t.Context())
		for x := range 2 {
			calls.Go(func() { q.Do(two, []int{x}) })
		}
		synctest.Wait()
		leaveFirst()
		synctest.Wait()
		if got := len(r.seen()); got != 2 || q.Running() != 1 {
			t.Fatalf("%d runs, %d under way", got, q.Running())
		}
		leaveTwo()
		calls.Wait()
		synctest.Wait()
		if q.Running() != 0 {
			t.Error("the run goes on")
		}
		close(r.gate)
		do(t, q, 5)
	})
}

func TestTheFirstWaitsForOthersWhenItIsToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{}
		q := queue(r, batch.Options[int, int]{Runs: 1, Wait: time.Millisecond})
		begun := time.Now()
		var calls sync.WaitGroup
		for x := range 3 {
			calls.Go(func() { time.Sleep(time.Duration(x) * 300 * time.Microsecond); do(t, q, x+1) })
		}
		calls.Wait()
		if got := fmt.Sprint(r.seen()); got != "[[1 2 3]]" || time.Since(begun) != time.Millisecond {
			t.Errorf("runs %s after %v", got, time.Since(begun))
		}
		// What fills a run is not waited with.
		begun = time.Now()
		do(t, q, 1, 2, 3, 4, 5)
		if waited := time.Since(begun); waited > time.Millisecond {
			t.Errorf("waited %v", waited)
		}
		if runs := r.seen(); len(runs[1]) != 4 {
			t.Errorf("runs %v", runs)
		}
	})
}

func TestCloseDoesWhatThereIsAndRefusesMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runner{gate: make(chan struct{})}
		q := queue(r, batch.Options[int, int]{Runs: 2})
		var calls sync.WaitGroup
		for x := range 9 {
			calls.Go(func() { do(t, q, x+1) })
		}
		synctest.Wait()
		var closed atomic.Bool
		calls.Go(func() { q.Close(); closed.Store(true) })
		synctest.Wait()
		if _, _, err := q.Do(t.Context(), []int{1}); err != batch.ErrClosed || closed.Load() {
			t.Errorf("%v", err)
		}
		close(r.gate)
		calls.Wait()
	})
}

// Any mixture of jobs, some of whose callers leave, some poisonous: every result is its item's.
func TestEveryResultIsItsItems(t *testing.T) {
	r := &runner{bad: 77}
	var packs atomic.Int64
	q := queue(r, batch.Options[int, int]{Runs: 3, Observed: func(p batch.Pack) {
		packs.Add(1)
		if p.Load.Graphs > 1 && (p.Load.Graphs > 4 || p.Load.Atoms > 100) {
			t.Errorf("a run of %+v", p.Load)
		}
	}})
	var calls sync.WaitGroup
	for seed := range 16 {
		calls.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(seed)))
			for range 300 {
				items := make([]int, 1+random.IntN(20))
				for i := range items {
					items[i] = random.IntN(300)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(2000))*time.Microsecond)
				results, _, err := q.Do(ctx, items)
				cancel()
				for i := range results {
					left := results[i].Err != nil && ctx.Err() != nil
					if err == nil && !left && (items[i] == 77) != (results[i].Err != nil) || results[i].Err == nil && results[i].Value != items[i]*items[i] {
						t.Errorf("%d: %+v, %v", items[i], results[i], err)
					}
				}
			}
		})
	}
	calls.Wait()
	q.Close()
	if jobs, items := q.Waiting(); jobs != 0 || items != 0 || q.Running() != 0 || packs.Load() == 0 || q.Pace() <= 0 {
		t.Errorf("%d jobs, %d items, %d runs, %d packs, pace %v", jobs, items, q.Running(), packs.Load(), q.Pace())
	}
}

func BenchmarkOneItem(b *testing.B) {
	q := queue(&runner{}, batch.Options[int, int]{Runs: 2})
	q.Do(b.Context(), []int{1})
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			q.Do(b.Context(), []int{1})
		}
	})
}
