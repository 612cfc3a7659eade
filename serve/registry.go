package serve

import (
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// registry knows every model of a folder and which version of each serves.
type registry struct {
	cfg     Config
	scanned atomic.Bool // the first scan is over
	closed  atomic.Bool

	announced bool // OnReady was called

	mu      sync.RWMutex
	entries map[string]*entry

	closers sync.WaitGroup // one for each snapshot that drains
}

// entry is a model: its versions, and the one that serves. An entry is never forgotten.
type entry struct {
	name   string
	gate   *gate
	active atomic.Pointer[snapshot] // nil until a version has proved itself

	versions map[int]*version // guarded by registry.mu
}

// state is where a version is in its life.
type state string

const (
	stateLoading  state = "loading"  // being opened and proved
	stateReady    state = "ready"    // serving
	stateRefused  state = "refused"  // did not prove itself; the reason says why
	stateDraining state = "draining" // replaced, finishing the requests it has
	stateUnloaded state = "unloaded" // on disk only
)

// version is what is known of one folder.
type version struct {
	number int
	dir    string
	print  string // fingerprint of the folder that state speaks of
	state  state
	reason string

	manifest    *onnx.Manifest     // nil: never loaded
	certificate *prove.Certificate // nil: never proved
}

func newRegistry(c Config) *registry { return &registry{cfg: c, entries: map[string]*entry{}} }

// find returns a model by name.
func (g *registry) find(name string) (*entry, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if e := g.entries[name]; e != nil {
		return e, nil
	}
	if !g.scanned.Load() {
		return nil, refuse(codeLoading, "the models are being loaded")
	}
	return nil, refuse(codeUnknownModel, "there is no model of this name; GET /v1/models lists them")
}

// lease returns the snapshot that serves a model, which must be released. A number that is not
// empty must be the serving version's: no other is in memory.
func (g *registry) lease(name, number string) (*entry, *snapshot, error) {
	e, err := g.find(name)
	if err != nil {
		return nil, nil, err
	}
	s := e.current()
	if s == nil {
		return nil, nil, g.notReady(e)
	}
	if number != "" && number != strconv.Itoa(s.version) {
		s.release()
		return nil, nil, refuse(codeUnknownVersion, "this version is not loaded; version %d of %s is", s.version, name)
	}
	return e, s, nil
}

// current leases the active snapshot. A lease fails only on a snapshot that has been replaced, so
// that the next look finds another.
func (e *entry) current() *snapshot {
	for {
		s := e.active.Load()
		if s == nil || s.acquire() {
			return s
		}
	}
}

// notReady says why a model that exists cannot answer.
func (g *registry) notReady(e *entry) error {
	if g.closed.Load() {
		return errStopping
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	for _, v := range e.versions {
		if v.state == stateLoading {
			return refuse(codeLoading, "version %d of %s is being proved", v.number, e.name)
		}
	}
	return refuse(codeLoading, "no version of %s could be proved; GET /v1/models/%s says why", e.name, e.name)
}

// flip makes s the version that serves and lets the one before drain.
func (g *registry) flip(e *entry, s *snapshot) {
	if old := e.active.Swap(s); old != nil {
		g.retire(e, old)
	}
}

// retire gives the registry's lease back and closes the snapshot when the others have come back too.
func (g *registry) retire(e *entry, s *snapshot) {
	g.set(e, s.version, stateDraining, "")
	s.release()
	g.closers.Go(func() {
		<-s.drained
		if err := s.model.Close(); err != nil {
			g.cfg.Log.Error("closing a model", "model", s.name, "version", s.version, "cause", err)
		}
		debug.FreeOSMemory()
		g.unloaded(e, s.version)
		g.cfg.Log.Info("version unloaded", "model", s.name, "version", s.version)
	})
}

// set notes a version's state.
func (g *registry) set(e *entry, number int, st state, reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if v := e.versions[number]; v != nil {
		v.state, v.reason = st, reason
	}
}

// unloaded notes that a drained version is gone, unless it has been loaded again meanwhile.
func (g *registry) unloaded(e *entry, number int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if v := e.versions[number]; v != nil && v.state == stateDraining {
		v.state = stateUnloaded
	}
}

// close retires every model and waits until all are closed. No scan may be running.
func (g *registry) close() {
	g.closed.Store(true)
	g.mu.RLock()
	var all []*entry
	for _, e := range g.entries {
		all = append(all, e)
	}
	g.mu.RUnlock()
	for _, e := range all {
		g.flip(e, nil)
	}
	g.closers.Wait()
}
