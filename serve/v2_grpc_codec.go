package serve

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
)

// messageCodec is gRPC's own, and reads an incoming in the way of the call that it is of.
type messageCodec struct{ encoding.CodecV2 }

func newCodec() encoding.CodecV2 { return messageCodec{encoding.GetCodecV2("proto")} }

// Unmarshal reads a message. The errors of an incoming are its own.
func (c messageCodec) Unmarshal(data mem.BufferSlice, into any) error {
	in, ok := into.(*incoming)
	if !ok {
		return c.CodecV2.Unmarshal(data, into)
	}
	in.err = in.read(c.CodecV2, data)
	return nil
}
