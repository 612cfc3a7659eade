package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ending is what the clients of a server saw that got SIGTERM.
type ending struct {
	Whole    int64 `json:"whole"`    // answers to predict requests
	Torn     int64 `json:"torn"`     // that began and did not end
	Unread   int64 `json:"unread"`   // requests whose connection ended without a byte of answer
	Answered int64 `json:"answered"` // requests that the server's log has
	Exit     int   `json:"exit"`
	Why      string
}

// sigterm starts server after server and stops each at a random moment under load. A request is accepted when a handler
// of the server saw it, which its log tells: all of those must have come back whole. That leaves requests which
// the server never read, in the moment when it closes idle connections; HTTP has clients send them again (RFC 9112 §9.3.1). With
// --stop-delay there need be none: every second server has one, its answers say Connection: close, and whoever heeds
// that must get an answer to every request.
func sigterm(o *options, r *report) error {
	records, err := readSMILES(o.smiles)
	if err != nil {
		return err
	}
	w := &workload{name: quickest, records: records}
	only := *o
	if only.models, err = onlyModel(o, quickest); err != nil {
		return err
	}
	loads := []*load{w.smilesLoad(1), w.smilesLoad(moleculesABody)}
	random := rand.New(rand.NewPCG(3, 4))
	var sum ending
	bad, lost := 0, int64(0)
	for k := range o.terms {
		graceful := k%2 == 1
		e, err := stopOnce(&only, loads, graceful, time.Duration(random.IntN(300_000))*time.Microsecond)
		if err != nil {
			return err
		}
		if e.Exit != 0 || e.Torn > 0 || e.Answered != e.Whole || e.Whole == 0 || graceful && e.Unread > 0 {
			bad++
			r.note(fmt.Sprintf("server %d, graceful %v: %+v", k, graceful, e))
		}
		if graceful {
			lost += e.Unread
		}
		sum.Whole, sum.Torn, sum.Unread, sum.Answered = sum.Whole+e.Whole, sum.Torn+e.Torn, sum.Unread+e.Unread, sum.Answered+e.Answered
		if k%20 == 19 {
			r.note(fmt.Sprintf("sigterm: %d of %d servers, load average %s", k+1, o.terms, loadAverage()))
		}
	}
	r.hold(fmt.Sprintf("SIGTERM at %d random moments", o.terms), bad == 0, "all accepted answered, exit 0",
		"%d servers failed; %d requests accepted, %d answered whole, %d torn; never read: %d, %d of them beside --stop-delay", bad, sum.Answered, sum.Whole, sum.Torn, sum.Unread, lost)
	r.Raw["sigterm"] = map[string]any{"servers": o.terms, "failed": bad, "sum": sum}
	return nil
}

// quickest is the model that starts soonest.
const quickest = "esol-gcn"

// onlyModel is a folder of models that holds one.
func onlyModel(o *options, name string) (root string, err error) {
	root = filepath.Join(o.state, "only")
	return root, os.CopyFS(filepath.Join(root, name), os.DirFS(filepath.Join(o.models, name)))
}

// stopDelay is longer than a client needs to hear of it.
const stopDelay = 500 * time.Millisecond

// stopOnce starts a server, loads it, and stops it after a while.
func stopOnce(o *options, loads []*load, graceful bool, after time.Duration) (e ending, err error) {
	var accepted atomic.Int64
	flags := []string{"--log-level", "info", "--log-format", "json"}
	if graceful {
		flags = append(flags, "--stop-delay", stopDelay.String())
	}
	server, err := serving(o, func(line string) {
		if strings.Contains(line, `"msg":"request"`) && strings.Contains(line, "/predict") {
			accepted.Add(1)
		}
	}, flags...)
	if err != nil {
		return e, err
	}
	defer server.kill()
	var mu sync.Mutex
	var clients sync.WaitGroup
	for i := range connsOfBatches {
		clients.Go(func() {
			one := untilClosed(server.addr, loads[i%len(loads)])
			mu.Lock()
			defer mu.Unlock()
			e.Whole, e.Torn, e.Unread = e.Whole+one.Whole, e.Torn+one.Torn, e.Unread+one.Unread
			if one.Why != "" {
				e.Why = one.Why
			}
		})
	}
	time.Sleep(after)
	if err := server.terminate(); err != nil {
		return e, err
	}
	clients.Wait()
	e.Exit = server.exit()
	e.Answered = accepted.Load()
	return e, nil
}

// untilClosed asks over one connection until the server says that it closes it, or does.
func untilClosed(addr string, l *load) (e ending) {
	c, err := dial(addr)
	if err != nil {
		return e // nothing was sent
	}
	defer c.Close()
	for {
		a, err := c.do(l.request())
		switch {
		case err == nil && a.whole && (a.status == 200 || a.status == 429):
			e.Whole++
		case err == nil:
			e.Torn++
			e.Why = fmt.Sprint("status ", a.status)
			return e
		case a.bytes > 0:
			e.Torn++
			e.Why = err.Error()
			return e
		default:
			e.Unread++
			return e
		}
		if a.last {
			return e
		}
	}
}
