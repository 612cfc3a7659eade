package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// asked runs an open loop against a handler, a thousand requests a second for a tenth of one.
func asked(t *testing.T, h http.HandlerFunc) *slice {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	p := &process{addr: strings.TrimPrefix(s.URL, "http://"), cmd: &exec.Cmd{Process: must(t)(os.FindProcess(os.Getpid()))}}
	return open(p, &load{items: 3, requests: [][]byte{request("/", "text/plain", []byte("body"))}}, 1000, 100*time.Millisecond)
}

func must(t *testing.T) func(p *os.Process, err error) *os.Process {
	return func(p *os.Process, err error) *os.Process {
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}

func answered(w http.ResponseWriter, r *http.Request, status, bytes int) {
	io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Length", strconv.Itoa(bytes))
	w.WriteHeader(status)
	w.Write(make([]byte, bytes))
}

func TestOpenLoopAsksAtItsRateAndCountsWhatComes(t *testing.T) {
	var n atomic.Int64
	s := asked(t, func(w http.ResponseWriter, r *http.Request) {
		switch n.Add(1) % 4 {
		case 0:
			answered(w, r, 429, 10)
		case 1:
			w.Header().Set("Connection", "close")
			answered(w, r, 200, 0)
		case 2: // in pieces, larger than what is read at once
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Length", "50000")
			for range 5 {
				w.Write(make([]byte, 10000))
				w.(http.Flusher).Flush()
			}
		default:
			answered(w, r, 200, 100)
		}
	})
	if n.Load() != 100 || s.OK != 75 || s.Items != 225 || s.Refused != 25 || s.Failed != 0 {
		t.Errorf("%d asked: %d ok, %d items, %d refused, %d failed (%s)", n.Load(), s.OK, s.Items, s.Refused, s.Failed, s.Why)
	}
	if s.Wall < 99*time.Millisecond {
		t.Errorf("a hundred requests at a thousand a second took %v", s.Wall)
	}
}

func TestOpenLoopCountsFromTheMomentARequestWasDue(t *testing.T) {
	s := asked(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond) // others are asked meanwhile, over connections of their own
		answered(w, r, 200, 2)
	})
	if s.OK != 100 || percentile(s.Good, 0) < 20*time.Millisecond {
		t.Errorf("%d ok, the fastest in %v", s.OK, percentile(s.Good, 0))
	}
}

func TestOpenLoopNotesConnectionsThatEnd(t *testing.T) {
	var n atomic.Int64
	s := asked(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%10 == 0 {
			panic(http.ErrAbortHandler)
		}
		answered(w, r, 200, 2)
	})
	if s.OK != 90 || s.Failed != 10 || !strings.Contains(s.Why, "EOF") && !strings.Contains(s.Why, "reset") {
		t.Errorf("%d ok, %d failed (%s)", s.OK, s.Failed, s.Why)
	}
}
