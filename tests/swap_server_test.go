package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/prove"
	"molserve/serve"
)

// counted is a model whose closing is counted.
type counted struct {
	serve.Predictor
	open *atomic.Int64
}

func (c counted) Close() error {
	defer c.open.Add(-1)
	return c.Predictor.Close()
}

// swapServer is a server over a folder of copies.
type swapServer struct {
	t    *testing.T
	root string
	base string
	open atomic.Int64 // sessions

	prove serve.Loader
}

// startSwapServer serves version 1 and checks, when the test is over, that nothing is left open.
func startSwapServer(t *testing.T) *swapServer {
	t.Helper()
	return startSwapServerWith(t, serve.Prove)
}

func startSwapServerWith(t *testing.T, prove serve.Loader) *swapServer {
	t.Helper()
	onnxtest.Start(t)
	s := &swapServer{t: t, root: t.TempDir(), prove: prove}
	copyModel(t, 1).seal().publish(t, s.root, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + l.Addr().String()
	before := goleak.IgnoreCurrent()
	ready, ended := make(chan struct{}), make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		ended <- serve.New(serve.Config{Models: s.root, Load: s.load, Poll: 200 * time.Millisecond, Queue: 1000,
			OnReady: func([]*onnx.Manifest) { close(ready) }, Log: slog.New(slog.DiscardHandler)}).Run(ctx, l)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
		goleak.VerifyNone(t, before)
		if n := s.open.Load(); n != 0 {
			t.Errorf("%d sessions are left open", n)
		}
	})
	<-ready
	return s
}

func (s *swapServer) load(ctx context.Context, f onnx.Folder) (serve.Predictor, *prove.Certificate, error) {
	m, c, err := s.prove(ctx, f)
	if err != nil {
		return nil, c, err
	}
	s.open.Add(1)
	return counted{m, &s.open}, c, nil
}

// answer is a reply of one output.
type swapAnswer struct {
	Version     string
	Predictions []struct {
		Status string
		Values struct{ LogS float64 }
	}
}

const swapRequest = `{"smiles": ["CCO", "c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "C"]}`

func (s *swapServer) predict() (swapAnswer, error) {
	return askModel(http.DefaultClient, s.base+"/v1/models/"+swapModel+"/predict")
}

func askModel(client *http.Client, url string) (a swapAnswer, err error) {
	res, err := client.Post(url, "application/json", strings.NewReader(swapRequest))
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		return a, fmt.Errorf("status %d: %s %w", res.StatusCode, body, err)
	}
	return a, json.Unmarshal(body, &a)
}

// consistent tells whether a's numbers are those of the version it names, given version 1's.
func (a swapAnswer) consistent(first swapAnswer) error {
	n, err := strconv.Atoi(a.Version)
	if err != nil || len(a.Predictions) != len(first.Predictions) {
		return fmt.Errorf("%+v", a)
	}
	for i, p := range a.Predictions {
		want := first.Predictions[i].Values.LogS + float64(shiftPerVersion*(n-1))
		// Shifts are added in float64: 1e-9 is far above its rounding and far below one version.
		if p.Status != "ok" || math.Abs(p.Values.LogS-want) > 1e-9 {
			return fmt.Errorf("version %d, molecule %d: %v, want %v", n, i, p.Values.LogS, want)
		}
	}
	return nil
}

func (s *swapServer) mustPredict() swapAnswer {
	s.t.Helper()
	a, err := s.predict()
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// state returns the state and reason of a version.
func (s *swapServer) state(version int) (state, reason string) {
	res, err := http.Get(fmt.Sprintf("%s/v1/models/%s/versions/%d", s.base, swapModel, version))
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var v struct{ State, Reason string }
	json.NewDecoder(res.Body).Decode(&v)
	return v.State, v.Reason
}

func (s *swapServer) eventually(version int, want string) (reason string) {
	s.t.Helper()
	for range 1000 {
		state, reason := s.state(version)
		if state == want {
			return reason
		}
		time.Sleep(20 * time.Millisecond)
	}
	state, reason := s.state(version)
	s.t.Fatalf("version %d is %s (%s), not %s", version, state, reason, want)
	return ""
}
