package serve

import (
	"context"
	"slices"
	"sync"
	"time"
)

// gate lets a bounded number of a model's requests in, with a bounded number of molecules; the rest are told
// at once to come back. Streams may wait before it: whoever leaves lets the first of them in.
type gate struct {
	maxRequests  int
	maxMolecules int
	pace         func() time.Duration // of one molecule; 0: not known

	mu        sync.Mutex
	requests  int
	molecules int
	patient   []*waiter // of streams, in the order of their turn
}

// waiter is a stream before the gate.
type waiter struct {
	molecules int
	in        chan struct{} // closed when it is let in
}

func newGate(c Config, pace func() time.Duration) *gate {
	return &gate{maxRequests: c.Queue, maxMolecules: waitingPerRequest * c.MaxMolecules, pace: pace}
}

// longestRetry bounds what an estimate may ask of a client.
const longestRetry = time.Minute

// enter lets the caller in; it must leave with as many molecules. A full house answers at once, or with
// patience waits until there is room or ctx ends.
func (g *gate) enter(ctx context.Context, molecules int, patient bool) error {
	g.mu.Lock()
	if len(g.patient) == 0 && g.room(molecules) {
		g.count(molecules)
		g.mu.Unlock()
		return nil
	}
	if !patient {
		defer g.mu.Unlock()
		return g.full()
	}
	w := &waiter{molecules, make(chan struct{})}
	g.patient = append(g.patient, w)
	g.mu.Unlock()
	select {
	case <-w.in:
		return nil
	case <-ctx.Done():
		g.giveUp(w)
		return context.Cause(ctx)
	}
}

// full is the answer of a full house. It is called under mu.
func (g *gate) full() *fault {
	f := refuse(codeQueueFull, "too many requests are waiting for this model; try again in a moment")
	f.retry = min(time.Duration(g.molecules)*g.pace(), longestRetry)
	return f
}

// look tells, before a body is read, whether not even one molecule would be let in: reading it would take time
// from those who are in.
func (g *gate) look() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.patient) > 0 || !g.room(1) {
		return g.full()
	}
	return nil
}

// room tells whether a request fits. The only one does, however many molecules it brings. It is called under mu.
func (g *gate) room(molecules int) bool {
	return g.requests < g.maxRequests && (g.requests == 0 || g.molecules+molecules <= g.maxMolecules)
}

func (g *gate) count(molecules int) {
	g.requests++
	g.molecules += molecules
}

// giveUp takes a waiter away. One who was let in meanwhile leaves again.
func (g *gate) giveUp(w *waiter) {
	g.mu.Lock()
	i := slices.Index(g.patient, w)
	if i >= 0 {
		g.patient = slices.Delete(g.patient, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 {
		g.leave(w.molecules)
	}
}

func (g *gate) leave(molecules int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests--
	g.molecules -= molecules
	for len(g.patient) > 0 && g.room(g.patient[0].molecules) {
		g.count(g.patient[0].molecules)
		close(g.patient[0].in)
		g.patient = slices.Delete(g.patient, 0, 1)
	}
}

// inside returns how many requests are in, and their molecules.
func (g *gate) inside() (requests, molecules int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests, g.molecules
}
