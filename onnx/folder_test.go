package onnx_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// folder writes the folder of a committed network, <root>/<name>/1, and returns it.
func folder(t testing.TB, kind string, change func(*onnx.Manifest)) onnx.Folder {
	t.Helper()
	l, simple := layouts[kind]
	name := kind // a network with a manifest of its own
	if simple {
		name = "manifest"
	}
	m, err := onnx.ReadManifest([]byte(exampleOf(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"model.onnx": network(t, kind), "golden.json": []byte("{}")}
	m.Name, m.Architecture, m.Files = kind, nil, map[string]onnx.File{}
	if simple {
		m.Chemistry.Elements = nil
		m.Layout, m.Inputs, m.Outputs = l.layout, l.inputs, l.outputs
	}
	for name, data := range files {
		sum := sha256.Sum256(data)
		m.Files[name] = onnx.File{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data))}
	}
	if change != nil {
		m.Inputs, m.Outputs = append([]onnx.Input(nil), m.Inputs...), append([]onnx.Output(nil), m.Outputs...)
		change(m)
	}
	f := onnx.Folder{Name: kind, Version: 1, Dir: filepath.Join(t.TempDir(), kind, "1")}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	files["manifest.json"], _ = json.Marshal(m)
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(f.Dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func dims(symbols ...string) []onnx.Dim {
	out := make([]onnx.Dim, len(symbols))
	for i, s := range symbols {
		if out[i].Symbol = s; s[0] <= '9' {
			fmt.Sscan(s, &out[i].Size)
			out[i].Symbol = ""
		}
	}
	return out
}

func output(tensor, name, per string, column int, transform *onnx.Transform) onnx.Output {
	o := onnx.Output{Tensor: tensor, Name: name, Per: per, Symmetry: "invariant", Role: "value", Transform: transform}
	if column >= 0 {
		o.Column = &column
	}
	return o
}

// layouts are the manifests of the committed networks.
var layouts = map[string]struct {
	layout  graph.Layout
	inputs  []onnx.Input
	outputs []onnx.Output
}{
	"packed": {graph.Packed, []onnx.Input{
		{Tensor: "V", Field: "node_features", Featurizer: "chemprop_v2", DType: graph.Float32, Shape: dims("N", "72")},
		{Tensor: "E", Field: "edge_features", Featurizer: "chemprop_v2", DType: graph.Float32, Shape: dims("E", "14")},
		{Tensor: "edge_index", Field: "edge_index", DType: graph.Int64, Shape: dims("2", "E")},
		{Tensor: "batch", Field: "graph_index", DType: graph.Int64, Shape: dims("N")},
		{Tensor: "ones", Field: "graph_ones", DType: graph.Float32, Shape: dims("G")},
		{Tensor: "Z", Field: "atomic_numbers", DType: graph.Int64, Shape: dims("N")},
	}, []onnx.Output{
		output("y", "sum", "graph", 0, &onnx.Transform{Scale: 2, Shift: 100}),
		output("h", "atom_sum", "atom", -1, nil),
		output("z", "first", "atom", -1, nil),
		output("z", "second", "atom", 1, nil),
		output("emb", "embedding", "graph", -1, nil),
	}},
	"padded": {graph.Padded, []onnx.Input{
		{Tensor: "X", Field: "node_features", Featurizer: "chemprop_v2", DType: graph.Float32, Shape: dims("B", "n", "72")},
		{Tensor: "A", Field: "adjacency", Normalisation: "none", DType: graph.Float32, Shape: dims("B", "n", "n")},
		{Tensor: "mask", Field: "atom_mask", DType: graph.Bool, Shape: dims("B", "n")},
	}, []onnx.Output{
		output("y", "sum", "graph", 0, nil),
		output("h", "degree", "atom", 1, nil),
		output("h", "both", "atom", -1, nil),
	}},
	"whole": {graph.Packed, []onnx.Input{
		{Tensor: "V", Field: "node_features", Featurizer: "chemprop_v2", DType: graph.Float32, Shape: dims("N", "72")},
	}, []onnx.Output{
		output("sums", "sums", "batch", -1, nil),
		output("sums", "tenth", "batch", 1, &onnx.Transform{Scale: 0.1}),
		output("atoms", "atoms", "batch", 0, nil),
		output("h", "atom_sum", "atom", -1, nil),
	}},
	"links": {graph.Packed, []onnx.Input{
		{Tensor: "V", Field: "node_features", DType: graph.Float32, Shape: dims("N", "1")},
		{Tensor: "pairs", Field: "pair_index", DType: graph.Int64, Shape: dims("2", "P")},
		{Tensor: "aux", Field: "auxiliary", DType: graph.Float32, Shape: dims("G", "2")},
		{Tensor: "charge", Field: "total_charge", DType: graph.Int64, Shape: dims("G")},
		{Tensor: "spin", Field: "spin_multiplicity", DType: graph.Float32, Shape: dims("G")},
	}, []onnx.Output{
		output("score", "link", "pair", -1, nil),
		output("total", "total", "graph", -1, nil),
	}},
}

func open(t testing.TB, name string, change func(*onnx.Manifest)) *onnx.Model {
	t.Helper()
	m, err := folder(t, name, change).Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestOpenRefuses(t *testing.T) {
	at := func(f onnx.Folder, name string) string { return filepath.Join(f.Dir, name) }
	for _, c := range []struct {
		name, want string
		spoil      func(f onnx.Folder) error
	}{
		{"no manifest", "manifest.json is missing", func(f onnx.Folder) error { return os.Remove(at(f, "manifest.json")) }},
		{"bad manifest", "is not JSON", func(f onnx.Folder) error { return os.WriteFile(at(f, "manifest.json"), []byte("{"), 0o644) }},
		{"huge manifest", "at most 1048576", func(f onnx.Folder) error { return os.Truncate(at(f, "manifest.json"), 2<<20) }},
		{"other bytes", "golden.json has SHA-256", func(f onnx.Folder) error { return os.WriteFile(at(f, "golden.json"), []byte("[]"), 0o644) }},
		{"longer file", "golden.json has 3 bytes", func(f onnx.Folder) error { return os.WriteFile(at(f, "golden.json"), []byte("{} "), 0o644) }},
		{"shorter file", "the manifest says", func(f onnx.Folder) error { return os.Truncate(at(f, "golden.json"), 1) }},
		{"missing file", "golden.json is missing", func(f onnx.Folder) error { return os.Remove(at(f, "golden.json")) }},
		{"two faults", "model.onnx", func(f onnx.Folder) error {
			os.Remove(at(f, "golden.json"))
			return os.Truncate(at(f, "model.onnx"), 10)
		}},
		{"symbolic link", "golden.json is not a regular file", func(f onnx.Folder) error {
			os.Rename(at(f, "golden.json"), at(f, "real.json"))
			return os.Symlink("real.json", at(f, "golden.json"))
		}},
		{"folder for a file", "golden.json is not a regular file", func(f onnx.Folder) error {
			os.Remove(at(f, "golden.json"))
			return os.Mkdir(at(f, "golden.json"), 0o755)
		}},
		{"another name", "its manifest is of packed@1", func(f onnx.Folder) error { return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := folder(t, "packed", nil)
			if err := c.spoil(f); err != nil {
				t.Fatal(err)
			}
			if c.name == "another name" {
				f.Version = 2
			}
			m, err := f.Open()
			if err == nil {
				m.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestOpenHoldsTheNetworkAgainstTheManifest(t *testing.T) {
	f := folder(t, "packed", func(m *onnx.Manifest) {
		m.Inputs[0].Tensor = "W"
		m.Inputs[5] = onnx.Input{Tensor: "Z", Field: "graph_ones", DType: graph.Float32, Shape: dims("G")}
		m.Outputs[0].Tensor = "nothing"
		m.Outputs[1] = output("h", "atom_sum", "atom", 0, nil)
		m.Outputs[3] = output("z", "second", "atom", 3, nil)
	})
	_, err := onnx.Open(f.Dir)
	for _, want := range []string{
		`/inputs/0/tensor: the network has no "W"`, `/inputs: none is for the network's input "V"`, `/inputs/5/dtype: is float32, the network takes int64`,
		`/outputs/0/tensor: the network has no "nothing"`, `/outputs/1/tensor: "h" has 1 dimensions`, `/outputs/3/column: is 3, the network gives 3 columns`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %q in\n%v", want, err)
		}
	}
}

// An exporter that fixed a dimension makes a network for one batch size.
func TestOpenRefusesAFixedDimension(t *testing.T) {
	f := folder(t, "packed", nil)
	spoiled := strings.Replace(string(network(t, "packed")), "\x0a\x03\x12\x01G", "\x0a\x03\x08\x83\x00", 1) // dim_param G becomes dim_value 3
	m := onnx.File{SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(spoiled))), Bytes: int64(len(spoiled))}
	rewrite(t, f, func(manifest *onnx.Manifest) { manifest.Files["model.onnx"] = m })
	if err := os.WriteFile(filepath.Join(f.Dir, "model.onnx"), []byte(spoiled), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(); err == nil || !strings.Contains(err.Error(), "/inputs/4/shape/0: is G, the network takes 3 only") {
		t.Errorf("got %v", err)
	}
}

func rewrite(t *testing.T, f onnx.Folder, change func(*onnx.Manifest)) {
	t.Helper()
	path := filepath.Join(f.Dir, "manifest.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.ReadManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	change(m)
	data, _ = json.Marshal(m)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFilesCanBeForgotten(t *testing.T) {
	m := open(t, "packed", nil)
	if string(m.File("golden.json")) != "{}" || m.File("other") != nil {
		t.Error("golden.json is not what was read")
	}
	if m.Forget(); m.File("golden.json") != nil {
		t.Error("golden.json is still held")
	}
}

func TestDiscover(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"b/10", "b/9", "a/1", "a/01", "a/0", "a/x", "a/2.part", "A/1", "c"} {
		os.MkdirAll(filepath.Join(root, dir), 0o755)
		os.WriteFile(filepath.Join(root, dir, "manifest.json"), nil, 0o644)
	}
	os.MkdirAll(filepath.Join(root, "a", "3"), 0o755) // not complete: no manifest yet
	got, err := onnx.Discover(root)
	if err != nil || fmt.Sprint(got) != "[a@1 b@9 b@10]" || got[2].Dir != filepath.Join(root, "b", "10") {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := onnx.Discover(filepath.Join(root, "none")); err == nil {
		t.Error("a folder that is not there was searched")
	}
}

func TestParseRef(t *testing.T) {
	for ref, want := range map[string]string{"esol": "esol 0", "esol@3": "esol 3", "a.b_c-1@12": "a.b_c-1 12"} {
		name, version, err := onnx.ParseRef(ref)
		if got := fmt.Sprint(name, " ", version); err != nil || got != want {
			t.Errorf("%s: got %s, %v", ref, got, err)
		}
	}
	for _, ref := range []string{"", "@1", "esol@", "esol@0", "esol@-1", "esol@1@2", "esol@x", "../esol", "Esol", "esol@99999999999"} {
		if _, _, err := onnx.ParseRef(ref); err == nil {
			t.Errorf("%q was taken", ref)
		}
	}
}
