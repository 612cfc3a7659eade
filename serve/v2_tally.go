package serve

import (
	"sync"
	"time"
)

// tallies are the statistics of the protocol's models, by name and version. Only models that were leased
// have one, so that what a client writes makes none.
type tallies struct {
	mu sync.Mutex
	of map[tallyKey]*tally
}

type tallyKey struct {
	name    string
	version int
}

// tally sums up the requests of a model.
type tally struct {
	Last                      int64 // ms since 1970, of the last success
	Success, Fail             duration
	Queue, Input, Run, Output duration // of successes
}

// duration is how often something took place, and how long it took together.
type duration struct {
	Count uint64 `json:"count"`
	NS    uint64 `json:"ns"`
}

func (d *duration) add(t time.Duration) {
	d.Count++
	d.NS += uint64(t)
}

// note adds a request.
func (t *tallies) note(i *inference, took time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := tallyKey{i.view.name, i.snap.version}
	if t.of == nil {
		t.of = map[tallyKey]*tally{}
	}
	one := t.of[key]
	if one == nil {
		one = &tally{}
		t.of[key] = one
	}
	if err != nil {
		one.Fail.add(took)
		return
	}
	one.Last = time.Now().UnixMilli()
	one.Success.add(took)
	one.Queue.add(i.queue)
	one.Input.add(i.input)
	one.Run.add(i.run)
	one.Output.add(i.output)
}

// read returns a copy, of zeros for a model that was never asked.
func (t *tallies) read(name string, version int) tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.of[tallyKey{name, version}]; one != nil {
		return *one
	}
	return tally{}
}
