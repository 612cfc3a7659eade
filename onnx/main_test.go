package onnx_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"molserve/onnx"
	"molserve/onnx/library"
)

// TestMain loads ONNX Runtime; without it the tests fail and say what to type.
func TestMain(m *testing.M) {
	path, err := library.Find("")
	if err == nil {
		err = onnx.Start(path)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// network reads a committed network.
func network(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".onnx")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// session opens a committed network until the test ends.
func session(t testing.TB, name string) onnx.Session {
	t.Helper()
	s, err := onnx.NewSession(network(t, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
