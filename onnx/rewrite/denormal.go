package rewrite

import (
	"encoding/binary"
	"fmt"

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
		width := widthOf(t.DType)
		n := flush(data, width, func([]byte) {})
		if n == 0 {
			continue
		}
		e.graph.Initializers[i] = t.Edited(func(data []byte) { flush(data, width, func(number []byte) { clear(number) }) })
		e.result.Changes = append(e.result.Changes, Change{t.Name, fmt.Sprintf("%d denormal weights are 0", n),
			"processors are slow with numbers that small, and no result shows them"})
	}
}

func widthOf(dtype int64) int {
	if dtype == proto.Float64 {
		return 8
	}
	return 4
}

// flush calls f for each denormal number and returns how many there are.
func flush(data []byte, width int, f func(number []byte)) (n int) {
	for i := 0; i+width <= len(data); i += width {
		if number := data[i : i+width]; denormal(number) {
			f(number)
			n++
		}
	}
	return n
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
