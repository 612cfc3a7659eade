package serve_test

import (
	"strings"
	"testing"

	"molserve/serve"
)

func TestAdminRoutesAreForbiddenInPublic(t *testing.T) {
	w := start(t, serve.Config{})
	for _, route := range []string{"POST /v1/models/m/versions/1/activate", "POST /v1/models/m/versions/1/load", "POST /v1/models/m/versions/1/unload",
		"POST /v1/models/m/rollback", "POST /v1/models/x/rollback", "GET /debug/pprof/", "GET /debug/pprof/heap", "GET /metrics"} {
		method, path, _ := strings.Cut(route, " ")
		if a := w.do(method, path, ""); a.status != 403 || readFault(t, a).Error.Code != "admin_only" {
			t.Errorf("%s: %d %s", route, a.status, a.body)
		}
	}
}

func TestAdminListenerLooksInside(t *testing.T) {
	w := start(t, serve.Config{})
	for path, want := range map[string]string{
		"/health/ready": `"ready"`, "/v1/models": `"name":"m"`, "/v1/models/m": `"certificate"`, "/v1/models/m/versions/1": `"manifest"`,
		"/debug/pprof/": "goroutine", "/debug/pprof/goroutine?debug=1": "goroutine profile", "/debug/pprof/cmdline": "serve.test",
	} {
		a, err := ask("GET", w.admin+path, "")
		if err != nil || a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %.200s %v", path, a.status, a.body, err)
		}
	}
	for path, want := range map[string]string{"/v1/models/m/predict": "on the public one only (serve --addr)", "/v1/models/m/versions/1/predict": "on the public one only",
		"/v1/models/m/forecast": "there is no such route", "/predict": "there is no such route"} {
		if a := w.call(path); a.status != 404 || readFault(t, a).Error.Code != "unknown_route" || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a, _ := ask("POST", w.admin+"/v1/models/m/rollback", `{"config":"{}"}`); a.status != 400 || !strings.Contains(a.body, "takes no body") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.call("/v1/models/x/rollback"); a.status != 404 || readFault(t, a).Error.Code != "unknown_model" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// On loopback nobody logs in: what a web page could send is refused on both listeners.
func TestLoopbackRefusesOtherSites(t *testing.T) {
	w := start(t, serve.Config{})
	for _, c := range []struct {
		name, value string
		status      int
	}{
		{"Host", "localhost", 200}, {"Host", "LOCALHOST:1", 200}, {"Host", "127.0.0.1:80", 200}, {"Host", "127.9.9.9", 200}, {"Host", "[::1]:8080", 200}, {"Host", "[::1]", 200},
		{"Host", "evil.example", 403}, {"Host", "localhost.evil.example:8080", 403}, {"Host", "10.0.0.1", 403}, {"Host", "127.0.0.1.evil.example", 403}, {"Host", "2130706433", 403},
		{"Origin", "http://evil.example", 403}, {"Origin", "null", 403}, {"Origin", "http://localhost:3000", 403}, {"Origin", "%zz", 403}, {"Origin", w.base, 200},
		{"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "same-origin", 200}, {"Sec-Fetch-Site", "none", 200},
	} {
		a := w.do("GET", "/v1/models", "", c.name, c.value)
		if a.status != c.status || c.status == 403 && readFault(t, a).Error.Code != "foreign_request" {
			t.Errorf("%s: %s: %d %s", c.name, c.value, a.status, a.body)
		}
		for name := range a.header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s is sent", name)
			}
		}
		if c.value != w.base {
			if a := w.call("/v1/models/m/versions/1/activate", c.name, c.value); a.status != c.status {
				t.Errorf("admin: %s: %s: %d %s", c.name, c.value, a.status, a.body)
			}
		}
	}
}
