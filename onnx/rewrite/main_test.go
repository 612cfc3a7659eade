package rewrite_test

import (
	"fmt"
	"os"
	"testing"

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
	os.Exit(m.Run())
}
