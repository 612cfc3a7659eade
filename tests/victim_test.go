package tests

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// rawTensor is a tensor of the Open Inference Protocol in JSON.
type rawTensor struct {
	Name     string  `json:"name"`
	Shape    []int64 `json:"shape"`
	Datatype string  `json:"datatype"`
	Data     []any   `json:"data"`
}

// rawRequest makes the tensors that a model would run a few molecules with.
func rawRequest(t *testing.T, m *onnx.Model) []rawTensor {
	t.Helper()
	records := []preprocess.Record{{Kind: preprocess.SMILES, Text: "CC(=O)Oc1ccccc1C(=O)O"}, {Kind: preprocess.SMILES, Text: "CCO"}}
	if !slices.Contains(m.Manifest().Accepts, string(preprocess.SMILES)) {
		records = []preprocess.Record{{Kind: preprocess.XYZ, Text: "3\n\nO 0 0 0\nH 0 0.76 0.59\nH 0 -0.76 0.59\n"}, {Kind: preprocess.XYZ, Text: "2\n\nC 0 0 0\nO 0 0 1.13\n"}}
	}
	graphs, rows, err := m.Build(t.Context(), records, onnx.Options{})
	if err != nil || rows[0].Err != nil || rows[1].Err != nil {
		t.Fatal(err, rows)
	}
	tensors, err := m.Bind(graph.Collate(graphs, m.Manifest().Layout, graph.Padding{}))
	if err != nil {
		t.Fatal(err)
	}
	var out []rawTensor
	for i, in := range m.Manifest().Inputs {
		r := rawTensor{Name: in.Tensor, Shape: tensors[i].Shape, Datatype: map[graph.DType]string{graph.Float32: "FP32", graph.Float64: "FP64", graph.Int64: "INT64", graph.Bool: "BOOL"}[in.DType]}
		for k := range tensors[i].Len() {
			var v any = tensors[i].At(k)
			if in.DType == graph.Int64 {
				v = tensors[i].I64[k]
			} else if in.DType == graph.Bool {
				v = tensors[i].B[k]
			}
			r.Data = append(r.Data, v)
		}
		out = append(out, r)
	}
	return out
}

// wrongWithin are faults of a field whose elements all lie in their range, by what is wrong.
var wrongWithin = map[string]map[string]func(r *rawTensor){
	"graph_index": {
		"decreasing": func(r *rawTensor) { r.Data[0] = int64(1) }, // the first atom of the first graph
	},
	"reverse_edge": {
		"an edge that is its own opposite": func(r *rawTensor) { r.Data[0] = int64(0) },
		"opposites of others":              func(r *rawTensor) { r.Data[0], r.Data[2] = r.Data[2], r.Data[0] },
	},
	"graph_ones": {"another number": func(r *rawTensor) { r.Data[1] = 2 }},
	"atom_mask": {
		"an atom behind padding": func(r *rawTensor) { r.Data[0] = false },
		"no rows of numbers":     func(r *rawTensor) { r.Data[0] = 2 },
	},
}

// spoiled are copies of a request, each with one fault in one tensor; fields are those of the tensors.
func spoiled(request []rawTensor, fields map[string]string) map[string][]rawTensor {
	out := map[string][]rawTensor{}
	change := func(what string, i int, do func(r *rawTensor)) {
		bad := slices.Clone(request)
		bad[i].Shape, bad[i].Data = slices.Clone(bad[i].Shape), slices.Clone(bad[i].Data)
		do(&bad[i])
		out[bad[i].Name+" "+what] = bad
	}
	out["all without rows"] = slices.Clone(request)
	for i, r := range request {
		empty := rawTensor{Name: r.Name, Datatype: r.Datatype, Shape: slices.Clone(r.Shape), Data: []any{}}
		last := len(r.Shape) - 1
		if r.Shape[0] > 2 || last == 0 {
			last = 0
		}
		empty.Shape[last] = 0
		out["all without rows"][i] = empty
		change("with a row less", i, func(r *rawTensor) {
			last := len(r.Shape) - 1
			if r.Shape[0] > 2 || last == 0 {
				last = 0
			}
			r.Data = r.Data[:int64(len(r.Data))/r.Shape[last]*(r.Shape[last]-1)]
			r.Shape[last]--
		})
		change("of another rank", i, func(r *rawTensor) { r.Shape = append(r.Shape, 1) })
		switch r.Datatype {
		case "INT64":
			change("negative", i, func(r *rawTensor) { r.Data[0] = -1 })
			change("beyond", i, func(r *rawTensor) { r.Data[len(r.Data)-1] = 1 << 40 })
		case "FP32":
			change("not finite", i, func(r *rawTensor) { r.Data[0] = math.MaxFloat64 }) // infinite as a float32
		}
		for what, do := range wrongWithin[fields[r.Name]] {
			change(what, i, do)
		}
	}
	return out
}

// Each way in which a stranger's tensors can be wrong is refused, and changes no bit of the answers of those
// who ask at the same time.
func TestViolationsChangeNoBitOfAVictimsAnswer(t *testing.T) {
	eachServed(t, func(m *onnx.Model, url string) {
		name := m.Manifest().Name
		request := rawRequest(t, m)
		status, want := postRaw(t, url, request)
		if status != 200 {
			t.Fatalf("%s: %d %s", name, status, want)
		}
		fields := map[string]string{}
		for _, in := range m.Manifest().Inputs {
			fields[in.Tensor] = in.Field
		}
		var attackers sync.WaitGroup
		for fault, bad := range spoiled(request, fields) {
			attackers.Go(func() {
				if status, body := postRaw(t, url, bad); status != 400 {
					t.Errorf("%s: %s: %d %.300s", name, fault, status, body)
				}
			})
		}
		attacked := make(chan struct{})
		go func() { attackers.Wait(); close(attacked) }()
		for n, over := 0, false; n < 20 || !over; n++ {
			if status, got := postRaw(t, url, request); status != 200 || got != want {
				t.Fatalf("%s: a victim's answer is %d %.200s, was %.200s", name, status, got, want)
			}
			select {
			case <-attacked:
				over = true
			default:
			}
		}
	})
}

func postRaw(t *testing.T, url string, request []rawTensor) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"inputs": request})
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	res, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return res.StatusCode, string(answer)
}
