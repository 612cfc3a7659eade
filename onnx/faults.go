package onnx

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with a manifest, at a JSON pointer such as /inputs/0/field.
type Fault struct {
	Pointer string `json:"pointer"` // empty: the whole document
	Message string `json:"message"`
}

// String returns the pointer and the message.
func (f Fault) String() string {
	if f.Pointer == "" {
		return f.Message
	}
	return f.Pointer + ": " + f.Message
}

// Faults is everything wrong with a manifest, in the order of the document.
type Faults []Fault

// Error lists every fault, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// add appends a fault.
func (f *Faults) add(pointer, format string, args ...any) {
	*f = append(*f, Fault{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

// err returns f as an error, or nil when there is none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}
