package serve

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// registry knows every model of a folder, which versions of each are in memory and which one serves.
//
// What takes long, opening and proving, happens in the goroutine of run, one version at a time. What is
// in memory already changes hands at once, under mu, by whoever asks.
type registry struct {
	cfg     Config
	metrics *metrics
	scanned atomic.Bool // the first scan is over
	closed  atomic.Bool

	announced  bool     // OnReady was called
	overlooked []string // what looks like a model and is none, at the last scan; run's goroutine only

	jobs  chan *job     // loads that calls asked for
	ended chan struct{} // closed when run has ended: no job is done any more

	mu      sync.RWMutex
	entries map[string]*entry
	retired uint64 // versions that ceased to serve; orders them

	closers sync.WaitGroup // one for each snapshot that drains
}

// entry is a model: its versions, those in memory, and the one that serves. An entry is never forgotten.
type entry struct {
	name   string
	gate   *gate
	active atomic.Pointer[snapshot] // nil until a version has proved itself, and after unload

	// Guarded by registry.mu.
	versions map[int]*version
	loaded   map[int]*snapshot // by version; the active one and those kept beside it
	pin      int               // the only version that may serve; 0: the latest that proves itself
	past     []int             // versions that served before the active one, the last last: where rollback goes
	held     bool              // unloaded by call: stays out of memory until it is loaded by call
}

// state is where a version is in its life.
type state string

const (
	stateLoading  state = "loading"  // being opened and proved
	stateReady    state = "ready"    // in memory, answers requests
	stateRefused  state = "refused"  // did not prove itself; the reason says why
	stateDraining state = "draining" // on its way out of memory, finishing the requests it has
	stateUnloaded state = "unloaded" // on disk only
)

// version is what is known of one folder.
type version struct {
	number int
	dir    string
	print  string // fingerprint of the folder that state speaks of
	state  state
	reason string

	asked   bool   // loaded by call: kept until it has served or is unloaded by call
	unloads int    // calls that wanted it out of memory
	last    uint64 // registry.retired when it ceased to serve; 0: it never served

	manifest    *onnx.Manifest     // nil: never loaded
	certificate *prove.Certificate // nil: never proved
}

func newRegistry(c Config) *registry {
	g := &registry{cfg: c, metrics: newMetrics(), entries: map[string]*entry{}, jobs: make(chan *job, maxJobs), ended: make(chan struct{})}
	g.metrics.all.MustRegister(g)
	return g
}

func newEntry(c Config, name string) *entry {
	e := &entry{name: name, versions: map[int]*version{}, loaded: map[int]*snapshot{}, pin: c.Pins[name]}
	e.gate = newGate(c, e.pace)
	return e
}

// pace is how long a molecule takes the version that serves, 0 when none does or none was asked yet.
func (e *entry) pace() time.Duration {
	if s := e.active.Load(); s != nil {
		return s.graphs.Pace()
	}
	return 0
}

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
	return nil, unknownModel()
}

// lease returns a version of a model that is in memory, the active one for an empty number. It must be released.
func (g *registry) lease(name, number string) (*entry, *snapshot, error) {
	e, err := g.find(name)
	if err != nil {
		return nil, nil, err
	}
	if number != "" {
		s, err := g.leaseVersion(e, number)
		return e, s, err
	}
	s := e.current()
	if s == nil {
		return nil, nil, g.notReady(e)
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

// leaseVersion leases a version by its number. What is in loaded has the registry's lease while mu is
// held, so that another can be had.
func (g *registry) leaseVersion(e *entry, number string) (*snapshot, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	v, err := e.version(number)
	if err != nil {
		return nil, err
	}
	if s := e.loaded[v.number]; s != nil && s.acquire() {
		return s, nil
	}
	if g.closed.Load() {
		return nil, errStopping
	}
	if v.state == stateLoading {
		return nil, refuse(codeLoading, "version %d of %s is being proved", v.number, e.name)
	}
	return nil, refuse(codeUnknownVersion, "version %d of %s is not in memory, it is %s; GET /v1/models/%s lists those that are", v.number, e.name, v.state, e.name)
}

// version returns a version by the only spelling of its number. It is called under mu.
func (e *entry) version(number string) (*version, error) {
	n, err := strconv.Atoi(number)
	if v := e.versions[n]; err == nil && v != nil && strconv.Itoa(n) == number {
		return v, nil
	}
	return nil, refuse(codeUnknownVersion, "there is no such version of %s; GET /v1/models/%s lists them", e.name, e.name)
}

// notReady says why a model that exists cannot answer.
func (g *registry) notReady(e *entry) error {
	if g.closed.Load() {
		return errStopping
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	if e.held {
		return refuse(codeUnloaded, "%s was unloaded by call", e.name)
	}
	for _, v := range e.versions {
		if v.state == stateLoading {
			return refuse(codeLoading, "version %d of %s is being proved", v.number, e.name)
		}
	}
	if e.pin != 0 {
		return refuse(codeLoading, "%s is pinned to version %d, which is not there or could not be proved; GET /v1/models/%s says why", e.name, e.pin, e.name)
	}
	return refuse(codeLoading, "no version of %s could be proved; GET /v1/models/%s says why", e.name, e.name)
}
