package serve

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"

	v2 "molserve/serve/v2"
	"molserve/serve/v2/pb"
)

// boundedCodec is gRPC's own, and refuses requests that would take many times their bytes of memory. As with all
// bytes that no message can be made of, the client sees INTERNAL, which gRPC answers itself.
type boundedCodec struct{ encoding.CodecV2 }

func newCodec() encoding.CodecV2 { return boundedCodec{encoding.GetCodecV2("proto")} }

// Unmarshal reads a message.
func (c boundedCodec) Unmarshal(data mem.BufferSlice, into any) error {
	if _, ok := into.(*pb.ModelInferRequest); !ok {
		return c.CodecV2.Unmarshal(data, into)
	}
	whole := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer whole.Free()
	if err := v2.Bounded(whole.ReadOnlyData()); err != nil {
		return err
	}
	return c.CodecV2.Unmarshal(mem.BufferSlice{whole}, into)
}
