package serve

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"molserve/serve/v2/pb"
)

// wire are the bytes of a message, in several pieces.
func wire(t testing.TB, m proto.Message) mem.BufferSlice {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return mem.BufferSlice{mem.SliceBuffer(b[:len(b)/2]), mem.SliceBuffer(b[len(b)/2:])}
}

func TestMessagesArePaidForBeforeTheyAreMade(t *testing.T) {
	infer := func(n int) proto.Message {
		return &pb.ModelInferRequest{ModelName: "m", RawInputContents: [][]byte{make([]byte, n)}}
	}
	load := func(n int) proto.Message { return &pb.RepositoryModelLoadRequest{ModelName: strings.Repeat("m", n)} }
	many := wire(t, &pb.ModelInferRequest{ModelName: "m", RawInputContents: make([][]byte, 300)})
	for _, c := range []struct {
		what string
		data mem.BufferSlice
		into proto.Message
		free int64 // of the budget
		want code  // empty: it is read
		paid bool
	}{
		{"a request", wire(t, infer(9000)), &pb.ModelInferRequest{}, 1 << 20, "", true},
		{"a request in a full house", wire(t, infer(9000)), &pb.ModelInferRequest{}, 8999, codeQueueFull, false},
		{"a small request in a full house", wire(t, infer(1)), &pb.ModelInferRequest{}, 0, codeQueueFull, false},
		{"a question", wire(t, load(4000)), &pb.RepositoryModelLoadRequest{}, 1 << 20, "", false},
		{"a question in a full house", wire(t, load(4000)), &pb.RepositoryModelLoadRequest{}, 0, "", false},
		{"a long question", wire(t, load(5000)), &pb.RepositoryModelLoadRequest{}, 1 << 20, "", true},
		{"a long question in a full house", wire(t, load(5000)), &pb.RepositoryModelLoadRequest{}, 4999, codeQueueFull, false},
		{"too many parts", many, &pb.ModelInferRequest{}, 1 << 20, codeBadRequest, true},
		{"no message", mem.BufferSlice{mem.SliceBuffer("\x0a\x05m")}, &pb.ModelInferRequest{}, 1 << 20, codeBadRequest, true},
		{"a name that is no text", mem.BufferSlice{mem.SliceBuffer("\x0a\x01\xff")}, &pb.ModelReadyRequest{}, 0, codeBadRequest, false},
	} {
		b := NewBudget(1 << 20)
		b.Take(b.max - c.free)
		in := &incoming{budget: b, into: c.into}
		if err := newCodec().Unmarshal(c.data, in); err != nil {
			t.Errorf("%s: gRPC would answer INTERNAL: %v", c.what, err)
		}
		var f *fault
		if errors.As(in.err, &f); (c.want == "") != (in.err == nil) || f != nil && f.code != c.want {
			t.Errorf("%s: %v, want %q", c.what, in.err, c.want)
		}
		if held := b.Used() - (b.max - c.free); held != in.paid || (held > 0) != c.paid || c.paid && held != int64(c.data.Len()) {
			t.Errorf("%s: %d bytes are held, %d paid, of %d", c.what, held, in.paid, c.data.Len())
		}
		if empty := proto.Size(c.into) == 0; empty != (c.want != "") {
			t.Errorf("%s: empty %t", c.what, empty)
		}
		if in.free(); b.Used() != b.max-c.free {
			t.Errorf("%s: %d bytes are not given back", c.what, b.Used()-b.max+c.free)
		}
	}
}

// A request that is refused at the door is not asked for its message.
func TestAFullHouseReadsNoRequest(t *testing.T) {
	in := incoming{budget: NewBudget(firstRead - 1)}
	defer in.free()
	var f *fault
	if err := in.receive(func(any) error { t.Error("it is read"); return nil }, &pb.ModelInferRequest{}); !errors.As(err, &f) || f.code != codeQueueFull {
		t.Error(err)
	}
	asked := false
	if err := in.receive(func(any) error { asked = true; return nil }, &pb.ServerLiveRequest{}); err != nil || !asked {
		t.Errorf("a probe: %v", err)
	}
}

// Whatever comes is a message as the library reads it, or refused with nothing left of it and all of it given back.
func FuzzIncoming(f *testing.F) {
	f.Add([]byte("\x0a\x01m\x3a\x02ab"))
	f.Add([]byte("\x0a\x05m"))
	f.Add([]byte("\x0a\x01\xff"))
	f.Add(bytes.Repeat([]byte{0x3a, 0}, 300))
	f.Fuzz(func(t *testing.T, text []byte) {
		b := NewBudget(1 << 10)
		for _, into := range []proto.Message{&pb.ModelInferRequest{}, &pb.ModelReadyRequest{}} {
			in := &incoming{budget: b, into: into}
			if err := newCodec().Unmarshal(mem.BufferSlice{mem.SliceBuffer(text)}, in); err != nil {
				t.Fatal(err)
			}
			want := into.ProtoReflect().New().Interface()
			switch known := proto.Unmarshal(text, want); {
			case in.err != nil && proto.Size(into) > 0:
				t.Errorf("refused with %v, and %v is left", in.err, into)
			case in.err == nil && (known != nil || !proto.Equal(want, into)):
				t.Errorf("%v, %v of the library's %v", known, into, want)
			}
			if in.free(); b.Used() != 0 {
				t.Errorf("%d bytes are held", b.Used())
			}
		}
	})
}
