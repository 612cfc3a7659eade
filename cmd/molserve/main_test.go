package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"molserve/onnx/prove/child"
)

// TestMain lets the tests prove models in processes of their own, as main does, and run the command itself
// in one that can be killed. They keep nothing in the user's cache.
func TestMain(m *testing.M) {
	child.Dispatch()
	if os.Getenv(runAsMain) != "" {
		checkpointEvery = 0
		os.Exit(run(os.Args[1:]))
	}
	state, err := os.MkdirTemp("", "certificates") // kept from one test to the next
	if err != nil {
		panic(err)
	}
	os.Setenv("MOLSERVE_STATE", state)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(state)
		os.Exit(code)
	}))
}
