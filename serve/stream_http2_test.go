package serve_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"molserve/serve"
)

// http2 serves the world's routes over HTTP/2, as a listener with TLS does.
func (w *world) http2() *httptest.Server {
	h := httptest.NewUnstartedServer(w.server.Handler())
	h.EnableHTTP2 = true
	h.StartTLS()
	w.t.Cleanup(h.Close)
	return h
}

// post2 begins a stream whose first part is sent.
func post2(t *testing.T, h *httptest.Server, accept, first string) (*http.Response, *io.PipeWriter, *raw) {
	t.Helper()
	from, to := io.Pipe()
	t.Cleanup(func() { to.Close() })
	req, _ := http.NewRequest("POST", h.URL+"/v1/models/m/predict", from)
	req.Header.Set("Content-Type", "chemical/x-daylight-smiles")
	req.Header.Set("Accept", accept)
	go io.WriteString(to, first)
	res, err := h.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if res.ProtoMajor != 2 {
		t.Fatalf("HTTP/%d", res.ProtoMajor)
	}
	return res, to, reading(t, res.Body)
}

// Over HTTP/2 a deadline is a stream's own, and ends it whether anyone waits for it or not.
func TestStreamsOverHTTP2(t *testing.T) {
	w := start(t, serve.Config{Timeout: time.Second})
	h := w.http2()
	res, to, in := post2(t, h, "application/x-ndjson", "C\n")
	for i := range 5 {
		if line := in.line(); !strings.HasPrefix(line, fmt.Sprintf(`{"index":%d,"status":"ok"`, i)) {
			t.Fatal(line)
		}
		time.Sleep(300 * time.Millisecond) // together longer than the time limit
		io.WriteString(to, "CC\n")
	}
	to.Close()
	if rest, err := in.rest(); err != nil || strings.Count(rest, `"status":"ok"`) != 1 || res.Trailer.Get("Molserve-Rows") != "6" {
		t.Errorf("%q, %v, %v", rest, res.Trailer, err)
	}
}

func TestFaultsOverHTTP2(t *testing.T) {
	w := start(t, serve.Config{Timeout: 500 * time.Millisecond})
	h := w.http2()
	for bad, code := range map[string]string{"\xff\n": "bad_text", "fail\n": "internal", "": "incomplete_body"} {
		res, _, in := post2(t, h, "application/x-ndjson", manyRows+bad)
		rest, err := in.rest()
		if f, _ := lastLine(t, rest); err != nil || f.Error.Code != code || res.Trailer.Get("Molserve-Error") != code {
			t.Errorf("%q: %+v, %v, %v", bad, f, res.Trailer, err)
		}
		_, _, in = post2(t, h, "text/csv", manyRows+bad)
		if rest, err := in.rest(); err == nil {
			t.Errorf("%q: %d bytes of CSV look whole", bad, len(rest))
		}
	}
}
