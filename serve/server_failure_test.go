package serve_test

import (
	"errors"
	"net"
	"strings"
	"testing"

	"molserve/serve"
)

// broken is a listener that fails when it is told to.
type broken struct {
	net.Listener
	fail chan error
}

func (b broken) Accept() (net.Conn, error) { return nil, <-b.fail }

// A listener that fails stops the server, and what the others have accepted is answered.
func TestAListenerThatFailsLosesNoRequest(t *testing.T) {
	b := broken{listenLocal(t), make(chan error, 1)}
	w := start(t, serve.Config{GRPC: b})
	got := make(chan answer, 1)
	go func() {
		a, _ := ask("POST", w.base+"/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json")
		got <- a
	}()
	eventually(t, "the request is in", func() bool { return w.scrape()[`molserve_requests_inside{model="m"}`] == "1" })
	failure := errors.New("no more descriptors")
	b.fail <- failure
	eventually(t, "the server stops", func() bool { return strings.Contains(w.log.String(), "msg=stopping") })
	close(w.hold)
	if a := <-got; a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := <-w.ended; !errors.Is(err, failure) {
		t.Errorf("Run: %v", err)
	}
	w.ended <- nil
}
