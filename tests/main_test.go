package tests

import (
	"testing"

	"go.uber.org/goleak"

	"molserve/onnx/prove/child"
)

// TestMain lets servers within the tests prove models in processes of their own.
func TestMain(m *testing.M) {
	child.Dispatch()
	// Connections that clients keep are idle, not lost.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}
