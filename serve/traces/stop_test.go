package traces_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"molserve/serve/traces"
)

// collector counts the spans that it takes. It takes them when open, and refuses them for good when closed.
func collector(t *testing.T, spans *atomic.Int64, open func() bool) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q tracepb.ExportTraceServiceRequest
		body, err := io.ReadAll(r.Body)
		if err != nil || proto.Unmarshal(body, &q) != nil || !open() {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		for _, resource := range q.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				spans.Add(int64(len(scope.Spans)))
			}
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// sending are traces to a collector, and their log.
func sending(t *testing.T, url string, log *strings.Builder) (end func(spans int), stop func(context.Context)) {
	t.Helper()
	one := 1.0
	tr, err := traces.Start(t.Context(), traces.Options{Endpoint: url, Ratio: &one, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	end = func(spans int) {
		for range spans {
			_, span := tr.Start(t.Context(), "a")
			span.End()
		}
	}
	return end, func(ctx context.Context) {
		if err := tr.Stop(ctx); err != nil {
			t.Error(err)
		}
	}
}

var lostSpans = regexp.MustCompile(`"traces are lost: .* spans=(\d+)`)

// lost is how many spans a log says are lost, and in how many lines.
func lost(log string) (spans, lines int) {
	for _, m := range lostSpans.FindAllStringSubmatch(log, -1) {
		n, _ := strconv.Atoi(m[1])
		spans, lines = spans+n, lines+1
	}
	return spans, lines
}

// Spans that end right before the stop wait in the queue: they are sent.
func TestStopSendsWhatIsLeft(t *testing.T) {
	var log strings.Builder
	var got atomic.Int64
	end, stop := sending(t, collector(t, &got, func() bool { return true }).URL, &log)
	end(1500) // within the queue, more than a batch
	stop(t.Context())
	if got.Load() != 1500 || log.Len() > 0 {
		t.Errorf("%d of 1500 spans; %s", got.Load(), log.String())
	}
}

// A collector that holds a request does not hold Stop, and the log says all that is lost: what failed first, and at the
// end what failed within the minute after that.
func TestStopGivesUpWithItsContext(t *testing.T) {
	hold := make(chan struct{})
	var got atomic.Int64
	held := collector(t, &got, func() bool { <-hold; return false })
	defer close(hold)
	var log strings.Builder
	end, stop := sending(t, held.URL, &log)
	end(1000) // two batches
	over, cancel := context.WithCancel(t.Context())
	cancel()
	stop(over)
	if spans, lines := lost(log.String()); spans != 1000 || lines != 2 {
		t.Errorf("log: %s", log.String())
	}
}

// Every span that has ended is with the collector, or said to be lost, also one that found no room in the queue.
func TestNoSpanIsLostUnsaid(t *testing.T) {
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "16")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8")
	var log strings.Builder
	var got, asked atomic.Int64
	c := collector(t, &got, func() bool { return asked.Add(1)%2 == 1 })
	end, stop := sending(t, c.URL, &log)
	end(1000)
	stop(t.Context())
	if spans, _ := lost(log.String()); int64(spans)+got.Load() != 1000 || spans == 0 || got.Load() == 0 {
		t.Errorf("%d are said to be lost, %d are taken: %s", spans, got.Load(), log.String())
	}
}
