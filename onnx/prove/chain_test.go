package prove_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// aided is a folder of a network whose answer is the sum of two auxiliary numbers and of the features of the
// atoms. Its golden.json says what they are for each molecule, for a child knows no other model.
func aided(t *testing.T) folder {
	t.Helper()
	f := copyOf(t, "esol-gcn")
	var shipped struct{ Probe []preprocess.Record }
	if err := json.Unmarshal(f.read("golden.json"), &shipped); err != nil {
		t.Fatal(err)
	}
	network, err := os.ReadFile("../testdata/aided.onnx")
	if err != nil {
		t.Fatal(err)
	}
	f.write("model.onnx", network)
	f.manifest(func(m map[string]any) {
		m["architecture"], m["layout"] = nil, "packed"
		delete(m["files"].(map[string]any), "weights.safetensors")
		m["chemistry"].(map[string]any)["elements"] = []string{"H", "C", "N", "O", "F", "P", "S", "Cl", "Br", "I"}
		m["inputs"] = []any{
			map[string]any{"tensor": "V", "field": "node_features", "featurizer": "chemprop_v2", "dtype": "float32", "shape": []any{"N", 72}},
			map[string]any{"tensor": "batch", "field": "graph_index", "dtype": "int64", "shape": []any{"N"}},
			map[string]any{"tensor": "aux", "field": "auxiliary", "dtype": "float32", "shape": []any{"G", 2},
				"from": []any{map[string]any{"model": "low", "version": "3", "output": "label"}, map[string]any{"model": "low", "version": "3", "output": "error"}}},
		}
		m["outputs"] = []any{map[string]any{"tensor": "y", "name": "y", "unit": "", "per": "graph", "symmetry": "invariant", "role": "value"}}
	})
	m := f.open()
	golden := map[string]any{"golden": 1, "versions": map[string]string{}}
	probes := append([]preprocess.Record{{Kind: preprocess.SMILES, Text: "C"}}, shipped.Probe...)
	for k := range probes {
		probes[k].Auxiliary = fmt.Sprintf("[%g,-0.25]", float64(k%17)/8)
	}
	var cases []any
	for k := range 8 {
		cases = append(cases, f.aidedCase(m, []preprocess.Record{probes[0], probes[2*k+1], probes[2*k+2]}))
	}
	golden["cases"], golden["probe"] = cases, probes
	text, err := json.Marshal(golden)
	if err != nil {
		t.Fatal(err)
	}
	f.write("golden.json", text)
	return f
}

// aidedCase is a case whose answers are summed here, in float64.
func (f folder) aidedCase(m *onnx.Model, records []preprocess.Record) map[string]any {
	f.Helper()
	var graphs []*graph.Graph
	var y []float64
	for _, r := range records {
		g, err := preprocess.Build(r, m.Spec())
		if err != nil {
			f.Fatal(err)
		}
		sum := float64(g.Auxiliary[0]) + float64(g.Auxiliary[1])
		for _, x := range g.NodeFeatures {
			sum += float64(x)
		}
		graphs, y = append(graphs, g), append(y, sum)
	}
	bound, err := m.Bind(graph.Collate(graphs, graph.Packed, graph.Padding{}))
	if err != nil {
		f.Fatal(err)
	}
	tensors := map[string]any{}
	for i, in := range m.Manifest().Inputs {
		tensors[in.Tensor] = written(&bound[i])
	}
	return map[string]any{"records": records, "tensors": tensors, "values": y,
		"outputs": map[string]any{"y": map[string]any{"dtype": "float64", "shape": []int{len(y)}, "data": y}}}
}

func TestAChainedModelIsProvedWithTheNumbersOfItsGoldenRecords(t *testing.T) {
	c := aided(t).prove(prove.Full)
	if !c.OK {
		t.Errorf("%+v", c.Failed())
	}
	if !slices.ContainsFunc(c.NotProved, func(s string) bool {
		return strings.HasPrefix(s, "auxiliary: outputs of low@3 are proved by their own certificate")
	}) {
		t.Errorf("not proved: %q", c.NotProved)
	}
}

func TestGoldenRecordsOfAChainSayTheirNumbers(t *testing.T) {
	f := aided(t)
	f.goldenCase(2, func(c map[string]any) { delete(c["records"].([]any)[1].(map[string]any), "auxiliary") })
	c := f.prove(prove.Golden)
	if failed := c.Failed(); len(failed) == 0 || failed[0].Name != "records" || !strings.Contains(failed[0].Worst, "auxiliary is missing") {
		t.Errorf("%+v", failed)
	}
	f = aided(t)
	f.goldenCase(2, func(c map[string]any) { c["records"].([]any)[1].(map[string]any)["auxiliary"] = []float64{9, 9} })
	if failed := f.prove(prove.Golden).Failed(); len(failed) == 0 || failed[0].Name != "golden tensors" {
		t.Errorf("%+v", failed)
	}
}
