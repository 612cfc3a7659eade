package serve

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
	"molserve/serve/batch"
)

// BenchmarkRefusal answers a request that finds a full house, with a line in the log for each and with the most
// of them counted.
func BenchmarkRefusal(b *testing.B) {
	log, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	for name, level := range map[string]slog.Level{"lines": slog.LevelDebug, "counted": slog.LevelInfo} {
		b.Run(name, func(b *testing.B) {
			s := New(Config{Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level})), Queue: 1})
			e := newEntry(s.cfg, "m")
			s.registry.entries["m"] = e
			if err := e.gate.enter(b.Context(), 1, false); err != nil {
				b.Fatal(err)
			}
			snap := &snapshot{name: "m", version: 1, graphs: batch.New(batch.Options[*graph.Graph, onnx.Row]{}), drained: make(chan struct{})}
			snap.refs.Store(1)
			e.active.Store(snap)
			h := s.observe(s.handler)
			r := httptest.NewRequest("POST", "/v1/models/m/predict", nil)
			r.Header.Set("Content-Type", "application/json")
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				if h.ServeHTTP(w, r); w.Code != http.StatusTooManyRequests {
					b.Fatal(w.Code)
				}
			}
			s.refusals.tell()
		})
	}
}
