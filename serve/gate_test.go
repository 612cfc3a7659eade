package serve

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func gateOf(queue, molecules int, pace time.Duration) *gate {
	return newGate(Config{Queue: queue, MaxMolecules: molecules}, func() time.Duration { return pace })
}

func enter(t *testing.T, g *gate, molecules int) *fault {
	t.Helper()
	err := g.enter(t.Context(), molecules, false)
	var f *fault
	if err != nil && !errors.As(err, &f) {
		t.Fatal(err)
	}
	return f
}

// Retry-After is how long what is in will take, by the pace of the last runs.
func TestRetryAfterIsWhatIsInTimesItsPace(t *testing.T) {
	g := gateOf(2, 100, 400*time.Millisecond)
	if enter(t, g, 3) != nil || enter(t, g, 7) != nil {
		t.Fatal("refused")
	}
	if err := g.look(); err == nil {
		t.Error("a body would be read for nothing")
	}
	f := enter(t, g, 1)
	if f == nil || f.code != codeQueueFull || f.retry != 4*time.Second || retryAfter(f) != "4" {
		t.Errorf("%+v", f)
	}
	for want, d := range map[string]time.Duration{"1": 0, "2": 1001 * time.Millisecond, "3600": time.Hour} {
		if got := retryAfter(&fault{retry: d}); got != want {
			t.Errorf("%v: Retry-After %s, want %s", d, got, want)
		}
	}
}

// The molecules that are in are bounded, but for a request that is alone.
func TestOneRequestIsLetInWhateverItBrings(t *testing.T) {
	g := gateOf(10, 1, 0)
	if enter(t, g, 1000) != nil || enter(t, g, 1) == nil {
		t.Error("the only request was refused, or another let in beside it")
	}
	g.leave(1000)
	if requests, molecules := g.inside(); requests != 0 || molecules != 0 {
		t.Errorf("%d requests, %d molecules", requests, molecules)
	}
}

// Streams wait, are let in in their order, before those who do not wait, and give their place up when they leave.
func TestStreamsWaitBeforeTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateOf(1, 100, 0)
		if enter(t, g, 1) != nil {
			t.Fatal("refused")
		}
		var order []int
		var streams sync.WaitGroup
		gone, leave := context.WithCancel(t.Context())
		for k := range 3 {
			ctx := t.Context()
			if k == 1 {
				ctx = gone
			}
			streams.Go(func() {
				if err := g.enter(ctx, 1, true); err != nil {
					order = append(order, -k)
					return
				}
				order = append(order, k)
				time.Sleep(time.Second)
				g.leave(1)
			})
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		g.leave(1)
		synctest.Wait()
		if enter(t, g, 1) == nil {
			t.Error("let in before a stream that waits")
		}
		streams.Wait()
		if len(order) != 3 || order[0] != -1 || order[1] != 0 || order[2] != 2 || enter(t, g, 1) != nil {
			t.Errorf("order %v", order)
		}
	})
}
