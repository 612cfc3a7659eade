package onnx

import "os"

// silence turns ONNX Runtime's telemetry off. Since 1.29 the stock library sends, unless told otherwise before
// it starts, names, hashes and shapes of what it loads to its maker, keeps an identifier of the machine and a
// database of events in the user's cache, and opens and closes files on threads of its own. Only its variable
// turns all of that off; the call of its API comes after the first event.
func silence() error { return os.Setenv("ORT_DISABLE_TELEMETRY", "1") }
