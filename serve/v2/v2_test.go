package v2_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"molserve/preprocess/graph"
	v2 "molserve/serve/v2"
	"molserve/serve/v2/pb"
)

// in is a request of one input.
func in(rest string) string { return `{"inputs":[{"name":"x",` + rest + `}]}` }

func TestJSONIsRead(t *testing.T) {
	for body, want := range map[string]any{
		in(`"datatype":"INT64","shape":[2,2],"data":[1,-2,3,9223372036854775807]`): []int64{1, -2, 3, math.MaxInt64},
		in(`"datatype":"INT64","shape":[2,2],"data":[[1,2],[3,4]]`):                []int64{1, 2, 3, 4},
		in(`"data":[[1,2],[3,4]],"datatype":"INT64","shape":[2,2]`):                []int64{1, 2, 3, 4},
		in(`"datatype":"FP32","shape":[1],"data":[1e-3]`):                          []float32{1e-3},
		in(`"datatype":"FP64","shape":[2],"data":[0.1,-0]`):                        []float64{0.1, math.Copysign(0, -1)},
		in(`"datatype":"BOOL","shape":[3],"data":[true,false,1]`):                  []bool{true, false, true},
		in(`"datatype":"BYTES","shape":[2],"data":["CCO","\u00e9\n"]`):             []string{"CCO", "é\n"},
		in(`"datatype":"FP32","shape":[0,4],"data":[]`):                            []float32(nil),
		in(`"datatype":"FP32","shape":[2,0],"data":[[],[]]`):                       []float32(nil),
	} {
		q, err := v2.DecodeRequest([]byte(body), -1)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if got := data(&q.Inputs[0]); !sameJSON(got, want) {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}

func data(t *v2.Tensor) any {
	switch t.DType {
	case graph.Float32:
		return t.F32
	case graph.Float64:
		return t.F64
	case graph.Int64:
		return t.I64
	case graph.Bool:
		return t.B
	}
	return t.Text
}

func sameJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

func TestJSONIsRefused(t *testing.T) {
	for body, reason := range map[string]string{
		``:                    "expected",
		`{}`:                  "no inputs",
		`[]`:                  "is a list, not an object",
		`{"inputs":[]}`:       "no inputs",
		`{"inputs":[]} x`:     "end of the body",
		`{"id":"a","id":"b"}`: "twice",
		`{"Inputs":[]}`:       "unknown key",
		`{"id":1}`:            "a string",
		"{\"id\":\"\xff\"}":   "UTF-8",
		`{"parameters":{"a":` + strings.Repeat("[", 200):                                                                           "neither",
		in(`"datatype":"FP32","shape":[1],"data":` + strings.Repeat("[", 200)):                                                     "deeper",
		in(`"datatype":"INT64","shape":[1],"data":[9223372036854775808]`):                                                          "64-bit integer",
		in(`"datatype":"INT64","shape":[1],"data":[1.5]`):                                                                          "64-bit integer",
		in(`"datatype":"FP32","shape":[1],"data":[1e39]`):                                                                          "32 bits",
		in(`"datatype":"FP64","shape":[1],"data":[1e309]`):                                                                         "64 bits",
		in(`"datatype":"FP32","shape":[1],"data":[NaN]`):                                                                           "JSON /inputs/0/data/0: byte 61: expected a value",
		in(`"datatype":"FP32","shape":[1],"data":[01]`):                                                                            "JSON /inputs/0/data: byte 62: expected ',' or ']'",
		in(`"datatype":"FP32","shape":[1],"data":[null]`):                                                                          `input "x": data/0: is null, not a number`,
		in(`"datatype":"BOOL","shape":[1],"data":[2]`):                                                                             "true or false",
		in(`"datatype":"INT64","shape":[3],"data":[1,2]`):                                                                          "elements of shape",
		in(`"datatype":"INT64","shape":[1],"data":[1,2]`):                                                                          "elements of shape",
		in(`"datatype":"INT64","shape":[2,2],"data":[[1,2,3],[4]]`):                                                                "elements of shape",
		in(`"datatype":"INT64","shape":[],"data":[[1]]`):                                                                           "elements of shape",
		in(`"datatype":"INT64","shape":[-1],"data":[1]`):                                                                           "negative",
		in(`"datatype":"INT64","shape":[4294967296,4294967296],"data":[]`):                                                         "larger than",
		in(`"datatype":"INT64","shape":[65536,65536,65536,65536],"data":[]`):                                                       "larger than",
		in(`"datatype":"INT64","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data":[1]`):                                            "dimensions",
		in(`"datatype":"INT32","shape":[1],"data":[1]`):                                                                            "no model here",
		in(`"datatype":"STRING","shape":[1],"data":["C"]`):                                                                         "no datatype",
		in(`"datatype":"INT64","shape":[1]`):                                                                                       "either data or",
		in(`"datatype":"INT64","shape":[1],"data":[1],"parameters":{"binary_data_size":8}`):                                        "either data or",
		in(`"datatype":"INT64","shape":[1],"parameters":{"binary_data_size":8}`):                                                   "are left",
		in(`"datatype":"INT64","shape":[1],"parameters":{"binary_data_size":-8}`):                                                  "no number of bytes",
		in(`"datatype":"INT64","shape":[1],"parameters":{"shared_memory_region":"r"}`):                                             "shared memory",
		`{"parameters":{"sequence_id":7},` + in(`"datatype":"INT64","shape":[1],"data":[1]`)[1:]:                                   "sequences",
		`{"outputs":[{"name":"y"},{"name":"y"}],` + in(`"datatype":"INT64","shape":[1],"data":[1]`)[1:]:                            "twice",
		`{"outputs":[{"name":"y","parameters":{"classification":0}}],` + in(`"datatype":"INT64","shape":[1],"data":[1]`)[1:]:       "classes",
		`{"outputs":[{"name":"y","parameters":{"binary_data":1}}],` + in(`"datatype":"INT64","shape":[1],"data":[1]`)[1:]:          "binary_data",
		`{"inputs":[{"name":"x","datatype":"INT64","shape":[0],"data":[]},{"name":"x","datatype":"INT64","shape":[0],"data":[]}]}`: "twice",
	} {
		_, err := v2.DecodeRequest([]byte(body), -1)
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%.120s: %v, want %q", body, err, reason)
		}
	}
}

func TestBinaryIsReadAndRefused(t *testing.T) {
	head := in(`"datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":11}`)
	blob := "\x03\x00\x00\x00CCO\x00\x00\x00\x00"
	q, err := v2.DecodeRequest([]byte(head+blob), len(head))
	if err != nil || !sameJSON(q.Inputs[0].Text, []string{"CCO", ""}) {
		t.Fatalf("%v %v", q, err)
	}
	for name, body := range map[string]string{
		"length beyond the end":  head + "\xff\xff\xff\xffCCO\x00\x00\x00\x00",
		"bytes behind the last":  head + blob + "x",
		"too few bytes":          head + blob[:10],
		"bytes inside the input": head + "\x00\x00\x00\x00\x00\x00\x00\x00xxx",
		"no second length":       head + "\x07\x00\x00\x00CCOCCO!",
	} {
		if _, err := v2.DecodeRequest([]byte(body), len(head)); err == nil {
			t.Errorf("%s: is read", name)
		}
	}
	bad := in(`"datatype":"BOOL","shape":[1],"parameters":{"binary_data_size":1}`)
	if _, err := v2.DecodeRequest([]byte(bad+"\x02"), len(bad)); err == nil {
		t.Error("a BOOL of 2 is read")
	}
	if _, err := v2.DecodeRequest([]byte(head), len(head)+1); err == nil {
		t.Error("a header longer than the body is read")
	}
}

func TestWishesForBinaryOutputs(t *testing.T) {
	q, err := v2.DecodeRequest([]byte(`{"outputs":[{"name":"a"},{"name":"b","parameters":{"binary_data":false}},{"name":"c","parameters":{"classification":3}}],
		"parameters":{"binary_data_output":true,"mine":"x"},"inputs":[{"name":"x","datatype":"INT64","shape":[1],"data":[1]}]}`), -1)
	if err != nil {
		t.Fatal(err)
	}
	if want := []v2.Wanted{{Name: "a", Binary: true}, {Name: "b"}, {Name: "c", Classes: 3, Binary: true}}; !sameJSON(q.Outputs, want) {
		t.Errorf("%+v, want %+v", q.Outputs, want)
	}
}

func TestResponsesAreJSONWhateverTheNumbers(t *testing.T) {
	r := v2.Response{Model: "m", Version: "1", ID: "7\xff", Outputs: []v2.Output{
		{Tensor: v2.Tensor{Name: "y", Tensor: graph.Tensor{DType: graph.Float64, Shape: []int64{3}, F64: []float64{math.NaN(), math.Inf(1), 0.1}}}},
		{Tensor: v2.Tensor{Name: "status", Tensor: graph.Tensor{DType: v2.Bytes, Shape: []int64{1}}, Text: []string{"o\"k"}}, Binary: true}}}
	body, header := r.Append(nil)
	var read struct {
		ID      string
		Outputs []struct {
			Data       []*float64
			Parameters map[string]int
		}
	}
	if err := json.Unmarshal(body[:header], &read); err != nil {
		t.Fatal(err)
	}
	if d := read.Outputs[0].Data; d[0] != nil || d[1] != nil || *d[2] != 0.1 {
		t.Errorf("%s", body)
	}
	if n := read.Outputs[1].Parameters["binary_data_size"]; n != len(body)-header || string(body[header:]) != "\x03\x00\x00\x00o\"k" {
		t.Errorf("%q", body[header:])
	}
}

func TestMessagesAreReadAndRefused(t *testing.T) {
	request := func(change func(*pb.ModelInferRequest)) *pb.ModelInferRequest {
		m := &pb.ModelInferRequest{Inputs: []*pb.ModelInferRequest_InferInputTensor{{Name: "x", Datatype: "INT64", Shape: []int64{2}}},
			RawInputContents: [][]byte{binary.LittleEndian.AppendUint64(make([]byte, 8), 5)}}
		change(m)
		return m
	}
	q, err := v2.FromProto(request(func(*pb.ModelInferRequest) {}))
	if err != nil || !sameJSON(q.Inputs[0].I64, []int64{0, 5}) {
		t.Fatalf("%+v %v", q, err)
	}
	for name, change := range map[string]func(*pb.ModelInferRequest){
		"contents beside raw": func(m *pb.ModelInferRequest) {
			m.Inputs[0].Contents = &pb.InferTensorContents{Int64Contents: []int64{1, 2}}
		},
		"raw of two inputs": func(m *pb.ModelInferRequest) { m.RawInputContents = append(m.RawInputContents, nil) },
		"short raw":         func(m *pb.ModelInferRequest) { m.RawInputContents[0] = m.RawInputContents[0][:9] },
		"contents of another type": func(m *pb.ModelInferRequest) {
			m.RawInputContents, m.Inputs[0].Contents = nil, &pb.InferTensorContents{IntContents: []int32{1, 2}}
		},
		"no contents":    func(m *pb.ModelInferRequest) { m.RawInputContents = nil },
		"negative shape": func(m *pb.ModelInferRequest) { m.Inputs[0].Shape = []int64{-2, -1} },
		"shared memory": func(m *pb.ModelInferRequest) {
			m.Inputs[0].Parameters = map[string]*pb.InferParameter{"shared_memory_region": {}}
		},
	} {
		if _, err := v2.FromProto(request(change)); err == nil {
			t.Errorf("%s: is read", name)
		}
	}
}

func FuzzDecodeRequest(f *testing.F) {
	head := in(`"datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":11}`)
	f.Add([]byte(head+"\x03\x00\x00\x00CCO\x00\x00\x00\x00"), len(head))
	f.Add([]byte(in(`"datatype":"FP32","shape":[2,1],"data":[[1],[2e3]]`)), -1)
	f.Add([]byte(`{"id":"a","parameters":{"timeout":5},"outputs":[{"name":"y"}],`+in(`"datatype":"BOOL","shape":[1],"data":[true]`)[1:]), -1)
	f.Fuzz(func(t *testing.T, body []byte, header int) {
		q, err := v2.DecodeRequest(body, header)
		if err != nil {
			return
		}
		again(t, q)
	})
}

// again holds what a request says: tensors have the elements of their shapes, and survive the way out.
func again(t *testing.T, q *v2.Request) {
	r := v2.Response{}
	for _, in := range q.Inputs {
		n := len(in.F32) + len(in.F64) + len(in.I64) + len(in.B) + len(in.Text)
		if n != in.Len() {
			t.Fatalf("%d elements of %v", n, in.Shape)
		}
		r.Outputs = append(r.Outputs, v2.Output{Tensor: in, Binary: n%2 == 0})
	}
	body, header := r.Append(nil)
	if header < 0 {
		header = len(body)
	}
	if !json.Valid(body[:header]) {
		t.Fatalf("no JSON: %q", body[:header])
	}
	for i, raw := range r.Proto().RawOutputContents {
		if r.Outputs[i].Binary && !bytes.Contains(body[header:], raw) {
			t.Fatal("gRPC and REST differ")
		}
	}
}

func FuzzFromProto(f *testing.F) {
	m := &pb.ModelInferRequest{Inputs: []*pb.ModelInferRequest_InferInputTensor{{Name: "x", Datatype: "BYTES", Shape: []int64{1}}}, RawInputContents: [][]byte{{3, 0, 0, 0, 'C', 'C', 'O'}}}
	seed, err := proto.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, body []byte) {
		var m pb.ModelInferRequest
		if proto.Unmarshal(body, &m) != nil {
			return
		}
		if q, err := v2.FromProto(&m); err == nil {
			again(t, q)
		}
	})
}
