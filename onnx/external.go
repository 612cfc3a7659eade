package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// message names the messages of ONNX's protobuf (onnx.proto, IR 10) that can hold a tensor.
type message int

const (
	modelProto message = iota
	graphProto
	nodeProto
	attributeProto
	functionProto
	trainingProto
	sparseProto
	tensorProto
)

// inside says which fields of a message hold another of them.
var inside = map[message]map[uint64]message{
	modelProto:     {7: graphProto, 20: trainingProto, 25: functionProto},
	graphProto:     {1: nodeProto, 5: tensorProto, 15: sparseProto},
	nodeProto:      {5: attributeProto},
	attributeProto: {5: tensorProto, 6: graphProto, 10: tensorProto, 11: graphProto, 22: sparseProto, 23: sparseProto},
	functionProto:  {7: nodeProto, 11: attributeProto},
	trainingProto:  {1: graphProto, 2: graphProto},
	sparseProto:    {1: tensorProto, 2: tensorProto},
}

// The fields of a tensor that place its data in another file.
const (
	externalData = 13
	dataLocation = 14
)

// maxNesting bounds graphs within graphs.
const maxNesting = 64

// refuseExternal fails when any tensor of an ONNX file, however deep, has its data in another file. ONNX
// Runtime would read it: a file that no hash covers, in a folder that the model chooses.
func refuseExternal(onnx []byte) error { return walk(onnx, modelProto, 0) }

var errProtobuf = errors.New("is not an ONNX file")

func walk(data []byte, in message, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("nests graphs deeper than %d messages", maxNesting)
	}
	for len(data) > 0 {
		key, n := binary.Uvarint(data)
		if n <= 0 {
			return errProtobuf
		}
		number, wire := key>>3, key&7
		body, rest, err := split(data[n:], wire)
		if err != nil {
			return err
		}
		data = rest
		if in == tensorProto && (number == externalData || number == dataLocation && wire == 0 && body[0] != 0) {
			return errors.New("has a tensor whose data is in another file; export with all weights in model.onnx")
		}
		next, ok := inside[in][number]
		if !ok || wire != 2 {
			continue
		}
		if err := walk(body, next, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// split cuts the value of a field off the rest. A value that is no bytes has at least one.
func split(data []byte, wire uint64) (body, rest []byte, err error) {
	size, n := uint64(0), 0
	switch wire {
	case 0:
		_, n = binary.Uvarint(data)
		if n <= 0 {
			return nil, nil, errProtobuf
		}
		return data[:n], data[n:], nil
	case 1:
		size = 8
	case 2:
		if size, n = binary.Uvarint(data); n <= 0 {
			return nil, nil, errProtobuf
		}
	case 5:
		size = 4
	default:
		return nil, nil, errProtobuf
	}
	if size > uint64(len(data)-n) {
		return nil, nil, errProtobuf
	}
	return data[n : n+int(size)], data[n+int(size):], nil
}
