package onnx_test

import (
	"os"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
)

func TestMain(m *testing.M) { onnxtest.Main(m) }

// eachShipped calls f with every shipped model, open.
func eachShipped(t *testing.T, f func(t *testing.T, m *onnx.Model)) {
	t.Helper()
	folders, err := onnx.Discover("../exported_models")
	if err != nil || len(folders) < 4 {
		t.Fatal(len(folders), err)
	}
	for _, folder := range folders {
		t.Run(folder.Name, func(t *testing.T) {
			m, err := folder.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			f(t, m)
		})
	}
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
