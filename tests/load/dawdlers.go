package main

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// barBeside bounds the p99 of others beside dawdlers, by that without them.
const barBeside = 2

// dawdlers compares, in turns, the p99 of clients at half of the saturation load with and without others that send a
// byte a second: every second of them its headers, the others a body.
func dawdlers(o *options, r *report) error {
	server, l, conns, err := prepared(o, 1)
	if err != nil {
		return err
	}
	defer server.kill()
	defer conns.close()
	var without, with, ratios []float64
	for k := range o.rounds {
		// The machine may have changed since the last round.
		rate := closed(server, conns, l, connsOfMolecules, o.slice).rate() / 2
		quiet := open(server, l, rate, 4*o.slice)
		crowd, err := startCrowd(server.addr, o.dawdlers, l.request())
		if err != nil {
			return err
		}
		crowded := open(server, l, rate, 4*o.slice)
		cut := crowd.leave()
		a, b := percentile(quiet.worst(), 0.99), percentile(crowded.worst(), 0.99)
		without, with, ratios = append(without, float64(a)/1e3), append(with, float64(b)/1e3), append(ratios, float64(b)/float64(a))
		if k%5 == 0 {
			r.note(fmt.Sprintf("dawdlers: round %d of %d, %d connections were cut off, load average %s", k, o.rounds, cut, loadAverage()))
		}
	}
	e := estimated(ratios)
	r.add(bar{Name: fmt.Sprintf("%d slow senders: p99 of others / without", o.dawdlers), Bar: fmt.Sprintf("≤ %d", barBeside), Pass: e.Median <= barBeside, Clock: &e,
		Measured: fmt.Sprintf("%.2f (%.2f–%.2f): %.0f µs / %.0f µs", e.Median, e.Low, e.High, median(with), median(without))})
	r.Raw["dawdlers"] = map[string][]float64{"without_p99_us": without, "with_p99_us": with}
	return nil
}

// crowd is clients that send a byte a second.
type crowd struct {
	ended   chan struct{}
	senders sync.WaitGroup
	cut     atomic.Int64 // by the server
}

// startCrowd connects n of them. Whoever is cut off comes again.
func startCrowd(addr string, n int, request []byte) (*crowd, error) {
	c := &crowd{ended: make(chan struct{})}
	for i := range n {
		conn, err := net.DialTimeout("tcp", addr, patience)
		if err != nil {
			c.leave()
			return nil, err
		}
		c.senders.Go(func() {
			for conn != nil {
				c.send(conn, request, i)
				conn.Close()
				conn = c.again(addr)
			}
		})
	}
	return c, nil
}

// again connects once more, unless the crowd is to leave.
func (c *crowd) again(addr string) net.Conn {
	select {
	case <-c.ended:
		return nil
	default:
	}
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil
	}
	return conn
}

// send sends a request byte by byte, half of the clients from its beginning on, the others from its middle on; each has
// its own moment of the second.
func (c *crowd) send(conn net.Conn, request []byte, i int) {
	first := 1
	if i%2 == 0 {
		first = len(request) - len(request)/8 // in the body
	}
	conn.Write(request[:first])
	wait := time.Duration(i%100) * 10 * time.Millisecond
	for at := first; at < len(request); at++ {
		select {
		case <-c.ended:
			return
		case <-time.After(wait):
		}
		wait = time.Second
		if _, err := conn.Write(request[at : at+1]); err != nil {
			c.cut.Add(1)
			return
		}
	}
	<-c.ended
}

// leave ends them all and tells how many the server had cut off.
func (c *crowd) leave() int64 {
	close(c.ended)
	c.senders.Wait()
	return c.cut.Load()
}
