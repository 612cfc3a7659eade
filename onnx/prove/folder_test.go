package prove_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/prove"
)

// shipped is the folder of the models that these tests spoil copies of.
const shipped = "../../exported_models"

func TestMain(m *testing.M) { onnxtest.Main(m) }

// folder is a copy of a shipped model that a test may spoil. Every edit sets the right SHA-256, so that
// the numbers must catch it.
type folder struct {
	*testing.T
	dir string
}

func copyOf(t *testing.T, name string) folder {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(shipped, name, "1"))); err != nil {
		t.Fatalf("copy of a shipped model: %v", err)
	}
	return folder{t, dir}
}

func (f folder) read(file string) []byte {
	f.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, file))
	if err != nil {
		f.Fatal(err)
	}
	return data
}

func (f folder) write(file string, data []byte) {
	f.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, file), data, 0o644); err != nil {
		f.Fatal(err)
	}
	if file == "manifest.json" {
		return
	}
	sum := sha256.Sum256(data)
	f.manifest(func(m map[string]any) {
		m["files"].(map[string]any)[file] = map[string]any{"sha256": hex.EncodeToString(sum[:]), "bytes": len(data)}
	})
}

// document edits a JSON file; numbers keep their digits.
func (f folder) document(file string, edit func(map[string]any)) {
	f.Helper()
	var doc map[string]any
	d := json.NewDecoder(bytes.NewReader(f.read(file)))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		f.Fatal(err)
	}
	edit(doc)
	f.orderTransforms(doc)
	data, err := json.Marshal(doc)
	if err != nil {
		f.Fatal(err)
	}
	f.write(file, data)
}

// orderTransforms gives the transforms of a manifest the order of their keys back, which maps lose.
func (f folder) orderTransforms(doc map[string]any) {
	f.Helper()
	outputs, _ := doc["outputs"].([]any)
	for _, o := range outputs {
		t, ok := o.(map[string]any)["transform"]
		if !ok {
			continue
		}
		raw, err := json.Marshal(t)
		if err != nil {
			f.Fatal(err)
		}
		ordered := onnx.Transform{Scale: 1}
		if err := json.Unmarshal(raw, &ordered); err != nil {
			f.Fatal(err)
		}
		o.(map[string]any)["transform"] = ordered
	}
}

func (f folder) manifest(edit func(map[string]any)) { f.Helper(); f.document("manifest.json", edit) }
func (f folder) golden(edit func(map[string]any))   { f.Helper(); f.document("golden.json", edit) }

// goldenCase edits one case.
func (f folder) goldenCase(i int, edit func(map[string]any)) {
	f.Helper()
	f.golden(func(g map[string]any) { edit(g["cases"].([]any)[i].(map[string]any)) })
}

// tensorData is the data of a tensor of a case.
func tensorData(c map[string]any, kind, name string) []any {
	return c[kind].(map[string]any)[name].(map[string]any)["data"].([]any)
}

func float(v any) float64 {
	x, err := v.(json.Number).Float64()
	if err != nil {
		panic(err)
	}
	return x
}

// rawTensor returns the bytes of a tensor inside a safetensors file, to read or to change.
func (f folder) rawTensor(file []byte, name string) []byte {
	f.Helper()
	n := binary.LittleEndian.Uint64(file)
	var header map[string]struct {
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(file[8:8+n], &header); err != nil {
		f.Fatal(err)
	}
	e, ok := header[name]
	if !ok {
		f.Fatalf("no tensor %s", name)
	}
	return file[int(8+n)+e.Offsets[0] : int(8+n)+e.Offsets[1]]
}

// matrix names a weight [rows,cols] of weights.safetensors.
type matrix struct {
	name       string
	rows, cols int
}

// weight changes the largest element of a matrix in weights.safetensors.
func (f folder) weight(m matrix, change func(float32) float32) {
	f.Helper()
	file := f.read("weights.safetensors")
	raw := f.rawTensor(file, m.name)
	apply(raw[4*largest(raw):], change)
	f.write("weights.safetensors", file)
}

// onnxWeight changes the same element in model.onnx, which holds the matrix as it is or transposed.
func (f folder) onnxWeight(m matrix, change func(float32) float32) {
	f.Helper()
	raw := f.rawTensor(f.read("weights.safetensors"), m.name)
	model, k := f.read("model.onnx"), largest(raw)
	at := bytes.Index(model, raw) + 4*k
	if at < 4*k {
		r, c := k/m.cols, k%m.cols
		k = c*m.rows + r
		at = bytes.Index(model, turned(raw, m)) + 4*k
	}
	if at < 4*k {
		f.Fatalf("%s is not in model.onnx", m.name)
	}
	apply(model[at:], change)
	f.write("model.onnx", model)
}

func turned(raw []byte, m matrix) []byte {
	out := make([]byte, 0, len(raw))
	for c := range m.cols {
		for r := range m.rows {
			k := 4 * (r*m.cols + c)
			out = append(out, raw[k:k+4]...)
		}
	}
	return out
}

func numberAt(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }

// largest is the index of the number of largest magnitude.
func largest(raw []byte) (k int) {
	size := func(i int) float64 { return math.Abs(float64(numberAt(raw[4*i:]))) }
	for i := range len(raw) / 4 {
		if size(i) > size(k) {
			k = i
		}
	}
	return k
}

func apply(b []byte, change func(float32) float32) {
	binary.LittleEndian.PutUint32(b, math.Float32bits(change(numberAt(b))))
}

// The changes that the tests make to a weight.
func byHalf(v float32) float32  { return 1.5 * v }
func lastBit(v float32) float32 { return math.Nextafter32(v, 0) }

func (f folder) open() *onnx.Model {
	f.Helper()
	m, err := onnx.Open(f.dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { m.Close() })
	return m
}

func (f folder) prove(l prove.Level) *prove.Certificate {
	f.Helper()
	c, err := prove.Prove(f.Context(), f.open(), l)
	if err != nil {
		f.Fatal(err)
	}
	if c.OK != (len(c.Failed()) == 0) {
		f.Errorf("OK is %t with %d failing checks", c.OK, len(c.Failed()))
	}
	return c
}

// fails proves at the gate and wants exactly these checks to fail.
func (f folder) fails(names ...string) *prove.Certificate {
	f.Helper()
	c := f.prove(prove.Gate)
	var failed []string
	for _, row := range c.Failed() {
		failed = append(failed, row.Name)
	}
	if !slices.Equal(failed, names) {
		f.Errorf("failing: %q, want %q", failed, names)
		for _, row := range c.Failed() {
			f.Logf("%s: %g over %g, %s: %s", row.Name, row.Measured, row.Bound, row.Detail, row.Worst)
		}
	}
	return c
}
