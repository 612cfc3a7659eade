package serve_test

import (
	"strings"
	"testing"
	"time"

	"molserve/serve"
)

// A client says how long it waits; the server's own deadline, half a minute, would outlast the test.
func TestAClientsDeadlineIs504(t *testing.T) {
	w := start(t, serve.Config{})
	for _, c := range []struct{ path, media, body string }{
		{"/v1/models/m/predict", "application/json", `{"smiles":["wait"]}`},
		{"/v1/models/m/versions/1/predict", "application/json", `{"smiles":["wait"]}`},
		{"/v1/models/m/predict", "chemical/x-daylight-smiles", "wait\n"},
		{"/v2/models/m/infer", "application/json", strings.Replace(askV2, "CCO", "wait", 1)},
	} {
		a := w.do("POST", c.path, c.body, "Content-Type", c.media, "X-Request-Timeout", "50ms")
		if a.status != 504 || !strings.Contains(a.body, `"deadline"`) {
			t.Errorf("%s %s: %d %s", c.path, c.media, a.status, a.body)
		}
	}
	if a := w.predict(`{"smiles":["C"]}`); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.body)
	}
}

func TestADeadlineThatIsNoneIsRefused(t *testing.T) {
	w := start(t, serve.Config{})
	for _, given := range []string{"soon", "5", "0s", "-1s", "1e3s", "NaN", strings.Repeat("9", 400) + "s"} {
		for _, c := range []struct{ path, media, body string }{
			{"/v1/models/m/predict", "application/json", `{"smiles":["C"]}`},
			{"/v1/models/m/predict", "text/csv", "smiles\nC\n"},
			{"/v2/models/m/infer", "application/json", askV2},
		} {
			a := w.do("POST", c.path, c.body, "Content-Type", c.media, "X-Request-Timeout", given)
			if a.status != 400 || !strings.Contains(a.body, "X-Request-Timeout is") || !strings.Contains(a.body, "such as 250ms") {
				t.Errorf("%q, %s %s: %d %s", given, c.path, c.media, a.status, a.body)
			}
		}
	}
	for _, given := range []string{"1h", "2.5s", "1m30s", "5000ms"} { // never longer than the server's
		if a := w.do("POST", "/v1/models/m/predict", `{"smiles":["C"]}`, "Content-Type", "application/json", "X-Request-Timeout", given); a.status != 200 {
			t.Errorf("%q: %d %s", given, a.status, a.body)
		}
	}
}

// The server's deadline holds also where a client would wait longer.
func TestAClientsDeadlineDoesNotOutlastTheServers(t *testing.T) {
	w := start(t, serve.Config{Timeout: 50 * time.Millisecond})
	a := w.do("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json", "X-Request-Timeout", "1h")
	if a.status != 504 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
