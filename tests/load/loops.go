package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// slice is what a stretch of load came to.
type slice struct {
	Items   int    // molecules that were answered with 200
	OK      int    // requests that were
	Refused int    // with 429
	Failed  int    // anything else
	Why     string // of the first that failed
	Wall    time.Duration
	Server  time.Duration // processor time of the server
	Client  time.Duration // and of this process

	Good   []time.Duration // latencies of OK
	Turned []time.Duration // of Refused
}

// worst are the latencies of all who asked: whoever was refused or failed waited as long as anybody would.
func (s *slice) worst() []time.Duration {
	return append(slices.Repeat([]time.Duration{patience}, s.Refused+s.Failed), s.Good...)
}

// rate is molecules a second by the clock.
func (s *slice) rate() float64 { return float64(s.Items) / s.Wall.Seconds() }

// each is the time per molecule, ns.
func (s *slice) each(t time.Duration) float64 { return float64(t) / float64(max(s.Items, 1)) }

// load is the requests that a stretch is made of, sent in turn.
type load struct {
	requests [][]byte
	items    int // molecules a request
	next     atomic.Int64
}

func (l *load) request() []byte { return l.requests[int(l.next.Add(1))%len(l.requests)] }

// tally counts answers.
type tally struct {
	mu sync.Mutex
	slice
	items int
}

func (t *tally) note(a answer, err error, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		t.fail(err.Error())
	case a.status == 200:
		t.OK, t.Items, t.Good = t.OK+1, t.Items+t.items, append(t.Good, took)
	case a.status == 429:
		t.Refused, t.Turned = t.Refused+1, append(t.Turned, took)
	default:
		t.fail(fmt.Sprint("status ", a.status))
	}
}

func (t *tally) fail(why string) {
	if t.Failed++; t.Why == "" {
		t.Why = why
	}
}

// measured runs f and adds the times that it took.
func measured(p *process, t *tally, f func()) *slice {
	server, client, begun := p.cpu(), cpu(0), time.Now()
	f()
	t.Wall, t.Server, t.Client = time.Since(begun), p.cpu()-server, cpu(0)-client
	return &t.slice
}

// pool keeps connections to one address.
type pool struct {
	addr string
	mu   sync.Mutex
	idle []*conn // by when they were given back
}

// longestIdle is how long a connection is kept without a request: the server closes it after a minute, perhaps while
// the next request is on its way.
const longestIdle = 30 * time.Second

func (p *pool) take() (*conn, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 && time.Since(p.idle[n-1].idleSince) < longestIdle {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	stale := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, c := range stale {
		c.Close()
	}
	return dial(p.addr)
}

func (p *pool) give(c *conn) {
	c.idleSince = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, c)
}

func (p *pool) close() {
	for _, c := range p.idle {
		c.Close()
	}
	p.idle = nil
}

// do sends a request over any connection.
func (p *pool) do(request []byte) (answer, error) {
	c, err := p.take()
	if err != nil {
		return answer{}, err
	}
	a, err := c.do(request)
	if err != nil || a.last {
		c.Close()
	} else {
		p.give(c)
	}
	return a, err
}

// closed keeps n connections busy for a while: each asks as soon as it was answered.
func closed(p *process, conns *pool, l *load, n int, span time.Duration) *slice {
	t := &tally{items: l.items}
	return measured(p, t, func() {
		var clients sync.WaitGroup
		for begun, i := time.Now(), 0; i < n; i++ {
			clients.Go(func() {
				for time.Since(begun) < span {
					sent := time.Now()
					a, err := conns.do(l.request())
					t.note(a, err, time.Since(sent))
				}
			})
		}
		clients.Wait()
	})
}
