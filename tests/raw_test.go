package tests

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	v2 "molserve/serve/v2"
)

// A request of many graphs, which the server cuts, has the answers of its graphs in one run, wherever in memory its
// elements stand.
func TestRawRequestsOfManyGraphsAreAnsweredAsOneRun(t *testing.T) {
	eachServed(t, func(m *onnx.Model, url string) {
		tensors := manyGraphs(t, m)
		want, err := m.RunTensors(t.Context(), tensors)
		if err != nil {
			t.Fatal(err)
		}
		for shift := range 3 {
			answeredAs(t, url, m, tensors, want, shift)
		}
	})
}

// eachServed calls do with each shipped model and where a server takes its tensors.
func eachServed(t *testing.T, do func(m *onnx.Model, url string)) {
	t.Helper()
	root, err := filepath.Abs("../exported_models")
	if err != nil {
		t.Fatal(err)
	}
	onnxtest.Start(t)
	p := startServing(t, root, "--verify", "fast", "--verify-budget", "1ms")
	folders, err := onnx.Discover(root)
	if err != nil || len(folders) < 4 {
		t.Fatal(len(folders), err)
	}
	for _, f := range folders {
		m, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		do(m, p.base+"/v2/models/"+f.Name+".tensors/infer")
		m.Close()
	}
}

// manyGraphs are the tensors of forty small graphs.
func manyGraphs(t *testing.T, m *onnx.Model) []graph.Tensor {
	t.Helper()
	texts, kind := []string{"CC(=O)Oc1ccccc1C(=O)O", "CCO", "C", "c1ccncc1C(F)(F)F"}, preprocess.SMILES
	if !slices.Contains(m.Manifest().Accepts, string(kind)) {
		texts, kind = []string{"3\n\nO 0 0 0\nH 0 0.76 0.59\nH 0 -0.76 0.59\n", "2\n\nC 0 0 0\nO 0 0 1.13\n"}, preprocess.XYZ
	}
	var records []preprocess.Record
	for i := range 40 {
		records = append(records, preprocess.Record{Kind: kind, Text: texts[i%len(texts)]})
	}
	graphs, rows, err := m.Build(t.Context(), records, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Err != nil {
			t.Fatal(row.Err)
		}
	}
	tensors, err := m.Bind(graph.Collate(graphs, m.Manifest().Layout, graph.Padding{}))
	if err != nil {
		t.Fatal(err)
	}
	return tensors
}

// answeredAs sends tensors behind JSON that is shift bytes longer than it need be.
func answeredAs(t *testing.T, url string, m *onnx.Model, tensors []graph.Tensor, want map[string]graph.Tensor, shift int) {
	t.Helper()
	var inputs []map[string]any
	var raw []byte
	for i := range tensors {
		x, before := &tensors[i], len(raw)
		for _, elements := range []any{x.F32, x.F64, x.I64, x.B} {
			var err error
			if raw, err = binary.Append(raw, binary.LittleEndian, elements); err != nil {
				t.Fatal(err)
			}
		}
		inputs = append(inputs, map[string]any{"name": m.Manifest().Inputs[i].Tensor, "datatype": v2.Datatype(x.DType), "shape": x.Shape,
			"parameters": map[string]any{"binary_data_size": len(raw) - before}})
	}
	head, err := json.Marshal(map[string]any{"inputs": inputs})
	if err != nil {
		t.Fatal(err)
	}
	head = append(head, strings.Repeat(" ", shift)...)
	q, err := http.NewRequestWithContext(t.Context(), "POST", url, bytes.NewReader(append(head, raw...)))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Inference-Header-Content-Length", strconv.Itoa(len(head)))
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %.300s, %v", url, res.StatusCode, text, err)
	}
	var answer struct{ Outputs []rawOutput }
	if err := json.Unmarshal(text, &answer); err != nil || len(answer.Outputs) != len(want) {
		t.Fatalf("%s: %.300s, %v", url, text, err)
	}
	for _, o := range answer.Outputs {
		o.compare(t, url, want[o.Name])
	}
}

// rawOutput is an output in JSON.
type rawOutput struct {
	Name  string
	Shape []int64
	Data  []float64
}

func (o *rawOutput) compare(t *testing.T, url string, want graph.Tensor) {
	t.Helper()
	if !slices.Equal(o.Shape, want.Shape) || len(o.Data) != want.Len() {
		t.Fatalf("%s: %s is %v, whole %s", url, o.Name, o.Shape, &want)
	}
	for i, got := range o.Data {
		if math.Abs(got-want.At(i)) > 1e-5*max(1, math.Abs(want.At(i))) {
			t.Errorf("%s: element %d of %s is %v, whole %v", url, i, o.Name, got, want.At(i))
		}
	}
}
