package onnx_test

import (
	"os"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
)

func TestMain(m *testing.M) { onnxtest.Main(m) }

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
