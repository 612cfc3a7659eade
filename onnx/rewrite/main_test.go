package rewrite_test

import (
	"testing"

	"molserve/onnx/onnxtest"
)

func TestMain(m *testing.M) { onnxtest.Main(m) }
