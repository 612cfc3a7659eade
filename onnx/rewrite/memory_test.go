package rewrite_test

import (
	"bytes"
	"runtime"
	"testing"

	"molserve/onnx/proto"
	"molserve/onnx/rewrite"
	"molserve/onnx/scan"
)

// A network that is changed is written once; nothing else as large as its weights is made.
func TestLargeWeightsAreWrittenOnce(t *testing.T) {
	const size, more = 64 << 20, 1 << 20 // bytes
	weights := bytes.Repeat([]byte{0, 0, 0x80, 0x3f}, size/4)
	weights[4*1000+2], weights[4*1000+3] = 1, 0 // a denormal number
	m, err := proto.Parse(proto.Smallest(), proto.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m.Graph.Initializers = append(m.Graph.Initializers, &proto.Tensor{Name: "w", DType: proto.Float32, Dims: []int64{size / 4}, Raw: weights, HasRaw: true})
	data := m.Bytes()
	if m, err = scan.Scan(data, scan.Options{}); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := rewrite.Network(m)
	runtime.ReadMemStats(&after)
	if err != nil || len(r.Changes) != 1 || len(r.Bytes) != len(data) {
		t.Fatalf("%v, %+v, %d bytes of %d", err, r.Changes, len(r.Bytes), len(data))
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(len(data)+more) {
		t.Errorf("%d MiB were taken to write %d", n>>20, len(data)>>20)
	}
	clear(weights[4*1000 : 4*1001])
	if !bytes.Contains(r.Bytes, weights) || bytes.Contains(data, weights) {
		t.Error("the number is not 0, or was changed in the bytes of the file")
	}
}
