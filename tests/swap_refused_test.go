package tests

import (
	"strings"
	"testing"
)

func TestVersionThatDoesNotProveItselfIsRefusedAndTheOldOneServesOn(t *testing.T) {
	s := startSwapServer(t)
	first := s.mustPredict()
	for i, c := range []struct {
		name   string
		spoil  func(*modelCopy)
		reason string // part of it
	}{
		{"a flipped bit", func(c *modelCopy) { c.seal().files["model.onnx"][1000] ^= 1 }, "model.onnx"},
		{"a truncated file", func(c *modelCopy) { c.seal().files["model.onnx"] = c.files["model.onnx"][:1000] }, "model.onnx"},
		{"no network", func(c *modelCopy) { c.files["model.onnx"] = []byte("not an ONNX file"); c.seal() }, "model.onnx"},
		{"a wrong golden value", func(c *modelCopy) { c.golden(t, func(v float64) float64 { return v + 0.01 }); c.seal() }, "golden values"},
		{"a weight of another network", func(c *modelCopy) { c.nudgeWeight(); c.seal() }, "weights"},
		{"another transform", func(c *modelCopy) {
			c.seal().manifest["outputs"].([]any)[0].(map[string]any)["transform"].(map[string]any)["scale"] = 7.0
		}, "golden values"},
		{"a tensor that the network has not", func(c *modelCopy) {
			c.seal().manifest["inputs"].([]any)[0].(map[string]any)["tensor"] = "nodes_of_old"
		}, "nodes_of_old"},
		{"an unknown key", func(c *modelCopy) { c.seal().manifest["colour"] = "red" }, "/colour"},
		{"another version's manifest", func(c *modelCopy) { c.seal().manifest["version"] = "77" }, "77"},
		{"a missing file", func(c *modelCopy) { c.seal(); delete(c.files, "golden.json") }, "golden.json"},
	} {
		version := i + 2
		m := copyModel(t, version)
		c.spoil(m)
		m.publish(t, s.root, version)
		reason := s.eventually(version, "refused")
		if !strings.Contains(reason, c.reason) || strings.Contains(reason, s.root) {
			t.Errorf("%s: reason %q", c.name, reason)
		}
		t.Logf("%s: %s", c.name, strings.ReplaceAll(reason, "\n", "; "))
		a := s.mustPredict()
		if err := a.consistent(first); err != nil || a.Version != "1" {
			t.Errorf("%s: version %s serves, %v", c.name, a.Version, err)
		}
	}
	// What is mended is tried again.
	copyModel(t, 2).seal().publish(t, s.root, 2)
	s.eventually(2, "ready")
	if err := s.mustPredict().consistent(first); err != nil {
		t.Error(err)
	}
}
