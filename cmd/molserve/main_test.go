package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"molserve/onnx/prove/child"
)

// TestMain lets the tests prove models in processes of their own, as main does. They keep nothing in
// the user's cache.
func TestMain(m *testing.M) {
	child.Dispatch()
	os.Setenv("MOLSERVE_STATE", stateNone)
	goleak.VerifyTestMain(m)
}
