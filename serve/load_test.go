package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/serve"
)

func TestFullQueueIs429AndOthersGetTheirTurn(t *testing.T) {
	w := start(t, serve.Config{Runs: 1, Queue: 3})
	answers := make(chan answer, 8)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			a, err := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json")
			if err != nil {
				t.Error(err)
			}
			answers <- a
		})
	}
	// Three are in: five are told to come back, at once.
	for range 5 {
		a := <-answers
		if a.status != 429 || a.header.Get("Retry-After") == "" || readFault(t, a).Error.Code != "queue_full" {
			t.Errorf("%d %v %s", a.status, a.header, a.body)
		}
	}
	close(w.hold)
	clients.Wait()
	for range 3 {
		if a := <-answers; a.status != 200 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
}

func TestMoleculesThatWaitAreBounded(t *testing.T) {
	w := start(t, serve.Config{Runs: 1, Queue: 1000, MaxMolecules: 2})
	answers := make(chan answer, 40)
	var clients sync.WaitGroup
	for range 40 {
		clients.Go(func() {
			a, _ := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait","C"]}`, "Content-Type", "application/json")
			answers <- a
		})
	}
	for range 40 - 16 {
		if a := <-answers; a.status != 429 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	close(w.hold)
	clients.Wait()
}

func TestDeadlineIs504(t *testing.T) {
	w := start(t, serve.Config{Timeout: 50 * time.Millisecond, Runs: 1})
	var clients sync.WaitGroup
	for range 3 { // one runs into it, two wait into it
		clients.Go(func() {
			a, err := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json")
			if err != nil || a.status != 504 || !strings.Contains(a.body, `"deadline"`) {
				t.Errorf("%d %s %v", a.status, a.body, err)
			}
		})
	}
	clients.Wait()
	if a := w.predict(`{"smiles":["C"]}`); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.body)
	}
}

func TestClientThatLeavesStopsItsWork(t *testing.T) {
	w := start(t, serve.Config{Runs: 1, Queue: 2})
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 2)
	for range 2 { // they fill the queue
		go func() {
			req, _ := http.NewRequestWithContext(ctx, "POST", w.base+"/v1/models/m/predict", strings.NewReader(`{"smiles":["wait"]}`))
			req.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(req)
			if err == nil {
				res.Body.Close()
			}
			gone <- err
		}()
	}
	time.Sleep(100 * time.Millisecond)
	if a := w.predict(`{"smiles":["C"]}`); a.status != 429 {
		t.Errorf("the queue is not full: %d", a.status)
	}
	leave()
	for range 2 {
		if <-gone == nil {
			t.Error("answered")
		}
	}
	eventually(t, "there is room again", func() bool { return w.predict(`{"smiles":["C"]}`).status == 200 })
	eventually(t, "the log says so", func() bool { return strings.Count(w.log.String(), "status=499") == 2 })
}

func TestStopFinishesWhatWasAccepted(t *testing.T) {
	w := start(t, serve.Config{StopDelay: 200 * time.Millisecond})
	got := make(chan answer, 1)
	go func() {
		a, err := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json")
		if err != nil {
			t.Error(err)
		}
		got <- a
	}()
	time.Sleep(50 * time.Millisecond)
	w.stop()
	eventually(t, "not ready while stopping", func() bool {
		a, err := w.try("GET", "/health/ready", "")
		return err == nil && a.status == 503 && strings.Contains(a.body, "stopping") && a.last
	})
	time.Sleep(300 * time.Millisecond)
	if _, err := w.try("GET", "/health/live", ""); err == nil {
		t.Error("still accepting after the delay")
	}
	close(w.hold)
	if a := <-got; a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestGraceCutsOffWith503(t *testing.T) {
	w := start(t, serve.Config{Grace: 50 * time.Millisecond})
	got := make(chan answer, 1)
	go func() {
		a, _ := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json")
		got <- a
	}()
	time.Sleep(100 * time.Millisecond)
	w.stop()
	if a := <-got; a.status != 503 || readFault(t, a).Error.Code != "stopping" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := <-w.ended; err != serve.ErrGrace {
		t.Errorf("Run: %v", err)
	}
	w.ended <- nil // for end
}

func TestNotReadyUntilTheFirstScanIsOver(t *testing.T) {
	release := make(chan struct{})
	w := startEarly(t, "127.0.0.1", serve.Config{Load: func(context.Context, onnx.Folder) (serve.Predictor, *prove.Certificate, error) {
		<-release
		return nil, nil, fmt.Errorf("no")
	}})
	if a := w.do("GET", "/health/ready", ""); a.status != 503 {
		t.Errorf("ready too soon: %d %s", a.status, a.body)
	}
	close(release)
	<-w.ready
	a := w.predict(`{"smiles":["C"]}`)
	if a.status != 503 || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, "no version of m could be proved") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.do("GET", "/health/ready", ""); a.status != 200 || !strings.Contains(a.body, `{"name":"m","active_version":null}`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}
