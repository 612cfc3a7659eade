package tests

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// swapModel is the shipped model whose copies are swapped: the quickest to prove.
const swapModel = "esol-gcn"

// shiftPerVersion tells versions apart: version n answers this much per n more than version 0 would.
const shiftPerVersion = 10

// modelCopy is a shipped model on its way to a new folder.
type modelCopy struct {
	files    map[string][]byte
	manifest map[string]any
}

// copyModel reads the shipped model as version n: its answers and golden values are shifted.
func copyModel(t testing.TB, n int) *modelCopy {
	t.Helper()
	c := &modelCopy{files: map[string][]byte{}}
	dir := filepath.Join("../exported_models", swapModel, "1")
	unmarshal(t, readFile(t, filepath.Join(dir, "manifest.json")), &c.manifest)
	for name := range c.manifest["files"].(map[string]any) {
		c.files[name] = readFile(t, filepath.Join(dir, name))
	}
	c.manifest["version"] = strconv.Itoa(n)
	transform := c.manifest["outputs"].([]any)[0].(map[string]any)["transform"].(map[string]any)
	transform["shift"] = transform["shift"].(float64) + float64(shiftPerVersion*n)
	c.golden(t, func(v float64) float64 { return v + float64(shiftPerVersion*n) })
	return c
}

// golden changes the golden values and leaves the rest of the file as it is.
func (c *modelCopy) golden(t testing.TB, change func(float64) float64) {
	t.Helper()
	var file map[string]json.RawMessage
	var cases []map[string]json.RawMessage
	unmarshal(t, c.files["golden.json"], &file)
	unmarshal(t, file["cases"], &cases)
	for _, k := range cases {
		var values []float64
		unmarshal(t, k["values"], &values)
		for i := range values {
			values[i] = change(values[i])
		}
		k["values"] = marshal(t, values)
	}
	file["cases"] = marshal(t, cases)
	c.files["golden.json"] = marshal(t, file)
}

// nudgeWeight changes the last weight of weights.safetensors, the head's, and leaves the network as it is.
func (c *modelCopy) nudgeWeight() {
	weights := c.files["weights.safetensors"]
	last := weights[len(weights)-4:]
	w := math.Float32frombits(binary.LittleEndian.Uint32(last))
	binary.LittleEndian.PutUint32(last, math.Float32bits(w+0.1))
}

// seal writes the hashes of the files into the manifest.
func (c *modelCopy) seal() *modelCopy {
	for name, data := range c.files {
		sum := sha256.Sum256(data)
		c.manifest["files"].(map[string]any)[name] = map[string]any{"sha256": hex.EncodeToString(sum[:]), "bytes": len(data)}
	}
	return c
}

// publish writes the files, then renames the manifest into place.
func (c *modelCopy) publish(t testing.TB, root string, version int) {
	t.Helper()
	dir := filepath.Join(root, swapModel, strconv.Itoa(version))
	for name, data := range c.files {
		writeFile(t, filepath.Join(dir, name), data)
	}
	writeFile(t, filepath.Join(root, "manifest.tmp"), marshal(t, c.manifest))
	if err := os.Rename(filepath.Join(root, "manifest.tmp"), filepath.Join(dir, "manifest.json")); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func unmarshal(t testing.TB, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
