package serve_test

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"molserve/serve"
)

func TestEveryRouteAndMethod(t *testing.T) {
	w := start(t, serve.Config{})
	for _, c := range []struct {
		method, path string
		status       int
		want         string // in the body, or in Allow
	}{
		{"GET", "/health/live", 200, `{"status":"live"}`},
		{"GET", "/health/ready", 200, `{"status":"ready","models":[{"name":"m","active_version":"1"}]}`},
		{"HEAD", "/health/ready", 200, ""},
		{"GET", "/v1/models", 200, `{"models":[{"name":"m","active_version":"1","task":{"level":"graph","kind":"regression"},"accepts":["smiles"],` +
			`"outputs":[{"name":"logS","unit":"log10(mol/L)","per":"graph"},{"name":"pair","unit":"1","per":"graph"}],"versions":[{"version":"1","state":"ready"}]}]}`},
		{"GET", "/v1/models/m", 200, `"certificate":{"model":"m"`},
		{"GET", "/v1/models/m/versions/1", 200, `{"name":"m","version":"1","state":"ready","manifest":{"manifest":`},
		{"GET", "/v1/models/x", 404, "unknown_model"},
		{"GET", "/v1/models/m/versions/9", 404, "unknown_version"},
		{"GET", "/v1/models/m/versions/x", 404, "unknown_version"},
		{"POST", "/v1/models/x/predict", 404, "unknown_model"},
		{"POST", "/v1/models/..%2f..%2fetc/predict", 404, "unknown_"},
		{"GET", "/", 404, "unknown_route"},
		{"GET", "/v1/models/", 404, "unknown_"},
		{"POST", "/v1/models/m/predict/", 404, "unknown_route"},
		{"GET", "/v1/models/m/predict", 405, "POST"},
		{"GET", "/v1/models/m/versions/1/predict", 405, "POST"},
		{"DELETE", "/v1/models/m", 405, "GET, HEAD"},
		{"POST", "/v1/models", 405, "GET, HEAD"},
		{"PUT", "/health/live", 405, "GET, HEAD"},
		{"BREW", "/v1/models", 405, "GET, HEAD"},
	} {
		a := w.do(c.method, c.path, "")
		if a.status != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.body)
			continue
		}
		if a.status == 405 {
			if got := a.header.Get("Allow"); got != c.want {
				t.Errorf("%s %s: Allow %q, want %q", c.method, c.path, got, c.want)
			}
			c.want = "method_not_allowed"
		}
		if !strings.Contains(a.body, c.want) || a.body != "" && !json.Valid([]byte(a.body)) {
			t.Errorf("%s %s:\n got %s\nwant %s", c.method, c.path, a.body, c.want)
		}
		if a.status >= 400 {
			readFault(t, a)
		}
	}
}

func TestPanicsAndUnforeseenErrorsAre500WithoutInternals(t *testing.T) {
	w := start(t, serve.Config{})
	for smiles, cause := range map[string]string{"panic": "the fake was told to", "fail": "secret at /var/lib/model"} {
		a := w.predict(`{"smiles":["` + smiles + `"]}`)
		f := readFault(t, a)
		if a.status != 500 || f.Error.Code != "internal" || strings.Contains(a.body, cause) {
			t.Errorf("%s: %d %s", smiles, a.status, a.body)
		}
		if log := w.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, cause) {
			t.Errorf("%s: the log has no cause: %s", smiles, log)
		}
	}
	if !strings.Contains(w.log.String(), "fake).Build") {
		t.Error("the log has no stack")
	}
	if a := w.predict(`{"smiles":["C"]}`); a.status != 200 {
		t.Errorf("afterwards: %d", a.status)
	}
}

func TestBodyLimit(t *testing.T) {
	w := start(t, serve.Config{MaxBody: 100, MaxBuffered: 1000})
	body := func(n int) string { return `{"smiles":["` + strings.Repeat("C", n-15) + `"]}` }
	for n, status := range map[int]int{99: 200, 100: 200, 101: 413, 5000: 413, 1 << 20: 413} {
		a := w.predict(body(n))
		if a.status != status || status == 413 && readFault(t, a).Error.Code != "body_too_large" {
			t.Errorf("%d bytes: %d %s", n, a.status, a.body)
		}
	}
	// A body of unknown length is counted as it comes.
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write([]byte("POST /v1/models/m/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nc8\r\n" +
		body(200) + "\r\n0\r\n\r\n"))
	status := make([]byte, 12)
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	conn.Read(status)
	if string(status) != "HTTP/1.1 413" {
		t.Errorf("chunked: %s", status)
	}
}

func TestBodiesHeldAtOnceAreBounded(t *testing.T) {
	w := start(t, serve.Config{MaxBody: 1000, MaxBuffered: 1500})
	long := strings.Repeat(" ", 900)
	first := make(chan answer, 1)
	go func() {
		a := answer{status: 429} // it may meet one of the others below
		for a.status == 429 {
			a, _ = w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`+long, "Content-Type", "application/json")
		}
		first <- a
	}()
	eventually(t, "a body too many", func() bool { return w.predict(`{"smiles":["C"]}`+long).status == 429 })
	close(w.hold)
	if a := <-first; a.status != 200 {
		t.Errorf("first: %d", a.status)
	}
	if a := w.predict(`{"smiles":["C"]}`); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.body)
	}
}

func TestLongHeadersAreRefused(t *testing.T) {
	w := start(t, serve.Config{})
	if a := w.do("GET", "/health/live", "", "X-Long", strings.Repeat("x", 64<<10)); a.status != 431 {
		t.Errorf("%d", a.status)
	}
}

func TestTruncatedBodyIsRefused(t *testing.T) {
	w := start(t, serve.Config{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	conn.Write([]byte("POST /v1/models/m/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"smiles\""))
	conn.(*net.TCPConn).CloseWrite()
	reply := make([]byte, 4096)
	n, _ := conn.Read(reply)
	conn.Close()
	if s := string(reply[:n]); !strings.HasPrefix(s, "HTTP/1.1 400") || !strings.Contains(s, "incomplete_body") {
		t.Errorf("%s", s)
	}
}
