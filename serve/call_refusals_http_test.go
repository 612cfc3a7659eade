package serve_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"molserve/serve"
)

// A full house refuses before the body is read. The connection is kept where what is left of the body is thrown away
// cheaply, and ends otherwise; a client that asks first is told before it sends anything.
func TestARefusalDoesNotReadTheBody(t *testing.T) {
	w := start(t, serve.Config{Queue: 1})
	inside := make(chan answer, 1)
	go func() {
		a, _ := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json")
		inside <- a
	}()
	eventually(t, "one is in", func() bool { return w.scrape()[`molserve_requests_inside{model="m"}`] == "1" })
	for name, c := range map[string]struct {
		header  string
		promise int  // Content-Length
		send    int  // bytes before the answer is read
		kept    bool // connection
	}{
		"small":       {promise: 100 << 10, send: 100 << 10, kept: true},
		"large":       {promise: 300 << 10},
		"asks before": {header: "Expect: 100-continue\r\n", promise: 1 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			from := bufio.NewReader(conn)
			for range 2 {
				fmt.Fprintf(conn, "POST /v1/models/m/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s",
					c.promise, c.header, strings.Repeat(" ", c.send))
				res, err := http.ReadResponse(from, nil)
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" || res.Close == c.kept {
					t.Fatalf("%s, Retry-After %q, closes %v", res.Status, res.Header.Get("Retry-After"), res.Close)
				}
				if !c.kept {
					return
				}
			}
		})
	}
	close(w.hold)
	if a := <-inside; a.status != 200 {
		t.Errorf("who was in: %d %s", a.status, a.body)
	}
}
