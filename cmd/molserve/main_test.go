package main

import (
	"os"
	"testing"

	"molserve/onnx/prove/child"
)

// TestMain lets the tests prove models in processes of their own, as main does.
func TestMain(m *testing.M) {
	child.Dispatch()
	os.Exit(m.Run())
}
