package serve

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func gateOf(queue, molecules int, pace time.Duration) *gate {
	return newGate(Config{Queue: queue, MaxMolecules: molecules, Timeout: 30 * time.Second}, func() time.Duration { return pace })
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

// Streams wait, are let in in their order, and give their place up when they leave.
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
				g.out(visit{molecules: 1, patient: true})
			})
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		g.leave(1)
		streams.Wait()
		if len(order) != 3 || order[0] != -1 || order[1] != 0 || order[2] != 2 || enter(t, g, 1) != nil {
			t.Errorf("order %v", order)
		}
	})
}

// flow has clients come again and again through the gate for a while, each with so many molecules for so long, and
// returns how often they were in. Who is not patient comes again at once when it was refused.
func flow(t *testing.T, g *gate, clients int, v visit, stay time.Duration, all *sync.WaitGroup) *atomic.Int64 {
	var in atomic.Int64
	end := time.Now().Add(20 * time.Second)
	for range clients {
		all.Go(func() {
			for time.Now().Before(end) {
				if g.enter(t.Context(), v.molecules, v.patient) != nil {
					time.Sleep(20 * time.Millisecond)
					continue
				}
				time.Sleep(stay)
				in.Add(1)
				g.out(v)
			}
		})
	}
	return &in
}

// However many streams wait, others are let in, and however many others come, streams are: each side has half of
// what both want, whether places or molecules are short, and all of it when the other does not come.
func TestStreamsAndOthersLeaveEachOtherRoom(t *testing.T) {
	for name, c := range map[string]struct {
		queue, most                  int   // most of molecules, in waitingPerRequest
		others, streams              int   // clients
		stream, other                int   // molecules of each
		leastOfOthers, leastOfStream int64 // of the 80 turns that half of the places have: clients of one moment come in any order
	}{
		"many streams":                {queue: 8, most: 1000, others: 4, streams: 100, stream: 64, other: 1, leastOfOthers: 60, leastOfStream: 60},
		"many others":                 {queue: 8, most: 1000, others: 100, streams: 4, stream: 64, other: 1, leastOfOthers: 60, leastOfStream: 60},
		"both":                        {queue: 8, most: 1000, others: 100, streams: 100, stream: 64, other: 1, leastOfOthers: 60, leastOfStream: 60},
		"large streams, small others": {queue: 1000, most: 8, others: 300, streams: 1, stream: 64, other: 1, leastOfOthers: 1000, leastOfStream: 9},
		"small streams, large others": {queue: 1000, most: 8, others: 1, streams: 300, stream: 1, other: 64, leastOfOthers: 18, leastOfStream: 1000},
		"one place":                   {queue: 1, most: 8, others: 0, streams: 3, stream: 1, other: 1, leastOfStream: 20},
		"only others":                 {queue: 8, most: 1000, others: 8, streams: 0, stream: 1, other: 1, leastOfOthers: 160},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := gateOf(c.queue, c.most, 0)
				var all sync.WaitGroup
				others := flow(t, g, c.others, visit{molecules: c.other}, time.Second, &all)
				streams := flow(t, g, c.streams, visit{molecules: c.stream, patient: true}, time.Second, &all)
				all.Wait()
				if others.Load() < c.leastOfOthers || streams.Load() < c.leastOfStream {
					t.Errorf("others were in %d times, streams %d, want at least %d and %d", others.Load(), streams.Load(), c.leastOfOthers, c.leastOfStream)
				}
				if requests, molecules := g.inside(); requests != 0 || molecules != 0 || len(g.patient) != 0 || g.streams != (crowd{}) {
					t.Errorf("%d requests, %d molecules, %d waiters, streams %+v are left", requests, molecules, len(g.patient), g.streams)
				}
			})
		})
	}
}

// Nobody is let in who could not be answered in half of the time that there is, by the pace of the last seconds.
func TestNobodyIsLetInToMissTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateOf(100, 100, 0)
		for range 3 { // one at a time, a second each
			enter(t, g, 1)
			time.Sleep(time.Second)
			g.leave(1)
		}
		if enter(t, g, 14) != nil || enter(t, g, 1) != nil {
			t.Error("refused though there are 30 s for 15 molecules")
		}
		f := enter(t, g, 1)
		if f == nil || f.code != codeQueueFull || f.retry != 15*time.Second {
			t.Errorf("the sixteenth: %+v", f)
		}
		if g.look() == nil {
			t.Error("a body would be read for nothing")
		}
		g.out(visit{molecules: 14, undone: true})
		short, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if g.enter(short, 1, false) == nil {
			t.Error("let in with 3 s for the second molecule")
		}
	})
}

// What nobody waited for does not count as done, and a stall is forgotten when the pace is back.
func TestTempoIsOfTheLastSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateOf(100, 100, 0)
		around := func(d time.Duration, v visit) {
			if err := g.enter(t.Context(), v.molecules, v.patient); err != nil {
				t.Fatal(err)
			}
			time.Sleep(d)
			g.out(v)
		}
		around(time.Second, visit{molecules: 10, undone: true})
		if g.tempo.each() != 0 {
			t.Errorf("%v a molecule before any was done", g.tempo.each())
		}
		for range 50 {
			around(100*time.Millisecond, visit{molecules: 10})
		}
		if each := g.tempo.each(); each < 10*time.Millisecond || each > 11*time.Millisecond {
			t.Errorf("%v a molecule, not 10 ms", each)
		}
		around(100*time.Second, visit{molecules: 10, undone: true})
		if each := g.tempo.each(); each < 300*time.Millisecond {
			t.Errorf("%v a molecule after a stall", each)
		}
		for range 40 {
			around(100*time.Millisecond, visit{molecules: 10})
		}
		if each := g.tempo.each(); each > 11*time.Millisecond {
			t.Errorf("%v a molecule after 4 s as before", each)
		}
	})
}
