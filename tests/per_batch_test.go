package tests

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/preprocess/graph"
)

// smallModel publishes a network of onnx/testdata that takes SMILES and nothing but the features of atoms, and
// what change adds.
func smallModel(t *testing.T, root, network, name string, change func(*onnx.Manifest)) {
	t.Helper()
	m, err := onnx.ReadManifest(readFile(t, "../onnx/testdata/manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	m.Name, m.Architecture, m.Chemistry.Elements = name, nil, nil
	m.Inputs, m.Files = m.Inputs[:1], map[string]onnx.File{}
	change(m)
	files := map[string][]byte{"model.onnx": readFile(t, "../onnx/testdata/"+network+".onnx"), "golden.json": []byte("{}")}
	for file, data := range files {
		m.Files[file] = onnx.File{SHA256: fmt.Sprintf("%x", sha256.Sum256(data)), Bytes: int64(len(data))}
		writeFile(t, filepath.Join(root, name, m.Version, file), data)
	}
	writeFile(t, filepath.Join(root, name, m.Version, "manifest.json"), marshal(t, m))
}

func outputOf(tensor, name, per string, column *int) onnx.Output {
	return onnx.Output{Tensor: tensor, Name: name, Per: per, Column: column, Symmetry: "invariant", Role: "value"}
}

// wholeModel publishes a network that knows no graphs: sums over all atoms of its run, and their number.
func wholeModel(t *testing.T, root string) {
	t.Helper()
	first := 0
	smallModel(t, root, "whole", "whole", func(m *onnx.Manifest) {
		m.Outputs = []onnx.Output{outputOf("sums", "sums", graph.PerBatch, nil), outputOf("atoms", "atoms", graph.PerBatch, &first), outputOf("h", "h", graph.PerAtom, nil)}
	})
}

func (p *process) answer(path, body string, into any) {
	p.t.Helper()
	res, err := http.Post(p.base+path, "application/json", strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		p.t.Fatalf("%s: %d %s %v", path, res.StatusCode, text, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		p.t.Fatalf("%s: %v", text, err)
	}
}

func TestEachRowHasItsOwnValuePerBatch(t *testing.T) {
	onnxtest.Start(t)
	root := t.TempDir()
	wholeModel(t, root)
	p := serveUnproved(t, root)
	var got struct {
		Outputs     []struct{ Name, Per string }
		Predictions []struct {
			Status string
			Values struct {
				Sums  []float64
				Atoms float64
				H     []float64
			}
		}
	}
	p.answer("/v1/models/whole/predict", `{"smiles":["CCO","c1ccccc1O","x","C"]}`, &got)
	if got.Outputs[0].Per != "batch" || got.Outputs[1].Per != "batch" {
		t.Errorf("outputs %+v", got.Outputs)
	}
	for i, atoms := range []int{3, 7, 0, 1} {
		row := got.Predictions[i]
		if atoms == 0 {
			if row.Status != "error" {
				t.Errorf("row %d: %+v", i, row)
			}
			continue
		}
		if row.Status != "ok" || row.Values.Atoms != float64(atoms) || len(row.Values.Sums) != 72 || len(row.Values.H) != atoms {
			t.Errorf("row %d of %d atoms: %+v", i, atoms, row)
		}
	}
}

// v2Answer is the reply of the Open Inference Protocol.
type v2Answer struct {
	Outputs []struct {
		Name  string
		Shape []int
		Data  []any
	}
}

func (a v2Answer) output(name string) (shape []int, data []any) {
	for _, o := range a.Outputs {
		if o.Name == name {
			return o.Shape, o.Data
		}
	}
	return nil, nil
}

func TestV2GivesWhatIsPerBatchARowAMolecule(t *testing.T) {
	onnxtest.Start(t)
	root := t.TempDir()
	wholeModel(t, root)
	p := serveUnproved(t, root)
	var got v2Answer
	p.answer("/v2/models/whole/infer", `{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[3],"data":["CCO","x","C"]}]}`, &got)
	if shape, data := got.output("atoms"); !slices.Equal(shape, []int{3}) || data[0] != 3.0 || data[2] != 1.0 {
		t.Errorf("atoms %v %v", shape, data)
	}
	if shape, _ := got.output("sums"); !slices.Equal(shape, []int{3, 72}) {
		t.Errorf("sums %v", shape)
	}
	if shape, data := got.output("atom_offsets"); !slices.Equal(shape, []int{4}) || data[3] != 4.0 {
		t.Errorf("atom_offsets %v %v", shape, data)
	}
	if shape, _ := got.output("batch_offsets"); shape != nil {
		t.Errorf("batch_offsets %v", shape)
	}
	var meta struct {
		Outputs []struct {
			Name  string
			Shape []int
		}
	}
	res, err := http.Get(p.base + "/v2/models/whole")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&meta); err != nil || !slices.Equal(meta.Outputs[0].Shape, []int{-1, 72}) || !slices.Equal(meta.Outputs[1].Shape, []int{-1}) {
		t.Errorf("%v, %+v", err, meta)
	}
}

// The network itself is given whatever tensors a request has, as the batch, and its answer is the tensor.
func TestV2TensorsAreTheBatch(t *testing.T) {
	onnxtest.Start(t)
	root := t.TempDir()
	wholeModel(t, root)
	p := serveUnproved(t, root)
	rows := make([]float64, 5*72)
	for k := range rows {
		rows[k] = float64(k / 72)
	}
	var got v2Answer
	p.answer("/v2/models/whole.tensors/infer", fmt.Sprintf(`{"inputs":[{"name":"V","datatype":"FP32","shape":[5,72],"data":%s}]}`, marshal(t, rows)), &got)
	if shape, data := got.output("sums"); !slices.Equal(shape, []int{72}) || data[0] != 10.0 || data[71] != 10.0 {
		t.Errorf("sums %v %v", shape, data)
	}
	if shape, data := got.output("atoms"); !slices.Equal(shape, []int{1}) || data[0] != 5.0 {
		t.Errorf("atoms %v %v", shape, data)
	}
}
