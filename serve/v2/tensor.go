package v2

import (
	"fmt"
	"math"

	"molserve/preprocess/graph"
)

// Bytes is the element type of texts, beside those of graph.
const Bytes graph.DType = "bytes"

// Tensor is a named array. Of element type Bytes Text is in use, else the slice that DType names.
type Tensor struct {
	Name string
	graph.Tensor
	Text []string
}

// Error is a request that cannot be understood.
type Error struct {
	Message     string
	Unsupported bool // it can, and asks for what there is not
}

func (e *Error) Error() string { return e.Message }

func fault(format string, args ...any) error { return &Error{Message: fmt.Sprintf(format, args...)} }

func unsupported(format string, args ...any) error {
	return &Error{Message: fmt.Sprintf(format, args...), Unsupported: true}
}

// datatypes are the protocol's names of the element types that tensors here have.
var datatypes = map[graph.DType]string{graph.Bool: "BOOL", graph.Int64: "INT64", graph.Float32: "FP32", graph.Float64: "FP64", Bytes: "BYTES"}

// others are the protocol's datatypes that no model here takes.
var others = []string{"UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "FP16", "BF16"}

// Datatype is the protocol's name of an element type.
func Datatype(d graph.DType) string { return datatypes[d] }

// typeNamed finds an element type by the protocol's name.
func typeNamed(name string) (graph.DType, error) {
	for d, n := range datatypes {
		if n == name {
			return d, nil
		}
	}
	for _, n := range others {
		if n == name {
			return "", fault("datatype %s is taken by no model here; GET the model's metadata for those that are", name)
		}
	}
	return "", fault("%q is no datatype", clip(name))
}

// size is the bytes of an element; 0: it varies.
func size(d graph.DType) int {
	switch d {
	case graph.Bool:
		return 1
	case graph.Float32:
		return 4
	case graph.Int64, graph.Float64:
		return 8
	}
	return 0
}

// Limits of shapes. More elements than a body has bytes are refused by the length of the body.
const (
	maxRank     = 16
	maxElements = math.MaxInt32
)

// elements is the product of a shape that anybody may have written.
func elements(shape []int64) (int, error) {
	if len(shape) > maxRank {
		return 0, fault("a shape of %d dimensions; %d are the most", len(shape), maxRank)
	}
	n := int64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, fault("shape %v has a negative dimension", shape)
		}
		if d > maxElements {
			return 0, fault("shape %v is larger than any request", shape)
		}
	}
	for _, d := range shape {
		if d == 0 {
			return 0, nil
		}
		if n *= d; n > maxElements {
			return 0, fault("shape %v is larger than any request", shape)
		}
	}
	return int(n), nil
}

// clip bounds what a message repeats of a request.
func clip(s string) string { return s[:min(len(s), 100)] }
