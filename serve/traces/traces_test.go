package traces_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"molserve/serve/traces"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEndpoints(t *testing.T) {
	for given, want := range map[string]string{
		"http://127.0.0.1:4318":    "http://127.0.0.1:4318/v1/traces",
		"https://collector/":       "https://collector/v1/traces",
		"https://collector/tenant": "https://collector/tenant/v1/traces",
		"http://[::1]:4318":        "http://[::1]:4318/v1/traces",
		"":                         "", "collector:4318": "", "http://": "", "ftp://collector": "", "http://collector/?a=b": "", "http://collector/#a": "", "http://%zz": "",
	} {
		if got, err := traces.Endpoint(given); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", given, got, err, want)
		}
	}
	if _, err := traces.Start(t.Context(), traces.Options{Endpoint: "collector:4318"}); err == nil {
		t.Error("it starts without a collector's address")
	}
}

// Nil is off: nobody has to ask.
func TestNilMakesNoSpans(t *testing.T) {
	var off *traces.Traces
	ctx, span := off.Start(t.Context(), "a")
	if span.IsRecording() || ctx != t.Context() || off.Stop(t.Context()) != nil {
		t.Error("it records")
	}
	if n := testing.AllocsPerRun(100, func() { off.Start(t.Context(), "a") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What a flag leaves open, the variables of OpenTelemetry say.
func TestVariablesOfOpenTelemetryAreRead(t *testing.T) {
	var mu sync.Mutex
	var paths, headers []string
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "named-here") {
			paths, headers = append(paths, r.URL.Path), append(headers, r.Header.Get("X-Tenant"))
		}
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "X-Tenant=chemistry")
	t.Setenv("OTEL_SERVICE_NAME", "named-here")
	for _, sampler := range []string{"always_off", "always_on"} {
		t.Setenv("OTEL_TRACES_SAMPLER", sampler)
		tr, err := traces.Start(t.Context(), traces.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, span := tr.Start(t.Context(), "a")
		span.End()
		if err := tr.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if !slices.Equal(paths, []string{"/v1/traces"}) || headers[0] != "chemistry" {
		t.Errorf("%v %v", paths, headers)
	}
}
