package tests

import (
	"os"
	"testing"

	"molserve/onnx/prove/child"
)

// TestMain lets servers within the tests prove models in processes of their own.
func TestMain(m *testing.M) {
	child.Dispatch()
	os.Exit(m.Run())
}
