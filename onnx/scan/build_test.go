package scan

import (
	"bytes"
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of onnx.proto, written by hand.

func message(number protowire.Number, parts ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), bytes.Join(parts, nil))
}

func text(number protowire.Number, s string) []byte { return message(number, []byte(s)) }

func varint(number protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), uint64(v))
}

// file is a model of IR 10 with an opset and a graph.
func file(opset int64, graph ...[]byte) []byte {
	return bytes.Join([][]byte{varint(1, 10), message(8, text(1, ""), varint(2, opset)), message(7, graph...)}, nil)
}

// node has the name "here" and one output, "out".
func node(op string, in []string, attrs ...[]byte) []byte {
	parts := [][]byte{text(4, op), text(3, "here"), text(2, "out")}
	for _, name := range in {
		parts = append(parts, text(1, name))
	}
	return message(1, append(parts, attrs...)...)
}

func made(out, op string, in []string, attrs ...[]byte) []byte {
	parts := [][]byte{text(4, op), text(2, out)}
	for _, name := range in {
		parts = append(parts, text(1, name))
	}
	return message(1, append(parts, attrs...)...)
}

func attrText(name, value string) []byte { return message(5, text(1, name), text(4, value)) }

func attrGraph(name string, graph ...[]byte) []byte {
	return message(5, text(1, name), message(6, graph...))
}

// ints is an int64 initializer.
func ints(name string, dims []int64, values ...int64) []byte {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return tensor(name, 7, dims, message(9, raw))
}

func tensor(name string, dtype int64, dims []int64, data ...[]byte) []byte {
	parts := [][]byte{text(8, name), varint(2, dtype)}
	for _, d := range dims {
		parts = append(parts, varint(1, d))
	}
	return message(5, append(parts, data...)...)
}

// input is a graph input of float32; a negative size is the symbol N.
func input(name string, dims ...int64) []byte { return value(11, name, "N", dims...) }

func value(number protowire.Number, name, symbol string, dims ...int64) []byte {
	var shape []byte
	for _, d := range dims {
		if d < 0 {
			shape = append(shape, message(1, text(2, symbol))...)
		} else {
			shape = append(shape, message(1, varint(1, d))...)
		}
	}
	return message(number, text(1, name), message(2, message(1, varint(1, 1), message(2, shape))))
}
