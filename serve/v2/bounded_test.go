package v2_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	v2 "molserve/serve/v2"
	"molserve/serve/v2/pb"
)

func TestBoundedRefusesWhatWouldFillTheMemory(t *testing.T) {
	input := func(inner []byte) []byte { // of up to 16383 bytes
		return append([]byte{0x2a, byte(len(inner)) | 0x80, byte(len(inner) >> 7)}, inner...)
	}
	for _, c := range []struct {
		what    string
		message []byte
		good    bool
	}{
		{"256 inputs", bytes.Repeat([]byte{0x2a, 0}, 256), true},
		{"257 inputs", bytes.Repeat([]byte{0x2a, 0}, 257), false},
		{"257 outputs", bytes.Repeat([]byte{0x32, 0}, 257), false},
		{"257 raw inputs", bytes.Repeat([]byte{0x3a, 0}, 257), false},
		{"257 parameters", bytes.Repeat([]byte{0x22, 0}, 257), false},
		{"257 parameters of an input", input(bytes.Repeat([]byte{0x22, 0}, 257)), false},
		{"256 parameters of an input", input(bytes.Repeat([]byte{0x22, 0}, 256)), true},
		{"parameters behind what is no field", append([]byte{0x07}, bytes.Repeat([]byte{0x22, 0}, 257)...), true}, // nor will be read
		{"no message", []byte{0x2a, 0xff}, true},
		{"nothing", nil, true},
	} {
		if err := v2.Bounded(c.message); (err == nil) != c.good {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// What can be read and is refused has too many of something.
func FuzzBounded(f *testing.F) {
	f.Add(bytes.Repeat([]byte{0x2a, 2, 0x22, 0}, 300))
	f.Add([]byte{0x0a, 1, 'm', 0x32, 2, 0x12, 0})
	f.Fuzz(func(t *testing.T, message []byte) {
		var m pb.ModelInferRequest
		refused := v2.Bounded(message)
		if proto.Unmarshal(message, &m) != nil {
			return
		}
		many := len(m.Inputs) > 256 || len(m.Outputs) > 256 || len(m.RawInputContents) > 256
		if many && refused == nil {
			t.Fatal("let through")
		}
		if len(message) < 2*257 && refused != nil {
			t.Fatal(refused)
		}
	})
}
