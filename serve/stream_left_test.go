package serve_test

import (
	"net"
	"strings"
	"testing"

	"molserve/serve"
	"molserve/serve/auth"
)

// A client that leaves while its stream waits for its rate, which is for minutes here, is seen to be gone although
// nobody reads on: rows that it sent stand before the end of what it sent.
func TestAClientMayLeaveWhileItsStreamWaitsForTheRate(t *testing.T) {
	for _, c := range []struct {
		what  string
		sent  int // bytes of rows
		reset bool
	}{
		{"more rows than a stream takes", 4 << 10, false},
		{"more bytes than it reads ahead", 48 << 10, false},
		{"and resets the connection", 48 << 10, true},
	} {
		k := clients(t, "slow sha256="+auth.Hash("slow")+" roles=infer molecules_per_second=0.1 burst=0s")
		w := start(t, serve.Config{Runs: 1, Clients: k})
		r := w.raw("/v1/models/m/predict", "chemical/x-daylight-smiles", "Accept", "application/x-ndjson", "Authorization", "Bearer slow")
		if err := r.send(strings.Repeat("C\n", c.sent/2)); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a chunk is computed on credit, and there is a debt", func() bool { return k.Clients()[0].Usage.Molecules.Load() > 0 })
		if c.reset {
			r.conn.(*net.TCPConn).SetLinger(0)
		}
		r.conn.Close()
		eventually(t, c.what, func() bool { return strings.Contains(w.log.String(), "path=/v1/models/m/predict") })
	}
}
