package tests

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"molserve/onnx/onnxtest"

	tracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spanpb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// documentedFlags are those of the example of docs/operations.md, with another collector.
func documentedFlags(t *testing.T, collector string) []string {
	t.Helper()
	doc, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile(`(?m)^molserve serve (--otlp-endpoint .*)$`).FindStringSubmatch(string(doc))
	if example == nil || !strings.Contains(example[1], "http://127.0.0.1:4318") {
		t.Fatal("docs/operations.md has no example with traces")
	}
	return strings.Fields(strings.Replace(example[1], "http://127.0.0.1:4318", collector, 1))
}

// The binary sends what it did to a collector: the proof of a model below its load, and a request's stages below
// it. What was not sent yet is sent when it stops.
func TestTracesReachACollector(t *testing.T) {
	onnxtest.Start(t)
	var mu sync.Mutex
	children, spans := map[string][]string{}, map[string]*spanpb.Span{}
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		var q tracepb.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &q); err != nil {
			t.Error(err)
		}
		for _, from := range q.ResourceSpans {
			for _, s := range from.ScopeSpans[0].Spans {
				spans[s.Name] = s
				children[string(s.ParentSpanId)] = append(children[string(s.ParentSpanId)], s.Name)
			}
		}
	}))
	defer collector.Close()
	p := startProcess(t, documentedFlags(t, collector.URL)...)
	res, err := http.Post(p.base+"/v1/models/"+swapModel+"/predict", "application/json", strings.NewReader(`{"smiles":["CCO","c1ccccc1O"]}`))
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	res.Body.Close()
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for parent, want := range map[string][]string{"load": {"prove"}, "POST /v1/models/:name/predict": {"preprocess", "queue", "read", "run", "write"}} {
		s := spans[parent]
		if s == nil {
			t.Fatalf("no span %s among %v", parent, slices.Sorted(maps.Keys(spans)))
		}
		if got := slices.Sorted(slices.Values(children[string(s.SpanId)])); !slices.Equal(got, want) {
			t.Errorf("below %s: %v, want %v", parent, got, want)
		}
	}
	if s := spans["run"]; s.EndTimeUnixNano <= s.StartTimeUnixNano {
		t.Errorf("run: %v", s)
	}
}
