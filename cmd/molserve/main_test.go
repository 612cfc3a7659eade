package main

import (
	"os"
	"testing"

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
	os.Exit(runTests(m))
}

// runTests keeps certificates from one test to the next.
func runTests(m *testing.M) int {
	state, err := os.MkdirTemp("", "certificates")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(state)
	os.Setenv("MOLSERVE_STATE", state)
	return m.Run()
}
