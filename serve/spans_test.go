package serve_test

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	spanpb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/serve"
	"molserve/serve/traces"
)

// collector takes spans over OTLP/HTTP, as an OpenTelemetry collector does.
type collector struct {
	*httptest.Server
	mu       sync.Mutex
	spans    []*spanpb.Span
	services []string
	faults   []string
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) take(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var q tracepb.ExportTraceServiceRequest
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = proto.Unmarshal(body, &q)
	}
	if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		c.faults = append(c.faults, r.Method+" "+r.URL.Path)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, resource := range q.ResourceSpans {
		c.services = append(c.services, attributes(resource.Resource.Attributes)["service.name"])
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// named are the spans of a name.
func (c *collector) named(name string) (out []*spanpb.Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		if s.Name == name {
			out = append(out, s)
		}
	}
	return out
}

// stagesOf are the names of the spans right below one, in the order of their beginnings.
func (c *collector) stagesOf(parent *spanpb.Span) (names []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans := slices.Clone(c.spans)
	slices.SortStableFunc(spans, func(a, b *spanpb.Span) int { return int(a.StartTimeUnixNano) - int(b.StartTimeUnixNano) })
	for _, s := range spans {
		if string(s.ParentSpanId) != string(parent.SpanId) {
			continue
		}
		names = append(names, s.Name)
		if s.StartTimeUnixNano > s.EndTimeUnixNano || s.StartTimeUnixNano < parent.StartTimeUnixNano || s.EndTimeUnixNano > parent.EndTimeUnixNano {
			names = append(names, "outside of its parent")
		}
	}
	return names
}

func attributes(list []*commonpb.KeyValue) map[string]string {
	out := map[string]string{}
	for _, kv := range list {
		text := strings.TrimSuffix(strings.TrimPrefix(kv.Value.String(), "string_value:\""), "\"")
		out[kv.Key] = strings.TrimPrefix(strings.TrimPrefix(text, "int_value:"), "bool_value:")
	}
	return out
}

func wantAttributes(t *testing.T, s *spanpb.Span, want map[string]string) {
	t.Helper()
	got := attributes(s.Attributes)
	for key, v := range want {
		if got[key] != v {
			t.Errorf("%s: %s is %q, want %q", s.Name, key, got[key], v)
		}
	}
}

// traced are traces to a collector, all of them or a part.
func traced(t *testing.T, endpoint string, ratio float64) *traces.Traces {
	t.Helper()
	tr, err := traces.Start(t.Context(), traces.Options{Endpoint: endpoint, Ratio: &ratio})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

const (
	traceID     = "0af7651916cd43dd8448eb211c80319c"
	traceparent = "00-" + traceID + "-b7ad6b7169203331-01"
)

// What is left is sent when the server stops, so that the end of it is when to look.
func TestRequestsAndTheirStagesAreSpans(t *testing.T) {
	c := newCollector(t)
	w, client, _ := startRPCWith(t, serve.Config{Traces: traced(t, c.URL, 1)})
	w.predictAs("http", `{"smiles":["CCO","C1CC"]}`)
	w.predictAs("fails", `{"smiles":["fail"]}`)
	w.predictAs("refused", `{"smiles":`)
	w.do("POST", "/v2/models/m.tensors/infer", `{"inputs":[{"name":"ones","datatype":"FP32","shape":[1],"data":[1]}]}`)
	w.do("GET", "/nothing", "", "Traceparent", traceparent)
	if _, err := client.ModelInfer(metadata.AppendToOutgoingContext(t.Context(), "traceparent", traceparent, "x-request-id", "rpc"), rpcAsk("CCO")); err != nil {
		t.Error(err)
	}
	w.stopAndWait()
	predicts := c.named("POST /v1/models/:name/predict")
	if len(predicts) != 3 || len(c.faults) > 0 || c.services[0] != "molserve" {
		t.Fatalf("%d spans; %v %v", len(predicts), c.faults, c.services)
	}
	for _, s := range predicts {
		outcome := map[string]string{"http.request.method": "POST", "http.route": "/v1/models/:name/predict", "molserve.model": "m", "molserve.version": "1"}
		stages, failed := []string{"read", "queue", "preprocess"}, false
		switch attributes(s.Attributes)["molserve.request_id"] {
		case "http":
			outcome["http.response.status_code"], outcome["molserve.molecules"], outcome["molserve.errors"] = "200", "2", "1"
			stages = append(stages, "run", "write")
		case "fails":
			outcome["http.response.status_code"], outcome["error.type"], failed = "500", "internal", true
		case "refused":
			outcome["http.response.status_code"], outcome["error.type"] = "400", "bad_json"
			stages = stages[:1]
		}
		wantAttributes(t, s, outcome)
		if got := c.stagesOf(s); !slices.Equal(got, stages) || failed != (s.Status.Code == spanpb.Status_STATUS_CODE_ERROR) || s.Kind != spanpb.Span_SPAN_KIND_SERVER {
			t.Errorf("%v: stages %v, want %v; %v", outcome, got, stages, s.Status)
		}
	}
	if s := c.named("POST /v2/models/:name/infer"); len(s) != 1 || !slices.Equal(c.stagesOf(s[0]), []string{"read", "queue", "preprocess", "run", "write"}) {
		t.Errorf("infer of tensors: %v", s)
	}
	if s := c.named("none"); len(s) != 1 || hexOf(s[0].TraceId) != traceID || hexOf(s[0].ParentSpanId) != "b7ad6b7169203331" {
		t.Errorf("a span of no route: %v", s)
	}
	s := c.named("/inference.GRPCInferenceService/ModelInfer")
	if len(s) != 1 || hexOf(s[0].TraceId) != traceID || !slices.Equal(c.stagesOf(s[0]), []string{"read", "queue", "preprocess", "run", "write"}) {
		t.Fatalf("a call: %v", s)
	}
	wantAttributes(t, s[0], map[string]string{"rpc.system.name": "grpc", "rpc.response.status_code": "OK", "molserve.request_id": "rpc", "molserve.molecules": "1"})
}

// predictAs predicts under a request's name.
func (w *world) predictAs(id, body string) answer {
	w.t.Helper()
	return w.do("POST", "/v1/models/m/predict", body, "Content-Type", "application/json", "X-Request-Id", id)
}

// stopAndWait stops the server before the test ends.
func (w *world) stopAndWait() {
	w.t.Helper()
	w.stop()
	if err := <-w.ended; err != nil {
		w.t.Errorf("Run: %v", err)
	}
	w.ended <- nil
}

func TestLoadsAreSpans(t *testing.T) {
	c := newCollector(t)
	w := start(t, serve.Config{Traces: traced(t, c.URL, 1), Poll: 10 * time.Millisecond})
	w.publish("m", 2, "bad")
	eventually(t, "it is refused", func() bool { return w.scrape()[`molserve_versions{model="m",state="refused"}`] == "1" })
	w.stopAndWait()
	loads := c.named("load")
	if len(loads) != 2 {
		t.Fatalf("%d loads", len(loads))
	}
	wantAttributes(t, loads[0], map[string]string{"molserve.model": "m", "molserve.version": "1", "molserve.checks": "1", "error.type": ""})
	wantAttributes(t, loads[1], map[string]string{"molserve.model": "m", "molserve.version": "2", "error.type": "proof"})
	if loads[1].Status.Code != spanpb.Status_STATUS_CODE_ERROR || loads[0].Status.Code == spanpb.Status_STATUS_CODE_ERROR {
		t.Errorf("%v %v", loads[0].Status, loads[1].Status)
	}
}

// What answers 503 without an error of its own is a failed span that does not say ok.
func TestTheSpanOfAServerThatIsNotReadyIsAFailure(t *testing.T) {
	c := newCollector(t)
	release := make(chan struct{})
	w := startEarly(t, "127.0.0.1", serve.Config{Traces: traced(t, c.URL, 1), Load: func(context.Context, onnx.Folder) (serve.Predictor, *prove.Certificate, error) {
		<-release
		return nil, nil, errors.New("no")
	}})
	w.do("GET", "/health/ready", "")
	w.do("GET", "/nothing", "")
	close(release)
	<-w.ready
	w.stopAndWait()
	s := c.named("GET /health/ready")
	if len(s) != 1 || s[0].Status.Code != spanpb.Status_STATUS_CODE_ERROR || s[0].Status.Message != "" {
		t.Fatalf("%v", s)
	}
	if _, ok := attributes(c.named("none")[0].Attributes)["http.route"]; ok {
		t.Errorf("a route that is none: %v", c.named("none"))
	}
}

// A ratio is of the traces that begin here; of a trace that a client has chosen, the spans are sent.
func TestRatioIsOfTracesThatBeginHere(t *testing.T) {
	c := newCollector(t)
	w := start(t, serve.Config{Traces: traced(t, c.URL, 0)})
	w.predictAs("alone", `{"smiles":["C"]}`)
	w.do("GET", "/v1/models", "", "Traceparent", traceparent)
	w.do("GET", "/v1/models/m", "", "Traceparent", traceparent[:len(traceparent)-1]+"0")
	w.stopAndWait()
	if len(c.spans) != 1 || c.spans[0].Name != "GET /v1/models" {
		t.Errorf("%v", c.spans)
	}
}

func TestNothingIsSentWithoutTraces(t *testing.T) {
	c := newCollector(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	w := start(t, serve.Config{})
	w.do("GET", "/v1/models", "", "Traceparent", traceparent)
	w.predictAs("a", `{"smiles":["C"]}`)
	w.stopAndWait()
	if len(c.spans)+len(c.faults) > 0 {
		t.Errorf("%v %v", c.spans, c.faults)
	}
}

// A collector that is not there, or takes its time, fails nothing and holds nothing up: the spans are lost, and
// the server stops in its grace.
func TestCollectorThatDoesNotAnswerFailsNothing(t *testing.T) {
	begun, hold := make(chan struct{}, 1), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		select {
		case begun <- struct{}{}:
		default:
		}
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	defer slow.Close()
	defer close(hold)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "8")
	for _, url := range []string{slow.URL, gone.URL} {
		w := start(t, serve.Config{Traces: traced(t, url, 1), Grace: time.Second})
		for range 50 {
			if a := w.predict(`{"smiles":["C"]}`); a.status != 200 {
				t.Errorf("%d %s", a.status, a.body)
			}
		}
		if url == slow.URL {
			<-begun // an export is under way when the server stops
		}
		w.stopAndWait()
	}
}

func hexOf(id []byte) string { return hex.EncodeToString(id) }

// The requests of a stream are spans below the stream's.
func TestRequestsOfAStreamAreSpansBelowIt(t *testing.T) {
	c := newCollector(t)
	w, client, _ := startRPCWith(t, serve.Config{Traces: traced(t, c.URL, 1)})
	st, err := client.ModelStreamInfer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	askStream(t, st, "CCO", "fail")
	st.CloseSend()
	st.Recv()
	w.stopAndWait()
	const method = "/inference.GRPCInferenceService/ModelStreamInfer"
	streams := c.named(method)
	if len(streams) != 1 || !slices.Equal(c.stagesOf(streams[0]), []string{method + "#request", method + "#request"}) {
		t.Fatalf("%v", c.spans)
	}
	for i, code := range []string{"OK", "Internal"} {
		wantAttributes(t, c.named(method + "#request")[i], map[string]string{"rpc.response.status_code": code})
	}
}
