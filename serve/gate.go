package serve

import (
	"context"
	"sync"
)

// gate lets a bounded number of requests run and a bounded number wait, first come first served.
type gate struct {
	slots        chan struct{} // one element for each that runs
	maxRequests  int           // that wait
	maxMolecules int           // of those that wait

	mu        sync.Mutex
	requests  int
	molecules int
}

func newGate(c Config) *gate {
	return &gate{slots: make(chan struct{}, c.Runs), maxRequests: c.Queue, maxMolecules: waitingPerRequest * c.MaxMolecules}
}

// enter returns when the caller may run; it must leave afterwards. A full queue answers at once,
// and a caller whose context ends gives its place up.
func (g *gate) enter(ctx context.Context, molecules int) error {
	select {
	case g.slots <- struct{}{}:
		return nil
	default:
	}
	if !g.join(molecules) {
		return refuse(codeQueueFull, "too many requests are waiting for this model; try again in a moment")
	}
	defer g.unjoin(molecules)
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (g *gate) leave() { <-g.slots }

// join takes a place in the queue. The first to wait is let in however many molecules it brings.
func (g *gate) join(molecules int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.requests >= g.maxRequests || g.requests > 0 && g.molecules+molecules > g.maxMolecules {
		return false
	}
	g.requests++
	g.molecules += molecules
	return true
}

func (g *gate) unjoin(molecules int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests--
	g.molecules -= molecules
}

// waiting returns how many requests wait, and their molecules.
func (g *gate) waiting() (requests, molecules int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests, g.molecules
}
