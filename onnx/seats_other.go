//go:build !linux

package onnx

// take leaves threads to the system.
func (*seats) take() int { return noSeat }
