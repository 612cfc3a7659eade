package onnx_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"molserve/onnx"
)

// examples are the committed manifests that the bad ones are made of.
var examples = []string{"manifest", "potential", "tensors"}

func example(t testing.TB) string { return exampleOf(t, "manifest") }

func exampleOf(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
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
}

func TestWhatIsWrittenReadsBackAsTheSame(t *testing.T) {
	for _, name := range examples {
		m, err := onnx.ReadManifest([]byte(exampleOf(t, name)))
		if err != nil {
			t.Fatalf("%s:\n%v", name, err)
		}
		first, _ := json.Marshal(m)
		again, err := onnx.ReadManifest(first)
		if err != nil {
			t.Fatal(err)
		}
		if second, _ := json.Marshal(again); string(second) != string(first) {
			t.Errorf("written and read again: %s\nbefore: %s", second, first)
		}
	}
}

func TestBadManifests(t *testing.T) {
	for _, name := range examples {
		good := exampleOf(t, name)
		for _, c := range badManifests[name] {
			t.Run(name+"/"+c.name, func(t *testing.T) { wantFault(t, good, c) })
		}
	}
}

func wantFault(t *testing.T, good string, c bad) {
	text := strings.Replace(good, c.old, c.new, 1)
	if text == good {
		t.Fatalf("%q is not in the example", c.old)
	}
	m, err := onnx.ReadManifest([]byte(text))
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

// Options of one input are held against its field together, each at its key.
func TestEveryFaultOfAnInputHasItsKey(t *testing.T) {
	bad := strings.NewReplacer(`"kind": "bessel"`, `"kind": "bessel", "alpha": 0`, `"n": 8`, `"n": 0`, `"lmax": 2`, `"lmax": 9`, `"component"`, `"parts"`, `"e3nn"`, `""`).Replace(exampleOf(t, "tensors"))
	_, err := onnx.ReadManifest([]byte(bad))
	want := `/inputs/2/basis/alpha: is 0; leave the key out for the default
/inputs/4/order: is empty; leave the key out
/inputs/2/basis/n: 0 is not in 1..1024
/inputs/2/shape/1: is 8, field radial_basis has 0
/inputs/4/lmax: 9 is not in 0..6
/inputs/4/normalisation: "parts" is none of "component", "norm", "integral"
/inputs/4/shape/1: is 9, field spherical_harmonics has 100`
	lines := strings.Split(want, "\n")
	var faults onnx.Faults
	errors.As(err, &faults)
	for _, line := range lines {
		if err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("no %q", line)
		}
	}
	if len(faults) != len(lines) {
		t.Errorf("%d faults, not %d:\n%v", len(faults), len(lines), err)
	}
}

// A JSON Schema takes 5e2 and 500.0 for integers.
func TestIntegersMayBeWrittenAsReals(t *testing.T) {
	for text, ok := range map[string]bool{"500.0": true, "5e2": true, "500": true, "500.5": false, "1e300": false, "5e-1": false} {
		for _, place := range []string{`"max_atoms": 500`, `"bytes": 1234567`} {
			key, _, _ := strings.Cut(place, ":")
			changed := strings.Replace(example(t), place, key+": "+text, 1)
			if changed == example(t) && text != "500" {
				t.Fatalf("%s is not in the example", place)
			}
			if _, err := onnx.ReadManifest([]byte(changed)); (err == nil) != ok {
				t.Errorf("%s: %s: %v", place, text, err)
			}
		}
	}
	if _, err := onnx.ReadManifest([]byte(strings.Replace(example(t), "[\n    2,\n", "[\n    2.0,\n", 1))); err != nil {
		t.Error(err)
	}
}

func TestRawGraphsBringTheirFeatures(t *testing.T) {
	raw := strings.NewReplacer(`"featurizer": "chemprop_v2",`, ``, "\"smiles\"\n", `"graph"`).Replace(example(t))
	m, err := onnx.ReadManifest([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if s := m.Spec(); s.NodeWidth != 72 || s.EdgeWidth != 14 || s.Featurizer != "" {
		t.Errorf("spec %+v", s)
	}
	_, err = onnx.ReadManifest([]byte(strings.Replace(raw, "72", `"F"`, 1)))
	if err == nil || !strings.Contains(err.Error(), "/inputs/0/shape/1: is F; without a featurizer it is a number") {
		t.Errorf("got %v", err)
	}
}

func TestEveryWordOfTheContractIsTaken(t *testing.T) {
	for _, c := range [][]string{
		{`"level": "graph"`, `"level": "edge"`, `"per": "graph"`, `"per": "edge"`},
		{`"role": "value"`, `"role": "attention"`, `"per": "graph"`, `"per": "edge"`},
		{`"level": "graph"`, `"level": "node"`, `"per": "graph"`, `"per": "atom"`},
	} {
		if _, err := onnx.ReadManifest([]byte(strings.NewReplacer(c...).Replace(example(t)))); err != nil {
			t.Errorf("%q: %v", c, err)
		}
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
	for _, name := range examples {
		good := exampleOf(f, name)
		f.Add([]byte(good))
		for _, c := range badManifests[name] {
			f.Add([]byte(strings.Replace(good, c.old, c.new, 1)))
		}
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
