package onnx_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"molserve/onnx"
)

func example(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestReadManifest(t *testing.T) {
	m, err := onnx.ReadManifest([]byte(example(t)))
	if err != nil {
		t.Fatal(err)
	}
	if m.Name != "esol-dmpnn" || m.Inputs[2].Shape[0].Size != 2 || m.Inputs[2].Shape[1].Symbol != "E" || *m.Outputs[0].Column != 0 {
		t.Errorf("got %+v", m)
	}
	if m.Architecture.Hyperparameters["hidden"] != 300.0 || m.Lineage.BaseModel != nil || m.Outputs[0].Transform.Shift != -3.05 {
		t.Errorf("got %+v %+v", m.Architecture, m.Lineage)
	}
	// Nothing is lost: what Go writes reads back as the same text.
	first, _ := json.Marshal(m)
	again, err := onnx.ReadManifest(first)
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := json.Marshal(again); string(second) != string(first) {
		t.Errorf("written and read again: %s\nbefore: %s", second, first)
	}
}

// Each row breaks the example in one place: old becomes new.
var badManifests = []struct{ name, old, new, pointer, message string }{
	{"unknown key", `"name": "esol-dmpnn"`, `"name": "esol-dmpnn", "nome": 1`, "/nome", "is an unknown key"},
	{"unknown key deep", `"level": "graph"`, `"level": "graph", "a/b~c": 1`, "/task/a~1b~0c", "is an unknown key"},
	{"key of the contract", `"order": "src_dst",`, `"order": "src_dst", "sign": "src_minus_dst",`, "/inputs/2/sign", "is not supported yet"},
	{"other case of a key", `"version"`, `"Version"`, "/Version", "is an unknown key"},
	{"repeated key", `"version": "1"`, `"version": "1", "version": "2"`, "/version", "stands twice"},
	{"repeated key deep", `"depth": 3`, `"depth": 3, "depth": 4`, "/architecture/hyperparameters/depth", "stands twice"},
	{"missing key", `"layout": "packed",`, ``, "/layout", "is missing"},
	{"missing key deep", `"kind": "regression"`, `"kind": "regression", "level": "graph"`, "/task/level", "stands twice"},
	{"string for a number", `"max_atoms": 500`, `"max_atoms": "500"`, "/chemistry/max_atoms", "is a string, not a number"},
	{"fraction", `"max_atoms": 500`, `"max_atoms": 500.5`, "/chemistry/max_atoms", "500.5 is not an integer"},
	{"number for a string", `"version": "1"`, `"version": 1`, "/version", "is a number, not a string"},
	{"null", `"description": "Aqueous`, `"description": null, "x": "`, "/description", "is null, not a string"},
	{"array for an object", `"task": {`, `"task": [], "x": {`, "/task", "is an array, not an object"},
	{"huge number", `"shift": -3.05`, `"shift": 1e999`, "/outputs/0/transform/shift", "1e999 does not fit a float64"},
	{"trailing bytes", `"frozen": []`, `"frozen": []}} {{"x": [] `, "", "invalid character '{' after top-level value (line"},
	{"cut short", `"lineage"`, `"lineage`, "", "is not JSON"},
	{"not UTF-8", `Aqueous`, "\xff", "", "is not UTF-8"},
	{"format", `"manifest": 1`, `"manifest": 2`, "/manifest", "is 2; this program reads format 1"},
	{"name", `"name": "esol-dmpnn"`, `"name": "../esol"`, "/name", `"../esol" does not match`},
	{"version", `"version": "1"`, `"version": "01"`, "/version", `"01" is not a positive integer`},
	{"task level", `"level": "graph"`, `"level": "graphs"`, "/task/level", `"graphs" is none of "graph", "node"`},
	{"planned task level", `"level": "graph"`, `"level": "forces"`, "/task/level", `"forces" is not supported yet; supported: "graph"`},
	{"task kind", `"kind": "regression"`, `"kind": "guess"`, "/task/kind", `"guess" is none of`},
	{"symmetry group", `"group": "permutation"`, `"group": "E(3)"`, "/symmetry/group", "is not supported yet"},
	{"perception", `rdkit-2026.03.6`, `rdkit-2025.09.1`, "/chemistry/perception", `is none of "rdkit-2026.03.6"`},
	{"hydrogens", `"hydrogens": "implicit"`, `"hydrogens": "none"`, "/chemistry/hydrogens", `is none of "implicit", "keep", "explicit"`},
	{"stereo", `"stereo": "legacy"`, `"stereo": "new"`, "/chemistry/stereo", `is none of "legacy"`},
	{"element", `"C",`, `"Xx",`, "/chemistry/elements/1", `"Xx" is no element's symbol`},
	{"element twice", `"C",`, `"H",`, "/chemistry/elements/1", `"H" stands twice`},
	{"no atoms", `"max_atoms": 500`, `"max_atoms": 0`, "/chemistry/max_atoms", "0 is not positive"},
	{"edges", `"edges": "bonds"`, `"edges": "radius"`, "/graph/edges", `"radius" is not supported yet`},
	{"cutoff of bonds", `"edges": "bonds"`, `"edges": "bonds", "cutoff": 5.0`, "/graph/cutoff", "is no option"},
	{"self loops", `"self_loops": false`, `"self_loops": true`, "/graph/self_loops", "not supported yet"},
	{"accepts", "\"smiles\"\n", `"smiles", "xyz"`, "/accepts/1", `"xyz" is not supported yet`},
	{"accepts twice", "\"smiles\"\n", `"smiles", "smiles"`, "/accepts/1", `"smiles" stands twice`},
	{"layout", `"layout": "packed"`, `"layout": "ragged"`, "/layout", `"ragged" is none of "packed", "padded"`},
	{"field", `"field": "reverse_edge"`, `"field": "reversed_edge"`, "/inputs/3/field", `layout "packed" has no field "reversed_edge"`},
	{"planned field", `"field": "reverse_edge"`, `"field": "edge_vectors"`, "/inputs/3/field", "not supported yet"},
	{"dtype", `"dtype": "int64"`, `"dtype": "int32"`, "/inputs/2", `dtype "int32" is none of [int64]`},
	{"order", `"order": "src_dst"`, `"order": "up"`, "/inputs/2", `order "up" is none of`},
	{"option of another field", `"field": "reverse_edge"`, `"field": "reverse_edge", "self_loops": true`, "/inputs/3", "self_loops is no option"},
	{"symbol", "2,\n    \"E\"", "2,\n    \"N\"", "/inputs/2/shape/1", "is N, field edge_index has E"},
	{"size", "2,\n    \"E\"", "3,\n    \"E\"", "/inputs/2/shape/0", "is 3, field edge_index has 2"},
	{"width", "72", "71", "/inputs/0/shape/1", "is 71, field node_features has 72"},
	{"rank", "\"N\",\n    72", "72", "/inputs/0/shape", "has 1 dimensions, field node_features has 2"},
	{"dimension", "72", "-72", "/inputs/0/shape/1", "is neither a symbol nor a size"},
	{"featurizer", `"featurizer": "chemprop_v2"`, `"featurizer": "chemprop_v9"`, "/inputs/0/featurizer", `"chemprop_v9" is none of`},
	{"no featurizer", `"featurizer": "chemprop_v2",`, ``, "/inputs/0/featurizer", "is missing; field node_features needs one of"},
	{"tensor twice", `"tensor": "rev"`, `"tensor": "edge_index"`, "/inputs/3/tensor", `"edge_index" stands twice`},
	{"column", `"column": 0`, `"column": -1`, "/outputs/0/column", "-1 is negative"},
	{"per", `"per": "graph"`, `"per": "pair"`, "/outputs/0/per", `"pair" is not supported yet`},
	{"symmetry", `"symmetry": "invariant"`, `"symmetry": "vector"`, "/outputs/0/symmetry", "is not supported yet"},
	{"role", `"role": "value"`, `"role": "guess"`, "/outputs/0/role", "is none of"},
	{"scale", `"scale": 2.09`, `"scale": 0`, "/outputs/0/transform/scale", "is 0"},
	{"transform", `"scale": 2.09,`, `"scale": 2.09, "sigmoid": true,`, "/outputs/0/transform/sigmoid", "is not supported yet"},
	{"tolerance", `"golden": 1e-05`, `"golden": 0`, "/tolerance/golden", "0 is not positive"},
	{"hash", strings.Repeat("1", 64), "1111", "/files/weights.safetensors/sha256", "is not 64 lower-case"},
	{"bytes", `"bytes": 12345` + "\n", `"bytes": 0`, "/files/golden.json/bytes", "0 is not positive"},
	{"file missing", `"golden.json"`, `"gold.json"`, "/files/golden.json", "is missing"},
	{"file elsewhere", `"frozen": []`, `"frozen": [1]`, "/lineage/frozen/0", "is a number, not a string"},
}

func TestBadManifests(t *testing.T) {
	good := example(t)
	for _, c := range badManifests {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(good, c.old, c.new, 1)
			if bad == good {
				t.Fatalf("%q is not in the example", c.old)
			}
			m, err := onnx.ReadManifest([]byte(bad))
			var faults onnx.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, %v", m, err)
			}
			for _, f := range faults {
				if f.Pointer == c.pointer && strings.Contains(f.Message, c.message) {
					return
				}
			}
			t.Errorf("want %s: %s\ngot %v", c.pointer, c.message, err)
		})
	}
}

func TestManifestReportsEveryFaultAtOnce(t *testing.T) {
	bad := strings.NewReplacer(`"name": "esol-dmpnn"`, `"name": ""`, `"max_atoms": 500`, `"max_atoms": []`, `"per": "graph"`, `"per": "us"`,
		`"level": "graph",`, ``, `"golden": 1e-05`, `"golden": 0, "silver": 1`).Replace(example(t))
	_, err := onnx.ReadManifest([]byte(bad))
	var faults onnx.Faults
	errors.As(err, &faults)
	got := map[string]bool{}
	for _, f := range faults {
		got[f.Pointer] = true
	}
	for _, p := range []string{"/name", "/chemistry/max_atoms", "/outputs/0/per", "/task/level", "/tolerance/golden", "/tolerance/silver"} {
		if !got[p] {
			t.Errorf("no fault at %s", p)
		}
		delete(got, p)
	}
	if len(got) > 0 || len(faults) != 6 {
		t.Errorf("faults that are not there, or twice: %v", err)
	}
}

func TestFilesStayInTheirFolder(t *testing.T) {
	for _, name := range []string{"../x", "a/b", "/etc/passwd", "", ".", "..", ".hidden", "manifest.json", `a\\b`, "x\x00"} {
		key, _ := json.Marshal(name)
		bad := strings.Replace(example(t), `"golden.json": {`, string(key)+`: {"sha256": "`+strings.Repeat("0", 64)+`", "bytes": 1}, "golden.json": {`, 1)
		if _, err := onnx.ReadManifest([]byte(bad)); err == nil || !strings.Contains(err.Error(), "is no name for a file") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	deep := `{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`
	if _, err := onnx.ReadManifest([]byte(deep)); err == nil || !strings.Contains(err.Error(), "is nested deeper than 32") {
		t.Errorf("got %v", err)
	}
}

// FuzzReadManifest: no panic, and what is taken is written and read again.
func FuzzReadManifest(f *testing.F) {
	good := example(f)
	f.Add([]byte(good))
	for _, c := range badManifests {
		f.Add([]byte(strings.Replace(good, c.old, c.new, 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := onnx.ReadManifest(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := onnx.ReadManifest(again); err != nil {
			t.Fatalf("written again: %v", err)
		}
	})
}
