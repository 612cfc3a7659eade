package serve

import (
	"context"
	"slices"
	"sync"
	"time"
)

// gate lets so many of a model's requests in as can be answered in time, and no more than a bounded number with a
// bounded number of molecules; the rest are told at once to come back. Streams may wait before it: whoever leaves
// lets the first of them in. They hold half of the house at most, and the first in line has its place kept free
// until then, so that neither they nor the others are kept out for good.
type gate struct {
	maxRequests  int
	maxMolecules int
	timeout      time.Duration        // of a request that brings no deadline
	pace         func() time.Duration // of a molecule in the runs; 0: not known

	mu      sync.Mutex
	house   crowd     // who is in
	streams crowd     // those of them that are patient
	patient []*waiter // in the order of their turn
	tempo   tempo
}

// crowd is a number of requests and of their molecules.
type crowd struct{ requests, molecules int }

func (c *crowd) add(requests, molecules int) {
	c.requests, c.molecules = c.requests+requests, c.molecules+molecules
}

// waiter is a stream before the gate.
type waiter struct {
	molecules int
	in        chan struct{} // closed when it is let in
}

// visit is somebody who leaves.
type visit struct {
	molecules int
	patient   bool
	undone    bool // nothing was computed
}

func newGate(c Config, pace func() time.Duration) *gate {
	return &gate{maxRequests: c.Queue, maxMolecules: waitingPerRequest * c.MaxMolecules, timeout: c.Timeout, pace: pace}
}

// longestRetry bounds what an estimate may ask of a client.
const longestRetry = time.Minute

// enter lets the caller in; it must leave with as many molecules. A full house answers at once, or with
// patience waits until there is room or ctx ends.
func (g *gate) enter(ctx context.Context, molecules int, patient bool) error {
	g.mu.Lock()
	if !patient {
		defer g.mu.Unlock()
		if !g.open(molecules, timeLeft(ctx, g.timeout)) {
			return g.full()
		}
		g.admit(visit{molecules: molecules})
		return nil
	}
	w := &waiter{molecules, make(chan struct{})}
	g.patient = append(g.patient, w)
	g.call()
	g.mu.Unlock()
	select {
	case <-w.in:
		return nil
	case <-ctx.Done():
		g.giveUp(w)
		return context.Cause(ctx)
	}
}

// timeLeft is how long ctx lasts, or d if that is shorter.
func timeLeft(ctx context.Context, d time.Duration) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		return min(time.Until(end), d)
	}
	return d
}

// full is the answer of a full house. It is called under mu.
func (g *gate) full() *fault {
	return queueFull(min(time.Duration(g.house.molecules)*g.each(), longestRetry))
}

// look tells, before a body is read, whether not even one molecule would be let in: reading it would take time
// from those who are in.
func (g *gate) look() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open(1, g.timeout) {
		return g.full()
	}
	return nil
}

// open tells whether a request that is not patient fits beside those who are in and the stream whose turn it is.
// It is called under mu.
func (g *gate) open(molecules int, left time.Duration) bool {
	kept := crowd{}
	if len(g.patient) > 0 && g.share(g.patient[0].molecules) {
		kept = crowd{1, g.patient[0].molecules}
	}
	return g.room(kept.requests, kept.molecules+molecules, left)
}

// room tells whether a request fits beside so many others who are not in yet. The only one does, however many
// molecules it brings. It is called under mu.
func (g *gate) room(others, molecules int, left time.Duration) bool {
	if g.house.requests+others == 0 {
		return true
	}
	return g.house.requests+others < g.maxRequests && g.house.molecules+molecules <= g.most(left)
}

// haste is how many times longer than estimated a request may take and still be in time: the pace is of the last
// seconds, and molecules differ.
const haste = 2

// most is how many molecules may be in when the last of them shall be done within a time. It is called under mu.
func (g *gate) most(left time.Duration) int {
	each := g.each()
	if each == 0 {
		return g.maxMolecules
	}
	return min(int(left/(haste*each)), g.maxMolecules)
}

// share tells whether a stream would be within the half of the streams. One always is. It is called under mu.
func (g *gate) share(molecules int) bool {
	s := g.streams
	return s.requests == 0 || 2*(s.requests+1) <= g.maxRequests && 2*(s.molecules+molecules) <= g.most(g.timeout)
}

// each is how long a molecule takes, all things considered; 0: not known. It is called under mu.
func (g *gate) each() time.Duration { return max(g.tempo.each(), g.pace()) }

// admit counts somebody in. It is called under mu.
func (g *gate) admit(v visit) {
	if g.house.requests == 0 {
		g.tempo.start()
	}
	g.house.add(1, v.molecules)
	if v.patient {
		g.streams.add(1, v.molecules)
	}
}

// call lets streams in, in the order of their turn, as long as there is room. It is called under mu.
func (g *gate) call() {
	for len(g.patient) > 0 {
		w := g.patient[0]
		if !g.share(w.molecules) || !g.room(0, w.molecules, g.timeout) {
			return
		}
		g.admit(visit{molecules: w.molecules, patient: true})
		close(w.in)
		g.patient = slices.Delete(g.patient, 0, 1)
	}
}

// giveUp takes a waiter away. One who was let in meanwhile leaves again.
func (g *gate) giveUp(w *waiter) {
	g.mu.Lock()
	i := slices.Index(g.patient, w)
	if i >= 0 {
		g.patient = slices.Delete(g.patient, i, i+1)
		g.call()
	}
	g.mu.Unlock()
	if i < 0 {
		g.out(visit{w.molecules, true, true})
	}
}

// leave is the way out of one who was not patient.
func (g *gate) leave(molecules int) { g.out(visit{molecules: molecules}) }

func (g *gate) out(v visit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.house.add(-1, -v.molecules)
	if v.patient {
		g.streams.add(-1, -v.molecules)
	}
	if v.undone {
		v.molecules = 0
	}
	g.tempo.done(v.molecules, g.house.requests == 0)
	g.call()
}

// inside returns how many requests are in, and their molecules.
func (g *gate) inside() (requests, molecules int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.house.requests, g.house.molecules
}
