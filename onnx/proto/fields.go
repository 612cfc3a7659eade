package proto

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrFormat is the error of bytes that are no protobuf of ONNX.
var ErrFormat = errors.New("is not an ONNX file")

// field is one field of a message.
type field struct {
	number protowire.Number
	wire   protowire.Type
	raw    []byte // tag and value
	body   []byte // value of a length-delimited or fixed field
	varint uint64 // value of a varint
}

// chunks are fields of one message that are kept as they are: parts of the bytes that were parsed.
type chunks [][]byte

// add keeps a field, which comes behind the others; neighbours are one chunk, so that there are no more
// chunks than fields between them.
func (c *chunks) add(raw []byte) {
	if n := len(*c); n > 0 {
		last := (*c)[n-1]
		if whole := len(last) + len(raw); whole <= cap(last) && len(raw) > 0 && &last[:whole][len(last)] == &raw[0] {
			(*c)[n-1] = last[:whole]
			return
		}
	}
	*c = append(*c, raw)
}

func (c chunks) size() (n int) {
	for _, part := range c {
		n += len(part)
	}
	return n
}

func (c chunks) append(out []byte) []byte {
	for _, part := range c {
		out = append(out, part...)
	}
	return out
}

// fields calls f for each field of a message, in order. Groups, which ONNX never had, are refused.
func fields(data []byte, f func(field) error) error {
	for len(data) > 0 {
		number, wire, n := protowire.ConsumeTag(data)
		if n < 0 {
			return ErrFormat
		}
		one, size, ok := consume(data[n:], wire)
		if !ok {
			return ErrFormat
		}
		one.number, one.wire, one.raw = number, wire, data[:n+size]
		if err := f(one); err != nil {
			return err
		}
		data = data[n+size:]
	}
	return nil
}

func consume(data []byte, wire protowire.Type) (one field, size int, ok bool) {
	switch wire {
	case protowire.VarintType:
		one.varint, size = protowire.ConsumeVarint(data)
	case protowire.Fixed32Type:
		if size = 4; len(data) >= 4 {
			one.body = data[:4]
		}
	case protowire.Fixed64Type:
		if size = 8; len(data) >= 8 {
			one.body = data[:8]
		}
	case protowire.BytesType:
		one.body, size = protowire.ConsumeBytes(data)
	default:
		return one, 0, false
	}
	return one, size, size >= 0 && size <= len(data)
}

// varints calls f for the values of a repeated integer field, packed or not.
func (f field) varints(each func(uint64) error) error {
	if f.wire == protowire.VarintType {
		return each(f.varint)
	}
	if f.wire != protowire.BytesType {
		return ErrFormat
	}
	for body := f.body; len(body) > 0; {
		v, n := protowire.ConsumeVarint(body)
		if n < 0 {
			return ErrFormat
		}
		if err := each(v); err != nil {
			return err
		}
		body = body[n:]
	}
	return nil
}
