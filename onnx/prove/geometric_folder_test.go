package prove_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// object is a JSON object.
type object = map[string]any

func tensorOf(name, field, dtype string, shape ...any) object {
	return object{"tensor": name, "field": field, "dtype": dtype, "shape": shape}
}

func outputOf(name, per, symmetry, role string) object {
	return object{"tensor": name, "name": name, "unit": "eV", "per": per, "symmetry": symmetry, "role": role}
}

func with(o object, more object) object {
	maps.Copy(o, more)
	return o
}

// geometricManifest is of the lawful networks of testdata/unlawful.py.
func geometricManifest(outputs ...object) object {
	return object{
		"manifest": 1, "name": "space", "version": "1", "description": "A network of a test", "architecture": nil,
		"task": object{"level": "graph", "kind": "regression"}, "accepts": []string{"atoms", "xyz"},
		"symmetry":  object{"group": "E(3)"},
		"chemistry": object{"perception": "rdkit-2026.03.6", "hydrogens": "keep", "stereo": "legacy", "elements": []string{"H", "C", "O"}, "max_atoms": 200},
		"graph":     object{"edges": "radius", "cutoff": 3.0, "self_loops": false}, "layout": "packed",
		"inputs": []object{
			tensorOf("species", "species", "int64", "N"),
			with(tensorOf("edge_index", "edge_index", "int64", 2, "E"), object{"order": "src_dst"}),
			tensorOf("edge_vectors", "edge_vectors", "float32", "E", 3),
			tensorOf("batch", "graph_index", "int64", "N"),
			tensorOf("graph_ones", "graph_ones", "float32", "G"),
		},
		"outputs":   outputs,
		"tolerance": object{"golden": 1e-5, "reference": 1e-5, "symmetry": 1e-5},
		"files":     object{},
		"lineage":   object{"data": "-", "split": "-", "metrics": object{}, "published": nil, "baseline": nil, "base_model": nil, "frozen": []string{}},
	}
}

func potentialManifest() object {
	return geometricManifest(with(outputOf("energy", "graph", "invariant", "value"), object{"extensive": true}),
		outputOf("node_energy", "atom", "invariant", "value"),
		with(outputOf("edge_gradient", "edge", "vector", "edge_force"), object{"of": "energy", "unit": "eV/Å"}))
}

func propertyManifest() object {
	return geometricManifest(with(outputOf("energy", "graph", "invariant", "value"), object{"extensive": true}),
		outputOf("node_energy", "atom", "invariant", "value"), outputOf("features", "atom", "1x0e+1x1o", "embedding"))
}

// geometricFolder makes a model folder of a network, whose golden answers are its own: only a law can
// tell that it is wrong.
func geometricFolder(t *testing.T, network string, manifest object) folder {
	t.Helper()
	f := folder{t, t.TempDir()}
	raw, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	f.write("manifest.json", raw)
	model, err := os.ReadFile(filepath.Join("testdata", network+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	f.write("model.onnx", model)
	f.write("golden.json", []byte("{}"))
	golden, err := json.Marshal(ownGolden(t, f.open()))
	if err != nil {
		t.Fatal(err)
	}
	f.write("golden.json", golden)
	return f
}

// ownGolden is a golden.json of a model's own answers.
func ownGolden(t *testing.T, m *onnx.Model) object {
	r := rand.New(rand.NewPCG(7, 8))
	var cases []object
	for i := range 8 {
		records := []preprocess.Record{cloud(r, 1, false), cloud(r, 4, i%2 == 0), cloud(r, 5+i%2, false)}
		cases = append(cases, ownCase(t, m, records[:1+i%3]))
	}
	var probes []preprocess.Record
	for i := range 512 {
		probes = append(probes, cloud(r, 2+i%5, false))
	}
	return object{"golden": 1, "versions": object{}, "cases": cases, "probe": probes}
}

func ownCase(t *testing.T, m *onnx.Model, records []preprocess.Record) object {
	graphs, rows, err := m.Build(t.Context(), records, onnx.Options{})
	if err != nil || rows[0].Err != nil {
		t.Fatal(err, rows[0].Err)
	}
	in, err := m.Bind(graph.Collate(graphs, graph.Packed, graph.Padding{}))
	if err != nil {
		t.Fatal(err)
	}
	out, err := m.RunTensors(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	tensors, outputs := object{}, object{}
	for i, port := range m.Manifest().Inputs {
		tensors[port.Tensor] = goldenOf(&in[i])
	}
	for _, o := range m.Manifest().Outputs { // a network may give more
		y := out[o.Tensor]
		outputs[o.Tensor] = goldenOf(&y)
	}
	rows, err = m.Predict(t.Context(), graphs)
	if err != nil {
		t.Fatal(err)
	}
	var values []object
	for _, r := range rows {
		v := object{}
		for k, o := range m.Outputs() {
			if r.Values[k].Data != nil {
				v[o.Name] = r.Values[k].Data
			}
		}
		values = append(values, v)
	}
	return object{"records": records, "tensors": tensors, "outputs": outputs, "values": values}
}

func goldenOf(t *graph.Tensor) object {
	data := make([]float64, t.Len())
	for k := range data {
		data[k] = t.At(k)
	}
	return object{"dtype": t.DType, "shape": t.Shape, "data": data}
}

// cloud is n atoms at random, none nearer than 0.9 Å to another, in a cell of 4 Å or in none.
func cloud(r *rand.Rand, n int, periodic bool) preprocess.Record {
	const side, nearest = 3.0, 0.9
	var at [][3]float64
	for len(at) < n {
		p := [3]float64{side * r.Float64(), side * r.Float64(), side * r.Float64()}
		room := true
		for _, q := range at {
			dx, dy, dz := p[0]-q[0], p[1]-q[1], p[2]-q[2]
			room = room && dx*dx+dy*dy+dz*dz > nearest*nearest
		}
		if room {
			at = append(at, p)
		}
	}
	x := object{"numbers": []int{6, 1, 8, 1, 6, 1, 1}[:n], "positions": at}
	if periodic {
		x["cell"], x["pbc"] = [3][3]float64{{4, 0, 0}, {0.3, 4, 0}, {0, -0.2, 4}}, [3]bool{true, true, true}
	}
	text, err := json.Marshal(x)
	if err != nil {
		panic(fmt.Sprint(err))
	}
	return preprocess.Record{Kind: preprocess.Atoms, Text: string(text)}
}
