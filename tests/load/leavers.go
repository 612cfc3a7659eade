package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// holdings are what a process has of the things that leak.
type holdings struct {
	Goroutines  int   `json:"goroutines"`
	Descriptors int   `json:"descriptors"`
	Resident    int64 `json:"resident"`
}

func (p *process) holdings() (h holdings, err error) {
	if h.Goroutines, err = p.goroutines(); err != nil {
		return h, err
	}
	if h.Descriptors, err = p.descriptors(); err != nil {
		return h, err
	}
	h.Resident, err = p.resident()
	return h, err
}

// barLeft bounds resident memory after the last client by that after as many as leaversAtATime × 100.
const (
	barLeft        = 1.1
	leaversAtATime = 16
)

// leavers connects again and again, and leaves at a random moment of sending, waiting or reading.
func leavers(o *options, r *report) error {
	server, single, conns, err := prepared(o, 1)
	if err != nil {
		return err
	}
	defer server.kill()
	batches := (&workload{name: o.model}).from(o.smiles, moleculesABody)
	loads := []*load{single, batches}
	leave(server.addr, loads, max(o.leavers/5, 1)) // pools and heaps fill
	before, err := server.settled(holdings{})
	if err != nil {
		return err
	}
	leave(server.addr, loads, o.leavers)
	after, err := server.settled(before)
	if err != nil {
		return err
	}
	a, err := conns.do(single.request())
	conns.close()
	name := fmt.Sprintf("%d clients that leave: ", o.leavers)
	r.hold(name+"goroutines", after.Goroutines <= before.Goroutines, "none left", "%d before, %d after", before.Goroutines, after.Goroutines)
	r.hold(name+"descriptors", after.Descriptors <= before.Descriptors, "none left", "%d before, %d after", before.Descriptors, after.Descriptors)
	r.hold(name+"resident memory", float64(after.Resident) <= barLeft*float64(before.Resident), fmt.Sprintf("≤ %.1f × before", barLeft),
		"%.2f: %.0f MiB before, %.0f after", float64(after.Resident)/float64(before.Resident), mib(before.Resident), mib(after.Resident))
	r.hold(name+"the next is answered", err == nil && a.status == 200, "200", "%d", a.status)
	r.Raw["leavers"] = map[string]holdings{"before": before, "after": after}
	return nil
}

// from reads the molecules of a file and makes requests of n.
func (w *workload) from(path string, n int) *load {
	var err error
	if w.records, err = readSMILES(path); err != nil {
		return &load{}
	}
	return w.smilesLoad(n)
}

// leave has n clients come and go.
func leave(addr string, loads []*load, n int) {
	var clients sync.WaitGroup
	for k := range leaversAtATime {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(k)))
			for i := k; i < n; i += leaversAtATime {
				leaveOnce(addr, loads[random.IntN(len(loads))].request(), random)
			}
		})
	}
	clients.Wait()
}

// leaveOnce sends some of a request, perhaps all, waits or reads some of the answer, and is gone: half of the times
// with a reset instead of an end.
func leaveOnce(addr string, request []byte, random *rand.Rand) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if random.IntN(2) == 0 {
		c.(*net.TCPConn).SetLinger(0)
	}
	if random.IntN(2) == 0 { // while sending
		request = request[:random.IntN(len(request))]
	}
	c.Write(request)
	switch random.IntN(3) {
	case 0: // at once
	case 1: // while it computes
		time.Sleep(time.Duration(random.IntN(5000)) * time.Microsecond)
	case 2: // while reading, if there is an answer to come
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		io.ReadFull(c, make([]byte, 1+random.IntN(500)))
	}
}

// settled waits until the server holds no more goroutines and descriptors than it should, and tells what it
// holds then, or what it still holds after a while. Without a should it waits until nothing changes.
func (p *process) settled(should holdings) (h holdings, err error) {
	last, same := holdings{}, 0
	for range 100 {
		if h, err = p.holdings(); err != nil {
			return h, err
		}
		if h.Goroutines <= should.Goroutines && h.Descriptors <= should.Descriptors {
			return h, nil
		}
		if same++; h.Goroutines != last.Goroutines || h.Descriptors != last.Descriptors {
			same = 0
		}
		if last = h; should.Goroutines == 0 && same == 10 {
			return h, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return h, nil
}
