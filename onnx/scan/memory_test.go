package scan

import (
	"encoding/binary"
	"runtime"
	"testing"
)

// allocated is how many bytes f takes from the heap, all told.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// Whatever large things a file holds, and however often its nodes name them, reading it copies none.
func TestLargeTensorsAreNotCopied(t *testing.T) {
	const size, most = 64 << 20, 1 << 20 // bytes of the file, and of what reading it may take
	raw := make([]byte, size)
	for i := range size / 8 {
		binary.LittleEndian.PutUint64(raw[8*i:], uint64(i))
	}
	x, relu := input("x", -1, 4), node("Relu", []string{"x"})
	many := func(op string, in ...string) (out []byte) {
		for range 20 {
			out = append(out, node(op, in)...)
		}
		return out
	}
	for name, data := range map[string][]byte{
		"weights":          file(18, x, relu, tensor("w", 1, []int64{size / 4}, message(9, raw))),
		"typed weights":    file(18, x, relu, tensor("w", 1, []int64{size / 4}, message(4, raw))),
		"constant indices": file(18, x, tensor("i", 7, []int64{size / 8, 1}, message(9, raw)), many("ScatterND", "x", "i", "x")),
		"a shape":          file(18, tensor("s", 7, []int64{size / 8}, message(9, raw)), many("ConstantOfShape", "s")),
		"a description":    file(18, x, relu, message(10, raw)),
		"unknown fields":   append(file(18, x, relu), message(1000, raw)...),
	} {
		if n := allocated(func() { Scan(data, Options{}) }); n > most {
			t.Errorf("%s: %d MiB were taken to read %d MiB", name, n>>20, len(data)>>20)
		}
		if n := allocated(func() { External(data) }); n > most {
			t.Errorf("%s: %d MiB were taken to look for other files in %d MiB", name, n>>20, len(data)>>20)
		}
	}
}
