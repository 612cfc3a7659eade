package onnx_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/proto"
)

// renamed is the folder of packed.onnx with bytes of the network replaced.
func renamed(t *testing.T, change func(string) string) onnx.Folder {
	t.Helper()
	f := folder(t, "packed", nil)
	old := string(network(t, "packed"))
	data := change(old)
	if data == old {
		t.Fatal("nothing was replaced")
	}
	rewrite(t, f, func(m *onnx.Manifest) {
		m.Files["model.onnx"] = onnx.File{SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(data))), Bytes: int64(len(data))}
	})
	if err := os.WriteFile(filepath.Join(f.Dir, "model.onnx"), []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
	return f
}

// dimension is the bytes of a dimension that has a symbol.
func dimension(symbol string) string { return "\x0a\x03\x12\x01" + symbol }

// ONNX Runtime takes sizes of one symbol for equal; a manifest that has two sizes there is of another network.
func TestASymbolStandsForOneSizeOfTheManifest(t *testing.T) {
	_, err := renamed(t, func(s string) string { return strings.ReplaceAll(s, dimension("E"), dimension("N")) }).Open()
	for _, want := range []string{
		"model.onnx does not match the manifest:\n",
		`/inputs/1/shape/0: is E, and /inputs/0/shape/0 is N; the network calls both "N": export with a name for each`,
		"/inputs/2/shape/1: is E, and /inputs/0/shape/0 is N",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	_, err = renamed(t, func(s string) string { // rows of y, the first output
		at := strings.LastIndex(s, "\x0a\x01y\x12")
		return s[:at] + strings.Replace(s[at:], dimension("G"), dimension("N"), 1)
	}).Open()
	if want := `/outputs/0/per: is graph, and dimension 0 of "y" is "N" in the network, which is N at /inputs/0/shape/0, not G`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("no %q in %v", want, err)
	}
	m, err := renamed(t, func(s string) string { return strings.ReplaceAll(s, dimension("E"), dimension("e")) }).Open()
	if err != nil {
		t.Fatalf("another name for all edges: %v", err)
	}
	m.Close()
}

// The signature comes before rewriting: what does not match is told, whatever would be refused there.
func TestASignatureIsHeldBeforeANetworkIsRewritten(t *testing.T) {
	f := renamed(t, func(s string) string {
		m, err := proto.Parse([]byte(s), proto.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		m.Graph.Nodes = append(m.Graph.Nodes, &proto.Node{Name: "made", Op: "Einsum", In: []string{"E"}, Out: []string{"unread"},
			Attrs: []*proto.Attr{{Name: "equation", String: []byte("ii->i")}}})
		return string(m.Bytes())
	})
	if _, err := f.Open(); err == nil || !strings.Contains(err.Error(), "a diagonal, which is not rewritten") {
		t.Errorf("a network that cannot be rewritten: %v", err)
	}
	rewrite(t, f, func(m *onnx.Manifest) { m.Inputs[0].Tensor = "W" })
	if _, err := f.Open(); err == nil || !strings.Contains(err.Error(), `/inputs/0/tensor: the network has no "W"`) || strings.Contains(err.Error(), "diagonal") {
		t.Errorf("and does not match: %v", err)
	}
}

func TestOutputsAreNumbersOfAsManyOwnersAsThereAre(t *testing.T) {
	for name, want := range map[string]string{
		"types":   `/outputs/0/tensor: "flag_out" is bool, not numbers`,
		"scatter": `/outputs/0/tensor: "sums" fixes dimension 0, the number of graphs, to 64`,
	} {
		f := renamed(t, func(string) string { return string(network(t, name)) })
		tensor := map[string]string{"types": "flag_out", "scatter": "sums"}[name]
		rewrite(t, f, func(m *onnx.Manifest) { m.Outputs[0].Tensor = tensor })
		if _, err := f.Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}
