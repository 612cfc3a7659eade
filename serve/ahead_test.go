package serve

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Molecules that wait stay text: only so many are in work at a time, a request's in order, and requests in theirs.
func TestMoleculesAreBuiltShortlyBeforeTheirRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAhead(2, 16)
		var mu sync.Mutex
		var inWork, most int
		begun := make([]time.Time, 5) // of the first chunk of a request
		work := func(request int) chunkWork {
			return func(_ context.Context, from, to int) error {
				mu.Lock()
				if inWork += to - from; from == 0 {
					begun[request] = time.Now()
				}
				most = max(most, inWork)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				defer mu.Unlock()
				inWork -= to - from
				return nil
			}
		}
		var all sync.WaitGroup
		for k, n := range []int{1000, 1, 64, 30, 16} {
			all.Go(func() {
				if err := a.eachChunk(t.Context(), n, work(k)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if int64(most) > a.most || int64(most) < a.most-chunkRecords {
			t.Errorf("%d molecules in work at a time, not up to %d", most, a.most)
		}
		if !slices.IsSortedFunc(begun, time.Time.Compare) || begun[0].IsZero() {
			t.Errorf("requests began at %v", begun)
		}
		if !a.room.TryAcquire(a.most) || !a.turn.TryAcquire(1) {
			t.Error("room is not given back")
		}
	})
}

// An error, a panic or the end of the context of one request ends it alone and gives all room back.
func TestRequestsThatFailGiveTheirRoomBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, fault := newAhead(1, 1), errors.New("no")
		for name, c := range map[string]struct {
			want error
			work chunkWork
		}{
			"error": {fault, func(_ context.Context, from, _ int) error {
				if from == chunkRecords {
					return fault
				}
				return nil
			}},
			"waits": {context.DeadlineExceeded, func(ctx context.Context, _, _ int) error {
				<-ctx.Done()
				return context.Cause(ctx)
			}},
			"panic": {nil, func(context.Context, int, int) error { panic("told to") }},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			waits := make(chan error, 1)
			go func() { waits <- a.eachChunk(ctx, 1000, c.work) }()
			synctest.Wait()
			err := a.eachChunk(ctx, 1, func(context.Context, int, int) error { return nil })
			got := <-waits
			cancel()
			var panicked *panicError
			if c.want != nil && !errors.Is(got, c.want) || c.want == nil && !errors.As(got, &panicked) {
				t.Errorf("%s: %v", name, got)
			}
			if (name == "waits") != errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: the next: %v", name, err)
			}
			if !a.room.TryAcquire(a.most) || !a.turn.TryAcquire(1) {
				t.Fatalf("%s: room is not given back", name)
			}
			a.room.Release(a.most)
			a.turn.Release(1)
		}
	})
}
