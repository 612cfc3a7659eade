package graph

import (
	"fmt"
	"slices"
)

// DType is the element type of a tensor, by its name in the manifest.
type DType string

// The element types that a field or an output can have.
const (
	Float32 DType = "float32"
	Float64 DType = "float64"
	Int64   DType = "int64"
	Bool    DType = "bool"
)

// Size is the bytes of one element.
func (d DType) Size() int {
	switch d {
	case Float32:
		return 4
	case Float64, Int64:
		return 8
	}
	return 1
}

// Tensor is a dense row-major array. Exactly the slice that DType names is in use.
type Tensor struct {
	DType DType
	Shape []int64
	F32   []float32
	F64   []float64
	I64   []int64
	B     []bool
}

// Len returns the number of elements that Shape promises.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= int(d)
	}
	return n
}

// Reset gives t a type and a shape, reusing its memory, with every element zero.
func (t *Tensor) Reset(d DType, shape ...int64) {
	t.resize(d, shape)
	switch d {
	case Float32:
		clear(t.F32)
	case Float64:
		clear(t.F64)
	case Int64:
		clear(t.I64)
	case Bool:
		clear(t.B)
	}
}

// resize is Reset that leaves the elements unspecified.
func (t *Tensor) resize(d DType, shape []int64) {
	t.DType, t.Shape = d, append(t.Shape[:0], shape...)
	n := t.Len()
	switch d {
	case Float32:
		t.F32 = slices.Grow(t.F32[:0], n)[:n]
	case Float64:
		t.F64 = slices.Grow(t.F64[:0], n)[:n]
	case Int64:
		t.I64 = slices.Grow(t.I64[:0], n)[:n]
	case Bool:
		t.B = slices.Grow(t.B[:0], n)[:n]
	}
}

// At returns element i as float64, whatever the type; false is 0, true is 1.
func (t *Tensor) At(i int) float64 {
	switch t.DType {
	case Float32:
		return float64(t.F32[i])
	case Float64:
		return t.F64[i]
	case Int64:
		return float64(t.I64[i])
	}
	if t.B[i] {
		return 1
	}
	return 0
}

// String describes type and shape, such as float32[17 72].
func (t *Tensor) String() string { return fmt.Sprintf("%s%v", t.DType, t.Shape) }
