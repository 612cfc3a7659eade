package traces

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// exporter says in the log that spans are lost, at most once a minute, and ends with cut, whatever it does.
type exporter struct {
	sdktrace.SpanExporter
	log     *slog.Logger
	working context.Context
	cut     context.CancelFunc

	ended atomic.Int64 // spans that were to be sent
	taken atomic.Int64 // of them, by the collector

	mu    sync.Mutex
	lost  int       // spans, since the last line
	told  int64     // spans, in all lines
	last  time.Time // of a line
	cause error     // of the last loss
}

// counter counts the spans that a processor is given to send: of those beyond its queue it says nothing.
type counter struct {
	sdktrace.SpanProcessor
	exporter *exporter
}

// OnEnd takes a span.
func (c counter) OnEnd(s sdktrace.ReadOnlySpan) {
	if s.SpanContext().IsSampled() {
		c.exporter.ended.Add(1)
	}
	c.SpanProcessor.OnEnd(s)
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
		return nil
	}
	e.taken.Add(int64(len(spans)))
	return nil
}

func (e *exporter) report(spans int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lost, e.cause = e.lost+spans, err
	if time.Since(e.last) < quiet {
		return
	}
	e.log.Warn("traces are lost: the collector does not take them", "spans", e.lost, "cause", err)
	e.told += int64(e.lost)
	e.lost, e.last = 0, time.Now()
}

// close says what no line has said yet: what was lost since the last one, and what found no room in the queue.
func (e *exporter) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if rest := e.ended.Load() - e.taken.Load() - e.told; rest > 0 {
		e.log.Warn("traces are lost: the last ones, at the end", "spans", rest, "cause", e.cause)
	}
}

// Shutdown ends the exporter.
func (e *exporter) Shutdown(ctx context.Context) error {
	defer e.cut()
	return e.SpanExporter.Shutdown(ctx)
}
