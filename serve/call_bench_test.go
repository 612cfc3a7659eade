package serve

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"molserve/serve/traces"
)

// BenchmarkObserving answers a question that computes nothing, so that what is observed of it is most of the time: its id,
// its line of JSON, its metrics and, where they are on, its span.
func BenchmarkObserving(b *testing.B) {
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	defer collector.Close()
	for _, name := range []string{"traces off", "traces on"} {
		b.Run(name, func(b *testing.B) {
			config := Config{Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}
			if name == "traces on" {
				var err error
				if config.Traces, err = traces.Start(b.Context(), traces.Options{Endpoint: collector.URL}); err != nil {
					b.Fatal(err)
				}
				defer config.Traces.Stop(b.Context())
			}
			s := New(config)
			h := s.observe(s.handler)
			r := httptest.NewRequest("GET", "/v2", nil)
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
