package onnx

import (
	"errors"
	"fmt"
	"slices"

	"molserve/preprocess"
	"molserve/preprocess/molecule"
)

// ErrClosed is the error of a run on a closed session.
var ErrClosed = errors.New("onnx: session is closed")

// What can go wrong with a row besides its chemistry.
const (
	CodeKind      molecule.Code = "unsupported_kind" // the model does not take this kind of input
	CodeNotFinite molecule.Code = "not_finite"       // the network's answer is not a number
	CodeInternal  molecule.Code = "internal"         // our fault
)

// KindError tells that the model does not take a record's kind of input.
type KindError struct {
	Index   int // of the record
	Kind    preprocess.Kind
	Accepts []string
}

// Error says which kinds the model takes.
func (e *KindError) Error() string {
	return fmt.Sprintf("record %d is %s, %s", e.Index, e.Kind, e.Reason())
}

// Reason says which kinds the model takes, and why coordinates are not enough for one that needs bonds.
func (e *KindError) Reason() string {
	reason := fmt.Sprintf("the model takes %v", e.Accepts)
	if coordinates(e.Kind) && !slices.ContainsFunc(e.Accepts, func(k string) bool { return coordinates(preprocess.Kind(k)) }) {
		reason += "; coordinates have no bonds, and bonds are never guessed"
	}
	return reason
}

func coordinates(k preprocess.Kind) bool { return k == preprocess.XYZ || k == preprocess.Atoms }

// ErrKind is what every KindError is, for errors.Is.
var ErrKind = errors.New("onnx: the model does not take this kind of input")

// Is makes a KindError an ErrKind.
func (e *KindError) Is(target error) bool { return target == ErrKind }
