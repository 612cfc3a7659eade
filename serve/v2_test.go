package serve_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"molserve/serve"
	"molserve/serve/v2/pb"
)

const askV2 = `{"id":"a","inputs":[{"name":"SMILES","datatype":"BYTES","shape":[2],"data":["CCO","C1CC"]}]}`

func TestV2AnswersBothModels(t *testing.T) {
	w := start(t, serve.Config{})
	for path, want := range map[string]string{
		"/v2":                           `"extensions":["binary_tensor_data"`,
		"/v2/":                          `"molserve"`,
		"/v2/health/live":               `"live":true`,
		"/v2/health/ready":              `"ready":true`,
		"/v2/models/m":                  `"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[-1]}]`,
		"/v2/models/m.tensors":          `"inputs":[{"name":"ones","datatype":"FP32","shape":[-1]}]`,
		"/v2/models/m/ready":            `"ready":true`,
		"/v2/models/m/versions/1":       `"versions":["1"]`,
		"/v2/models/m/config":           `"max_batch_size":0`,
		"/v2/models/m/stats":            `"inference_count":0`,
		"/v2/models/stats":              `"name":"m.tensors"`,
		"/v2/models/m/versions/1/stats": `"version":"1"`,
	} {
		if a := w.do("GET", path, ""); a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("GET %s: %d %s, want %s", path, a.status, a.body, want)
		}
	}
	a := w.do("POST", "/v2/models/m/infer", askV2)
	for _, want := range []string{`"model_name":"m","model_version":"1","id":"a"`, `"logS","datatype":"FP64","shape":[2],"data":[1003,null]`,
		`"pair","datatype":"FP64","shape":[2,2]`, `"data":["ok","unclosed_ring"]`, `\"offset\":1`} {
		if a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%d %s, want %s", a.status, a.body, want)
		}
	}
	a = w.do("POST", "/v2/models/m.tensors/infer", `{"inputs":[{"name":"ones","datatype":"FP32","shape":[2],"data":[1,1]}]}`)
	if a.status != 200 || !strings.Contains(a.body, `"y","datatype":"FP32","shape":[2],"data":[1,1]`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.do("POST", "/v2/repository/index", `{"ready":true}`); !strings.Contains(a.body, `{"name":"m.tensors","version":"1","state":"READY","reason":""}`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.do("GET", "/v2/models/m/stats", ""); !strings.Contains(a.body, `"inference_count":1,`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestV2Refuses(t *testing.T) {
	w := start(t, serve.Config{MaxMolecules: 2})
	tensors := `{"inputs":[{"name":"ones","datatype":"FP32","shape":[1],"data":[2]}]}`
	for _, c := range []struct {
		path, body string
		status     int
		reason     string
	}{
		{"/v2/models/nobody/infer", askV2, 404, "no model"},
		{"/v2/models/m/versions/9/infer", askV2, 404, "no such version"},
		{"/v2/models/m/infer", "{", 400, "JSON"},
		{"/v2/models/m/infer", `{"inputs":[{"name":"XYZ","datatype":"BYTES","shape":[1],"data":[""]}]}`, 400, "takes one input, SMILES"},
		{"/v2/models/m/infer", `{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[1,1],"data":["C"]}]}`, 400, "not BYTES [-1]"},
		{"/v2/models/m/infer", `{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[3],"data":["C","C","C"]}]}`, 413, "more than 2"},
		{"/v2/models/m/infer", `{"outputs":[{"name":"y"}],` + askV2[1:], 400, "no output"},
		{"/v2/models/m/infer", `{"parameters":{"timeout":"soon"},` + askV2[1:], 400, "microseconds"},
		{"/v2/models/m/infer", `{"parameters":{"sequence_id":3},` + askV2[1:], 501, "sequences"},
		{"/v2/models/m.tensors/infer", tensors, 400, "tensor ones"},
		{"/v2/models/m.tensors/infer", strings.Replace(tensors, "ones", "twos", 1), 400, "no input"},
		{"/v2/models/m.tensors/infer", `{"inputs":[{"name":"ones","datatype":"FP32","shape":[3],"data":[1,1,1]}]}`, 400, "graphs in a request"},
		{"/v2/repository/models/m/load", "", 403, "admin"},
		{"/v2/repository/models/m/unload", "", 403, "admin"},
		{"/v2/repository/index", `{"ready":"yes"}`, 400, "must be empty or JSON such as"},
		{"/v2/repository/index", `[true]`, 400, "must be empty or JSON such as"},
		{"/v2/repository/index", `{"ready":`, 400, "must be empty or JSON such as"},
		{"/v2/repository/else/index", "", 501, "repositories"},
		{"/v2/systemsharedmemory/register", "{}", 501, "shared memory"},
		{"/v2/cudasharedmemory/region/r/register", "{}", 501, "shared memory"},
		{"/v2/trace/setting", "{}", 501, "trace"},
		{"/v2/models/m/trace/setting", "{}", 501, "trace"},
		{"/v2/logging", "{}", 501, "log"},
		{"/v2/models/m", "", 405, "this route takes"},
		{"/v2/nowhere", "", 404, "no such route"},
	} {
		a := w.do("POST", c.path, c.body)
		if a.status != c.status || !strings.HasPrefix(a.body, `{"error":"`) || !strings.Contains(a.body, c.reason) {
			t.Errorf("%s: %d %s, want %d %s", c.path, a.status, a.body, c.status, c.reason)
		}
	}
	for _, h := range [][]string{{"Inference-Header-Content-Length", "-1"}, {"Inference-Header-Content-Length", "9999"}, {"Content-Encoding", "gzip"}} {
		if a := w.do("POST", "/v2/models/m/infer", askV2, h...); a.status != 400 {
			t.Errorf("%v: %d %s", h, a.status, a.body)
		}
	}
}

// A body without JSON is the one input of a model.
func TestV2TakesARawBody(t *testing.T) {
	w := start(t, serve.Config{})
	a := w.do("POST", "/v2/models/m/infer", "CCO", "Inference-Header-Content-Length", "0")
	if a.status != 200 || a.header.Get("Inference-Header-Content-Length") == "" || !strings.Contains(a.body, `"shape":[1],"parameters":{"binary_data_size":8}`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// startRPC is start with gRPC beside it.
func startRPC(t *testing.T) (*world, pb.GRPCInferenceServiceClient) {
	t.Helper()
	w, client, _ := startRPCWith(t, serve.Config{Grace: 2 * time.Second})
	return w, client
}

func startRPCWith(t *testing.T, cfg serve.Config) (*world, pb.GRPCInferenceServiceClient, *grpc.ClientConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg.GRPC = l
	w := start(t, cfg)
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return w, pb.NewGRPCInferenceServiceClient(conn), conn
}

func rpcAsk(smiles ...string) *pb.ModelInferRequest {
	c := &pb.InferTensorContents{}
	for _, s := range smiles {
		c.BytesContents = append(c.BytesContents, []byte(s))
	}
	return &pb.ModelInferRequest{ModelName: "m", Inputs: []*pb.ModelInferRequest_InferInputTensor{{Name: "SMILES", Datatype: "BYTES", Shape: []int64{int64(len(smiles))}, Contents: c}}}
}

func TestGRPCAnswersAndRefuses(t *testing.T) {
	_, client := startRPC(t)
	r, err := client.ModelInfer(t.Context(), rpcAsk("CCO", "C1CC"))
	if err != nil || r.ModelVersion != "1" || len(r.Outputs) != len(r.RawOutputContents) || string(r.RawOutputContents[2][4:6]) != "ok" {
		t.Errorf("%v %v", r, err)
	}
	nobody := rpcAsk("C")
	nobody.ModelName = "nobody"
	for want, m := range map[codes.Code]*pb.ModelInferRequest{codes.NotFound: nobody, codes.InvalidArgument: {ModelName: "m"}, codes.Internal: rpcAsk("fail")} {
		if _, err := client.ModelInfer(t.Context(), m); status.Code(err) != want || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if _, err := client.ModelInfer(t.Context(), rpcAsk("panic")); status.Code(err) != codes.Internal {
		t.Errorf("a panic is answered with %v", err)
	}
	if _, err := client.LogSettings(t.Context(), &pb.LogSettingsRequest{}); status.Code(err) != codes.Unimplemented {
		t.Errorf("log settings: %v", err)
	}
	if _, err := client.RepositoryModelLoad(t.Context(), &pb.RepositoryModelLoadRequest{ModelName: "m"}); status.Code(err) != codes.PermissionDenied {
		t.Errorf("load: %v", err)
	}
}

func TestGRPCEndsWithTheDeadlineAndTheCaller(t *testing.T) {
	_, client := startRPC(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client.ModelInfer(ctx, rpcAsk("wait")); status.Code(err) != codes.DeadlineExceeded {
		t.Error(err)
	}
	late := rpcAsk("wait")
	late.Parameters = map[string]*pb.InferParameter{"timeout": {ParameterChoice: &pb.InferParameter_Int64Param{Int64Param: 1000}}}
	if _, err := client.ModelInfer(t.Context(), late); status.Code(err) != codes.DeadlineExceeded {
		t.Error(err)
	}
}

// A stream that nobody closes does not keep a server from stopping, and a request on it is answered first.
func TestStreamsEndWhenTheServerStops(t *testing.T) {
	w, client := startRPC(t)
	st, err := client.ModelStreamInfer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, smiles := range []string{"CCO", "fail", "CCC"} {
		if err := st.Send(rpcAsk(smiles)); err != nil {
			t.Fatal(err)
		}
		if r, err := st.Recv(); err != nil || (r.ErrorMessage != "") != (smiles == "fail") {
			t.Fatalf("%s: %v %v", smiles, r, err)
		}
	}
	if err := st.Send(rpcAsk("wait")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the request runs", func() bool {
		a := w.do("GET", "/v2/models/m/stats", "")
		return strings.Contains(a.body, `"fail":{"count":1`)
	})
	close(w.hold)
	if r, err := st.Recv(); err != nil || r.ErrorMessage != "" {
		t.Fatalf("%v %v", r, err)
	}
	w.stop()
	if _, err := st.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("%v, want Unavailable", err)
	}
}
