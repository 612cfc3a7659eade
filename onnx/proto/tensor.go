package proto

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// Element types of tensors that the code asks for by name (TensorProto.DataType).
const (
	Float32 = 1
	Int32   = 6
	Int64   = 7
	Float64 = 11
)

// Tensor is a TensorProto.
type Tensor struct {
	Name     string
	DType    int64
	Dims     []int64
	Raw      []byte // raw_data
	HasRaw   bool
	External bool // its data is in another file
	Segment  bool // it is a part of a larger one

	floats, doubles []byte  // float_data and double_data, little endian
	ints            []int64 // int64_data
	typed           int64   // elements of the typed fields
	raw             []byte  // the message as it was read; nil: it was made
	edit            func([]byte)
}

// widths are the bytes of an element; types of half a byte or of no fixed width are missing.
var widths = map[int64]int64{1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 14: 8, 15: 16, 16: 2}

// Width is how many bytes an element takes, or 0 for types that molserve does not read.
func (t *Tensor) Width() int64 { return widths[t.DType] }

// Len is the product of the dimensions; ok is false where one is negative or the product is no int64.
func (t *Tensor) Len() (n int64, ok bool) { return Product(t.Dims) }

// Product multiplies dimensions; ok is false where one is negative or the product of those that are not
// 0 overflows, which a reader that multiplies in order would trip over.
func Product(dims []int64) (n int64, ok bool) {
	n = 1
	empty := false
	for _, d := range dims {
		if d < 0 {
			return 0, false
		}
		if d == 0 {
			empty = true
			continue
		}
		high, low := bits.Mul64(uint64(n), uint64(d))
		if high != 0 || low > math.MaxInt64 {
			return 0, false
		}
		n = int64(low)
	}
	if empty {
		return 0, true
	}
	return n, true
}

// Bytes is how much data the tensor really has.
func (t *Tensor) Bytes() int64 {
	if t.HasRaw {
		return int64(len(t.Raw))
	}
	return t.typed * t.Width()
}

// Elements is how many elements the tensor really has data for; 0 for types without a width.
func (t *Tensor) Elements() int64 {
	w := t.Width()
	switch {
	case w == 0:
		return 0
	case !t.HasRaw:
		if t.DType == 14 || t.DType == 15 {
			return t.typed / 2 // real and imaginary parts
		}
		return t.typed
	case int64(len(t.Raw))%w != 0:
		return -1
	}
	return int64(len(t.Raw)) / w
}

// Int64s returns a copy of the elements of an int64 tensor that has at most so many, or nil and false.
func (t *Tensor) Int64s(most int64) ([]int64, bool) {
	n, ok := t.Len()
	if t.DType != Int64 || !ok || n != t.Elements() || n > most {
		return nil, false
	}
	if !t.HasRaw {
		return slices.Clone(t.ints), true
	}
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(binary.LittleEndian.Uint64(t.Raw[8*i:]))
	}
	return out, true
}

// Data returns the little-endian bytes of a float32 or float64 tensor, or nil and false.
func (t *Tensor) Data() ([]byte, bool) {
	n, ok := t.Len()
	if t.DType != Float32 && t.DType != Float64 || !ok || n != t.Elements() {
		return nil, false
	}
	switch {
	case t.HasRaw:
		return t.Raw, true
	case t.DType == Float32:
		return t.floats, true
	}
	return t.doubles, true
}
