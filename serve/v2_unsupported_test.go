package serve_test

import (
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"molserve/serve"
	"molserve/serve/v2/pb"
)

// What the protocol has and this server has not is answered with 501 on every route of it, and no extension is named for it.
func TestEveryRouteOfWhatThereIsNotIs501(t *testing.T) {
	w := start(t, serve.Config{})
	for path, what := range map[string]string{
		"/v2/systemsharedmemory/status":              "shared memory",
		"/v2/systemsharedmemory/region/r/status":     "shared memory",
		"/v2/systemsharedmemory/region/r/register":   "shared memory",
		"/v2/systemsharedmemory/region/r/unregister": "shared memory",
		"/v2/systemsharedmemory/unregister":          "shared memory",
		"/v2/cudasharedmemory/status":                "shared memory",
		"/v2/cudasharedmemory/region/r/status":       "shared memory",
		"/v2/cudasharedmemory/region/r/register":     "shared memory",
		"/v2/cudasharedmemory/region/r/unregister":   "shared memory",
		"/v2/cudasharedmemory/unregister":            "shared memory",
		"/v2/trace/setting":                          "trace settings",
		"/v2/models/m/trace/setting":                 "trace settings",
		"/v2/logging":                                "log settings",
		"/v2/models/m/generate":                      "text generation",
		"/v2/models/m/generate_stream":               "text generation",
		"/v2/repository/else/models/m/load":          "named repositories",
		"/v2/repository/else/models/m/unload":        "named repositories",
		"/v2/repository/else/index":                  "named repositories",
	} {
		for _, method := range []string{"GET", "POST"} {
			if a := w.do(method, path, "{}"); a.status != 501 || !strings.HasPrefix(a.body, `{"error":"`+what+": not supported") {
				t.Errorf("%s %s: %d %s", method, path, a.status, a.body)
			}
		}
	}
	a := w.do("GET", "/v2", "")
	for _, absent := range []string{"shared_memory", "sequence", "trace", "logging", "generate", "schedule_policy"} {
		if strings.Contains(a.body, absent) {
			t.Errorf("extensions name %s: %s", absent, a.body)
		}
	}
}

// Nor is it done in parts: a request whose input lies in shared memory, or whose output is wanted there, and one of a sequence.
func TestSharedMemoryAndSequencesOfARequestAre501(t *testing.T) {
	w, client := startRPC(t)
	const region = `"parameters":{"shared_memory_region":"r","shared_memory_byte_size":8}`
	for _, body := range []string{
		`{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[1],` + region + `}]}`,
		`{"outputs":[{"name":"logS",` + region + `}],` + askV2[1:],
		`{"parameters":{"sequence_id":"a","sequence_start":true},` + askV2[1:],
	} {
		if a := w.do("POST", "/v2/models/m/infer", body); a.status != 501 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	in, out, sequence := rpcAsk("C"), rpcAsk("C"), rpcAsk("C")
	r := map[string]*pb.InferParameter{"shared_memory_region": {ParameterChoice: &pb.InferParameter_StringParam{StringParam: "r"}}}
	in.Inputs[0].Parameters, in.Inputs[0].Contents = r, nil
	out.Outputs = []*pb.ModelInferRequest_InferRequestedOutputTensor{{Name: "logS", Parameters: r}}
	sequence.Parameters = map[string]*pb.InferParameter{"sequence_id": {ParameterChoice: &pb.InferParameter_Int64Param{Int64Param: 7}}}
	for what, q := range map[string]*pb.ModelInferRequest{"an input": in, "an output": out, "a sequence": sequence} {
		if _, err := client.ModelInfer(t.Context(), q); status.Code(err) != codes.Unimplemented {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// docs/v2.md decides what becomes of the parameters that the protocol reserves.
func TestReservedParametersThatMeanNothingHereAreIgnored(t *testing.T) {
	w, client := startRPC(t)
	for _, p := range []string{`"priority":1`, `"priority":"high"`, `"headers":"x"`, `"sequence_start":true`, `"sequence_end":true`, `"triton_x":1.5`, `"sequence_id":0`, `"sequence_id":""`, `"of_ours":false`} {
		if a := w.do("POST", "/v2/models/m/infer", `{"parameters":{`+p+`},`+askV2[1:]); a.status != 200 {
			t.Errorf("%s: %d %s", p, a.status, a.body)
		}
	}
	for asked, want := range map[bool]int{false: 0, true: 1} {
		st, err := client.ModelStreamInfer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		q := rpcAsk("C")
		if asked {
			q.Parameters = map[string]*pb.InferParameter{"triton_enable_empty_final_response": {ParameterChoice: &pb.InferParameter_BoolParam{BoolParam: true}}}
		}
		if err := st.Send(q); err != nil {
			t.Fatal(err)
		}
		if err := st.CloseSend(); err != nil {
			t.Fatal(err)
		}
		r, err := st.Recv()
		if err != nil || len(r.InferResponse.GetParameters()) != want || asked && !r.InferResponse.Parameters["triton_final_response"].GetBoolParam() {
			t.Errorf("asked %t: %v %v", asked, r, err)
		}
		if r, err := st.Recv(); err != io.EOF {
			t.Errorf("asked %t: a second reply %v %v", asked, r, err)
		}
	}
}

// Every method of the service is one of the protocol's that work, or says UNIMPLEMENTED.
func TestEveryMethodOfWhatThereIsNotIsUnimplemented(t *testing.T) {
	_, _, conn := startRPCWith(t, serve.Config{})
	absent := 0
	for _, m := range pb.GRPCInferenceService_ServiceDesc.Methods {
		name := m.MethodName
		isAbsent := strings.Contains(name, "SharedMemory") || name == "TraceSetting" || name == "LogSettings"
		if isAbsent {
			absent++
		}
		err := callEmpty(t, conn, "/inference.GRPCInferenceService/"+name)
		if got := status.Code(err) == codes.Unimplemented; got != isAbsent {
			t.Errorf("%s: %v", name, err)
		}
	}
	if absent != 8 {
		t.Errorf("%d methods are not implemented", absent)
	}
}
