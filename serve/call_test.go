package serve_test

import (
	"context"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"molserve/serve"
	"molserve/serve/v2/pb"
)

// Every answer names its request, as the client did or afresh, and the log has a line under that name.
func TestEveryAnswerNamesItsRequest(t *testing.T) {
	w := start(t, serve.Config{MaxBody: 200})
	fresh := regexp.MustCompile(`^[0-9a-f]{32}$`)
	for i, route := range []string{"GET /v1/models", "HEAD /v1/models", "GET /nothing", "PUT /v1/models", "POST /v1/models/m/predict", "POST /v1/models/x/predict",
		"GET /metrics", "GET /v2", "POST /v2/models/m/infer", "POST /v2/logging", "GET /health/live"} {
		method, path, _ := strings.Cut(route, " ")
		id := "request-" + string(rune('a'+i))
		if a := w.do(method, path, strings.Repeat(" ", 300), "X-Request-Id", id); a.header.Get("X-Request-Id") != id {
			t.Errorf("%s: %v", route, a.header)
		}
		w.wantLine("request_id="+id, "method="+method, "path="+path)
		if a := w.do(method, path, "", "X-Request-Id", "no name"); !fresh.MatchString(a.header.Get("X-Request-Id")) {
			t.Errorf("%s: %v", route, a.header)
		}
	}
	a := w.do("GET", "/v1/models", "", "Host", "evil.example", "X-Request-Id", "from-evil")
	if a.status != 403 || a.header.Get("X-Request-Id") != "from-evil" {
		t.Errorf("%d %v", a.status, a.header)
	}
	w.wantLine("request_id=from-evil", "status=403", "code=foreign_request")
	w.call("/v1/models/m/rollback", "X-Request-Id", "by-admin")
	w.wantLine("request_id=by-admin", "code=no_previous_version")
}

// wantLine waits for a line of the log that has all parts, and returns it.
func (w *world) wantLine(parts ...string) (line string) {
	w.t.Helper()
	eventually(w.t, "a line with "+strings.Join(parts, " "), func() bool {
		for l := range strings.Lines(w.log.String()) {
			if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(l, p) }) {
				line = l
				return true
			}
		}
		return false
	})
	return line
}

func TestTraceparentIsReadWithoutTraces(t *testing.T) {
	w, client, _ := startRPCWith(t, serve.Config{})
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	w.do("GET", "/v1/models", "", "Traceparent", parent)
	w.wantLine("protocol=http", "trace_id=0af7651916cd43dd8448eb211c80319c")
	ctx := metadata.AppendToOutgoingContext(t.Context(), "traceparent", parent)
	if _, err := client.ModelInfer(ctx, rpcAsk("C")); err != nil {
		t.Error(err)
	}
	w.wantLine("protocol=grpc", "trace_id=0af7651916cd43dd8448eb211c80319c")
	for _, none := range []string{"", "x", parent[:54], "00-" + strings.Repeat("0", 32) + parent[35:], "ff" + parent[2:]} {
		w.do("GET", "/v1/models", "", "Traceparent", none, "X-Request-Id", "without")
		if line := w.wantLine("request_id=without"); strings.Contains(line, "trace_id") {
			t.Errorf("%q: %s", none, line)
		}
	}
}

// The lines of both protocols have the same keys, of answers and of refusals.
func TestBothProtocolsLogTheSameKeys(t *testing.T) {
	w, client, _ := startRPCWith(t, serve.Config{})
	keys := func(line string) []string {
		return slices.DeleteFunc(lineKeys(line), func(key string) bool { return key == "grpc_code" })
	}
	named := func(id string) context.Context {
		return metadata.AppendToOutgoingContext(t.Context(), "x-request-id", id)
	}
	w.do("POST", "/v2/models/m/infer", askV2, "X-Request-Id", "rest")
	m := rpcAsk("CCO", "C1CC")
	m.Id = "a"
	if _, err := client.ModelInfer(named("rpc"), m); err != nil {
		t.Error(err)
	}
	w.do("POST", "/v2/models/nobody/infer", askV2, "X-Request-Id", "rest-refused")
	m.ModelName = "nobody"
	client.ModelInfer(named("rpc-refused"), m)
	for rest, rpc := range map[string]string{"rest": "rpc", "rest-refused": "rpc-refused"} {
		a, b := w.wantLine("request_id="+rest+" "), w.wantLine("request_id="+rpc+" ")
		if !slices.Equal(keys(a), keys(b)) {
			t.Errorf("the lines differ in keys:\n%s%s", a, b)
		}
	}
	w.wantLine("request_id=rpc ", "status=200", "code=ok", "grpc_code=OK", "model=m version=1 molecules=2 errors=1", " id=a")
	w.wantLine("request_id=rpc-refused ", "status=404", "code=unknown_model", "grpc_code=NotFound")
}

// The keys of docs/operations.md are those that lines have, both ways.
func TestLogKeysAreThoseOfTheDocs(t *testing.T) {
	w, client, _ := startRPCWith(t, serve.Config{Clients: clients(t)})
	w.token = allRoles
	w.do("POST", "/v2/models/m/infer", askV2, "Traceparent", traceparent)
	w.predict(`{"smiles":["panic"]}`)
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+allRoles)
	if _, err := client.ModelInfer(ctx, rpcAsk("C")); err != nil {
		t.Error(err)
	}
	w.wantLine("protocol=grpc")
	doc, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(doc), "\n## The log\n")
	section, _, _ = strings.Cut(section, "\n## ")
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?`) \\|").FindAllStringSubmatch(section, -1) {
		for _, key := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[1], -1) {
			documented[key[1]] = true
		}
	}
	logged := map[string]bool{}
	for line := range strings.Lines(w.log.String()) {
		if strings.Contains(line, "msg=request ") {
			for _, key := range lineKeys(line) {
				logged[key] = true
			}
		}
	}
	for _, key := range []string{"time", "level", "msg"} {
		delete(logged, key)
	}
	if !maps.Equal(documented, logged) {
		t.Errorf("documented %v\nlogged %v", documented, logged)
	}
}

// lineKeys are the keys of a line of text, in its order.
func lineKeys(line string) (keys []string) {
	for _, m := range regexp.MustCompile(`(?:^| )(\w+)=("(\\.|[^"])*"|\S*)`).FindAllStringSubmatch(line, -1) {
		keys = append(keys, m[1])
	}
	return keys
}

// Over gRPC too, whatever is wrong with the call.
func TestEveryCallIsNamedCountedAndLogged(t *testing.T) {
	w, client, conn := startRPCWith(t, serve.Config{MaxBody: 4096})
	const service = "/inference.GRPCInferenceService/"
	long, nobody := rpcAsk(strings.Repeat("C", 5000)), rpcAsk("C")
	nobody.ModelName = "nobody"
	many := &pb.ModelInferRequest{ModelName: "m", Inputs: make([]*pb.ModelInferRequest_InferInputTensor, 300)}
	for i := range many.Inputs {
		many.Inputs[i] = &pb.ModelInferRequest_InferInputTensor{}
	}
	for i, c := range []struct {
		method, label string
		ask           any
		code          codes.Code
	}{
		{service + "ServerLive", "", &pb.ServerLiveRequest{}, codes.OK},
		{service + "ModelInfer", "", rpcAsk("C"), codes.OK},
		{service + "ModelInfer", "", nobody, codes.NotFound},
		{service + "ModelInfer", "", rpcAsk("panic"), codes.Internal},
		{service + "ModelInfer", "", long, codes.ResourceExhausted},
		{service + "ModelReady", "", &wrapperspb.BytesValue{Value: []byte("\xff")}, codes.InvalidArgument}, // a name that is no text
		{service + "ModelInfer", "", many, codes.InvalidArgument},
		{service + "LogSettings", "", &pb.LogSettingsRequest{}, codes.Unimplemented},
		{service + "Nothing", "none", &pb.ServerLiveRequest{}, codes.Unimplemented},
		{"/nobody/Nothing", "none", &pb.ServerLiveRequest{}, codes.Unimplemented},
	} {
		id := "call-" + string(rune('a'+i))
		var header metadata.MD
		err := conn.Invoke(metadata.AppendToOutgoingContext(t.Context(), "x-request-id", id), c.method, c.ask, &pb.ModelInferResponse{}, grpc.Header(&header))
		if got := header.Get("x-request-id"); status.Code(err) != c.code || len(got) != 1 || got[0] != id {
			t.Errorf("%s: %v, named %v, want %s", c.method, err, got, c.code)
		}
		w.wantLine("protocol=grpc", "request_id="+id, "path="+c.method, "grpc_code="+c.code.String())
		label := c.label
		if label == "" {
			label = c.method
		}
		if s := w.scrape(); s[`molserve_grpc_calls_total{code="`+c.code.String()+`",method="`+label+`"}`] == "" || s[`molserve_grpc_call_seconds_count{method="`+label+`"}`] == "" {
			t.Errorf("%s %s is not counted", label, c.code)
		}
	}
	w.wantSamples(map[string]string{`molserve_molecules_total{verdict="ok"}`: "1"})
	if _, err := client.ModelInfer(t.Context(), rpcAsk("C1CC", "nan")); err != nil {
		t.Error(err)
	}
	w.wantSamples(map[string]string{`molserve_molecules_total{verdict="refused"}`: "1", `molserve_molecules_total{verdict="failed"}`: "1"})
}

// askStream sends requests, one when the one before is answered.
func askStream(t *testing.T, st pb.GRPCInferenceService_ModelStreamInferClient, smiles ...string) {
	t.Helper()
	for _, one := range smiles {
		if err := st.Send(rpcAsk(one)); err != nil {
			t.Fatal(err)
		}
		if _, err := st.Recv(); err != nil {
			t.Fatal(err)
		}
	}
}

// Each request of a stream is a call, under the stream's name.
func TestRequestsOfAStreamAreCalls(t *testing.T) {
	w, client, _ := startRPCWith(t, serve.Config{})
	st, err := client.ModelStreamInfer(metadata.AppendToOutgoingContext(t.Context(), "x-request-id", "stream"))
	if err != nil {
		t.Fatal(err)
	}
	askStream(t, st, "CCO", "fail")
	if md, err := st.Header(); err != nil || !slices.Equal(md.Get("x-request-id"), []string{"stream"}) {
		t.Errorf("%v %v", md, err)
	}
	st.CloseSend()
	st.Recv()
	w.wantLine("request_id=stream ", "code=ok", "molecules=1")
	w.wantLine("request_id=stream ", "code=internal", "level=ERROR")
	const method = `method="/inference.GRPCInferenceService/ModelStreamInfer`
	eventually(t, "all are counted", func() bool {
		s := w.scrape()
		return s[`molserve_grpc_calls_total{code="OK",`+method+`#request"}`] == "1" && s[`molserve_grpc_calls_total{code="Internal",`+method+`#request"}`] == "1" &&
			s[`molserve_grpc_calls_total{code="OK",`+method+`"}`] == "1"
	})
}
