package v2

import (
	"encoding/binary"
	"unsafe"
)

// element is what a tensor's memory is made of. A bool is a byte, 0 or 1.
type element interface {
	float32 | float64 | int64 | bool
}

// isLittle tells that the machine's elements are as those of the protocol.
var isLittle = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// view is the little-endian elements of raw, whose length is a multiple of theirs: raw itself where it is aligned, else
// a copy. Bytes of bool have been looked at.
func view[T element](raw []byte) []T {
	var zero T
	if len(raw) == 0 {
		return []T{}
	}
	first := unsafe.Pointer(unsafe.SliceData(raw))
	if (isLittle || unsafe.Sizeof(zero) == 1) && uintptr(first)%unsafe.Alignof(zero) == 0 {
		return unsafe.Slice((*T)(first), len(raw)/int(unsafe.Sizeof(zero)))
	}
	out := make([]T, len(raw)/int(unsafe.Sizeof(zero)))
	copy(memoryOf(out), raw)
	swap(out)
	return out
}

// appendElements writes what view reads.
func appendElements[T element](b []byte, elements []T) []byte {
	from := len(b)
	b = append(b, memoryOf(elements)...)
	if !isLittle && len(elements) > 0 {
		turn(b[from:], int(unsafe.Sizeof(elements[0])))
	}
	return b
}

// memoryOf is elements as the machine has them.
func memoryOf[T element](elements []T) []byte {
	if len(elements) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(elements))), len(elements)*int(unsafe.Sizeof(elements[0])))
}

// swap turns little-endian elements into those of the machine.
func swap[T element](elements []T) {
	if !isLittle && len(elements) > 0 {
		turn(memoryOf(elements), int(unsafe.Sizeof(elements[0])))
	}
}

// turn reverses the bytes of each element.
func turn(b []byte, width int) {
	for ; len(b) >= width; b = b[width:] {
		for i, j := 0, width-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
}

// notBool is the place of the first byte that is neither 0 nor 1, -1 without one.
func notBool(raw []byte) int {
	const more = 0xfefefefefefefefe
	at := 0
	for ; len(raw)-at >= 8; at += 8 {
		if binary.LittleEndian.Uint64(raw[at:])&more != 0 {
			break
		}
	}
	for ; at < len(raw); at++ {
		if raw[at] > 1 {
			return at
		}
	}
	return -1
}
