package traces

import (
	"context"
	"log/slog"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// exporter says in the log that spans are lost, at most once a minute, and ends with cut, whatever it does.
type exporter struct {
	sdktrace.SpanExporter
	log     *slog.Logger
	working context.Context
	cut     context.CancelFunc

	mu   sync.Mutex
	lost int       // spans, since the last line
	last time.Time // of a line
}

// quiet is how long the log says nothing more of a collector that does not answer.
const quiet = time.Minute

func newExporter(to sdktrace.SpanExporter, log *slog.Logger) *exporter {
	e := &exporter{SpanExporter: to, log: log}
	e.working, e.cut = context.WithCancel(context.Background())
	return e
}

// ExportSpans sends spans. An error is the log's, and nobody else's.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.working, cancel)()
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		e.report(len(spans), err)
	}
	return nil
}

func (e *exporter) report(spans int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lost += spans
	if time.Since(e.last) < quiet {
		return
	}
	e.log.Warn("traces are lost: the collector does not take them", "spans", e.lost, "cause", err)
	e.lost, e.last = 0, time.Now()
}

// Shutdown ends the exporter.
func (e *exporter) Shutdown(ctx context.Context) error {
	defer e.cut()
	return e.SpanExporter.Shutdown(ctx)
}
