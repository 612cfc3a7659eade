package serve

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	v2 "molserve/serve/v2"
	"molserve/serve/v2/pb"
)

// incoming is a message on its way in. It is paid for out of the budget of bodies before anything is made of its
// bytes, and whoever asked for it frees it when the answer is there. What is wrong with it stands in err: gRPC itself
// would answer INTERNAL to any error of a codec, whatever it is.
type incoming struct {
	budget *budget
	into   proto.Message
	paid   int64
	err    error
}

// unpaid is how many bytes nobody pays for of a message that asks for no inference: a full house answers its probes.
const unpaid = firstRead

// infers tells whether a message asks for an inference.
func (in *incoming) infers() bool {
	_, ok := in.into.(*pb.ModelInferRequest)
	return ok
}

// knock pays for the beginning of a request before it is read: in a full house nobody reads what would be refused.
func (in *incoming) knock() error { return in.pay(firstRead) }

// pay has n bytes paid for, all in all.
func (in *incoming) pay(n int64) error {
	owed := n - in.paid
	if owed <= 0 {
		return nil
	}
	if !in.budget.take(owed) {
		return refuse(codeQueueFull, "too many bodies are being read; try again in a moment")
	}
	in.paid = n
	return nil
}

// free gives back what was paid.
func (in *incoming) free() {
	in.budget.give(in.paid)
	in.paid = 0
}

// read makes the message of its bytes. Of one that is refused nothing is left.
func (in *incoming) read(c encoding.CodecV2, data mem.BufferSlice) (err error) {
	defer func() {
		if err != nil {
			proto.Reset(in.into)
		}
	}()
	if in.infers() || data.Len() > unpaid {
		if err := in.pay(int64(data.Len())); err != nil {
			return err
		}
	}
	whole := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer whole.Free()
	if in.infers() {
		if err := v2.Bounded(whole.ReadOnlyData()); err != nil {
			return err
		}
	}
	if err := c.Unmarshal(mem.BufferSlice{whole}, in.into); err != nil {
		return refuse(codeBadRequest, "the bytes are no message %s: %v", in.into.ProtoReflect().Descriptor().FullName(), err)
	}
	return nil
}

// receive is RecvMsg of an incoming.
func (in *incoming) receive(recv func(any) error, into any) error {
	m, ok := into.(proto.Message)
	if !ok {
		return recv(into)
	}
	in.into = m
	if in.infers() {
		if err := in.knock(); err != nil {
			return err
		}
	}
	if err := recv(in); err != nil {
		return err
	}
	return in.err
}
