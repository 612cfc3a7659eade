package serve

import (
	"cmp"
	"runtime/debug"
	"slices"

	"molserve/onnx"
)

// cause is what made a version serve.
type cause string

const (
	causeFolder   cause = "folder"   // the policy, by what is in the folder
	causeActivate cause = "activate" // a call
	causeRollback cause = "rollback" // a call
)

// turn makes a loaded version the one that serves. It is called under mu.
func (g *registry) turn(e *entry, s *snapshot, why cause) {
	old := e.active.Swap(s)
	e.held = false
	if old == s {
		return
	}
	e.versions[s.version].asked = false
	e.past = without(e.past, s.version)
	if old != nil {
		g.retired++
		if v := e.versions[old.version]; v != nil {
			v.last = g.retired
		}
		if why != causeRollback {
			e.remember(old.version)
		}
	}
	g.trim(e)
	g.metrics.swaps[why].Inc()
	g.cfg.Log.Info("version serves", "model", e.name, "version", s.version, "by", why)
}

// longestPast bounds how far back rollback goes.
const longestPast = 16

// remember puts a version at the end of the past, where it stands once.
func (e *entry) remember(number int) {
	e.past = append(without(e.past, number), number)
	e.past = e.past[max(0, len(e.past)-longestPast):]
}

func without(past []int, number int) []int {
	return slices.DeleteFunc(past, func(n int) bool { return n == number })
}

// trim takes out of memory what is neither active, nor asked for by call, nor among the KeepLoaded
// versions that served last; of a model that is unloaded, those too. It is called under mu.
func (g *registry) trim(e *entry) {
	var rest []*snapshot
	active := e.active.Load()
	for _, s := range e.loaded {
		if s != active && !e.versions[s.version].asked {
			rest = append(rest, s)
		}
	}
	last := func(s *snapshot) uint64 { return e.versions[s.version].last }
	slices.SortFunc(rest, func(a, b *snapshot) int { return cmp.Compare(last(b), last(a)) })
	kept := max(0, g.cfg.KeepLoaded)
	if e.held {
		kept = 0
	}
	for i, s := range rest {
		if i >= kept || last(s) == 0 {
			g.retire(e, s, "")
		}
	}
}

// retire takes a version out of memory: nobody can lease it any more, and it is closed when the leases
// there are have come back. It is called under mu.
func (g *registry) retire(e *entry, s *snapshot, reason string) {
	delete(e.loaded, s.version)
	v := e.versions[s.version]
	v.state, v.reason, v.asked = stateDraining, reason, false
	s.release()
	g.closers.Go(func() {
		<-s.drained
		if err := s.close(); err != nil {
			g.metrics.closeFailures.Inc()
			g.cfg.Log.Error("closing a model", "model", s.name, "version", s.version, "cause", err)
		}
		debug.FreeOSMemory()
		onnx.ReleaseMemory()
		g.unloaded(v)
		g.cfg.Log.Info("version unloaded", "model", s.name, "version", s.version)
	})
}

// unloaded notes that a drained version is gone, unless it has been loaded again meanwhile.
func (g *registry) unloaded(v *version) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if v.state == stateDraining {
		v.state = stateUnloaded
	}
}

// empty takes every version of a model out of memory. It is called under mu.
func (g *registry) empty(e *entry, reason string) {
	e.active.Store(nil)
	for _, s := range e.loaded {
		g.retire(e, s, reason)
	}
}

// close takes every model out of memory and waits until all are closed. No scan may be running.
func (g *registry) close() {
	g.mu.Lock()
	g.closed.Store(true)
	for _, e := range g.entries {
		g.empty(e, "")
	}
	g.mu.Unlock()
	g.closers.Wait()
}
