// Package onnxtest starts ONNX Runtime for tests. Where it is not installed they fail and say what to type.
package onnxtest

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"molserve/onnx"
	"molserve/onnx/library"
)

// Main is the body of a TestMain: it loads ONNX Runtime, runs the tests, and fails when they leave a goroutine.
func Main(m *testing.M) {
	MustStart()
	goleak.VerifyTestMain(m)
}

// MustStart loads ONNX Runtime, or ends the process.
func MustStart() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Start loads ONNX Runtime for one test.
func Start(t testing.TB) {
	t.Helper()
	if err := start(); err != nil {
		t.Fatal(err)
	}
}

// Library is the path of ONNX Runtime's library, for a process that a test starts.
func Library(t testing.TB) string {
	t.Helper()
	path, err := library.Find("")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func start() error {
	path, err := library.Find("")
	if err != nil {
		return err
	}
	return onnx.Start(path)
}
