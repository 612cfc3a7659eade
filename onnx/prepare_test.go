package onnx_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx"
)

func TestOpenNamesEveryFaultOfTheNetwork(t *testing.T) {
	f := folder(t, "packed", nil)
	spoiled := strings.NewReplacer("\x22\x03Log", "\x22\x03Evl", "\x22\x03Div", "\x22\x03Bad").Replace(string(network(t, "packed")))
	m := onnx.File{SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(spoiled))), Bytes: int64(len(spoiled))}
	rewrite(t, f, func(manifest *onnx.Manifest) { manifest.Files["model.onnx"] = m })
	if err := os.WriteFile(filepath.Join(f.Dir, "model.onnx"), []byte(spoiled), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := f.Open()
	for _, want := range []string{"model.onnx is refused:\n", "Evl: is no operator that is run here", "Bad: is no operator that is run here"} {
		if err == nil || !strings.Contains(strings.NewReplacer("(", "", ")", "").Replace(err.Error()), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestLoopsRunOnlyIfTheManifestSaysSo(t *testing.T) {
	replace := func(m *onnx.Manifest) {
		data := network(t, "endless")
		m.Files["model.onnx"] = onnx.File{SHA256: fmt.Sprintf("%x", sha256.Sum256(data)), Bytes: int64(len(data))}
	}
	f := folder(t, "packed", nil)
	rewrite(t, f, replace)
	if err := os.WriteFile(filepath.Join(f.Dir, "model.onnx"), network(t, "endless"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(); err == nil || !strings.Contains(err.Error(), `add "Loop" to "operators" in manifest.json`) {
		t.Errorf("got %v", err)
	}
	rewrite(t, f, func(m *onnx.Manifest) { m.Operators = []string{"Loop"} })
	if _, err := f.Open(); err == nil || !strings.Contains(err.Error(), "does not match the manifest") {
		t.Errorf("with the operator named: %v", err)
	}
}
