package rewrite

import (
	"encoding/binary"
	"fmt"
	"slices"

	"molserve/onnx/proto"
)

// flush sets weights to 0 that are too small to be normal numbers, below 1.2e-38 in float32 and 2.2e-308
// in float64: processors take a hundred times as long over them, and no result shows them.
func (e *editor) flush() {
	for i, t := range e.graph.Initializers {
		data, ok := t.Data()
		if !ok {
			continue
		}
		data, n := flushed(data, t.DType)
		if n == 0 {
			continue
		}
		e.graph.Initializers[i] = t.WithData(data)
		e.result.Changes = append(e.result.Changes, Change{t.Name, fmt.Sprintf("%d denormal weights are 0", n),
			"processors are slow with numbers that small, and no result shows them"})
	}
}

// flushed returns data without denormal numbers and how many there were. Data with none is not copied.
func flushed(data []byte, dtype int64) ([]byte, int) {
	width := 4
	if dtype == proto.Float64 {
		width = 8
	}
	n := 0
	for i := 0; i+width <= len(data); i += width {
		if !denormal(data[i : i+width]) {
			continue
		}
		if n++; n == 1 {
			data = slices.Clone(data)
		}
		clear(data[i : i+width])
	}
	return data, n
}

// denormal tells numbers whose exponent is 0 and whose fraction is not.
func denormal(number []byte) bool {
	if len(number) == 4 {
		v := binary.LittleEndian.Uint32(number)
		return v&0x7f800000 == 0 && v&0x7fffff != 0
	}
	v := binary.LittleEndian.Uint64(number)
	return v&0x7ff0000000000000 == 0 && v&0xfffffffffffff != 0
}
