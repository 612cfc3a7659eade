package serve_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"molserve/serve"
	"molserve/serve/v2/pb"
)

// heavy is a request of so many bytes more, which nobody reads.
func heavy(smiles string, bytes int) *pb.ModelInferRequest {
	m := rpcAsk(smiles)
	m.Parameters = map[string]*pb.InferParameter{"ignored": {ParameterChoice: &pb.InferParameter_StringParam{StringParam: strings.Repeat("x", bytes)}}}
	return m
}

const inferMethod = "/inference.GRPCInferenceService/ModelInfer"

// Messages beyond the memory of bodies are refused, and those that come when it is used up are not even waited for.
func TestManyLargeMessagesAreRefusedOverGRPC(t *testing.T) {
	w, client, conn := startRPCWith(t, serve.Config{MaxBody: 1 << 20, MaxBuffered: 2 << 20})
	const size = 600 << 10
	held := make(chan error, 3)
	for range cap(held) {
		go func() {
			_, err := client.ModelInfer(t.Context(), heavy("wait", size))
			held <- err
		}()
	}
	eventually(t, "three are in", func() bool { return w.server.Buffered().Used() >= 3*size })
	if _, err := client.ModelInfer(t.Context(), heavy("C", size)); status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), "too many bodies") {
		t.Errorf("a fourth: %v", err)
	}
	if a := w.do("POST", "/v2/models/m/infer", `{"inputs":[],"x":"`+strings.Repeat("x", size)+`"}`); a.status != 429 {
		t.Errorf("over REST: %d", a.status)
	}
	for w.server.Buffered().Take(1 << 10) { // up to the brim
	}
	st, err := conn.NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true}, inferMethod)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.RecvMsg(&pb.ModelInferResponse{}); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("one whose message has not come: %v", err)
	}
	if r, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err != nil || r.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("a probe of the full house: %v %v", r, err)
	}
	close(w.hold)
	for range cap(held) {
		if err := <-held; err != nil {
			t.Errorf("one that was in: %v", err)
		}
	}
	eventually(t, "their memory is given back", func() bool {
		_, err := client.ModelInfer(t.Context(), heavy("C", size))
		return err == nil
	})
}

// streamOf opens a stream of any messages.
func streamOf(t *testing.T, conn *grpc.ClientConn) (ask func(proto.Message) *pb.ModelStreamInferResponse) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	st, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, "/inference.GRPCInferenceService/ModelStreamInfer")
	if err != nil {
		t.Fatal(err)
	}
	return func(m proto.Message) *pb.ModelStreamInferResponse {
		t.Helper()
		r := &pb.ModelStreamInferResponse{}
		if err := st.SendMsg(m); err != nil {
			t.Fatal(err)
		}
		if err := st.RecvMsg(r); err != nil {
			t.Fatal(err)
		}
		return r
	}
}

// A request of a stream that cannot be read, or for which there is no memory, is one that fails: the next is answered.
func TestStreamsGoOnAfterAMessageThatIsRefused(t *testing.T) {
	w, _, conn := startRPCWith(t, serve.Config{MaxBody: 1 << 20, MaxBuffered: 1 << 20})
	ask := streamOf(t, conn)
	for _, c := range []struct {
		message proto.Message
		taken   int64 // by others
		want    string
	}{
		{rpcAsk("C"), 0, ""},
		{&wrapperspb.BytesValue{Value: []byte("\xff")}, 0, "the bytes are no message inference.ModelInferRequest"},
		{&pb.ModelInferRequest{ModelName: "m", RawInputContents: make([][]byte, 300)}, 0, "more than 256"},
		{heavy("C", 600<<10), 600 << 10, "too many bodies"},
		{heavy("C", 600<<10), 0, ""},
	} {
		w.server.Buffered().Take(c.taken)
		if r := ask(c.message); !strings.Contains(r.ErrorMessage, c.want) || (c.want == "") != (r.ErrorMessage == "") {
			t.Errorf("%q, want %q", r.ErrorMessage, c.want)
		}
		w.server.Buffered().Take(-c.taken)
	}
	eventually(t, "all is given back", func() bool { return w.server.Buffered().Used() == w.server.Buffered().Idle() })
}

func TestUnreadableCallsSayWhy(t *testing.T) {
	_, _, conn := startRPCWith(t, serve.Config{})
	err := conn.Invoke(t.Context(), inferMethod, &wrapperspb.BytesValue{Value: []byte("\xff")}, &pb.ModelInferResponse{})
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "the bytes are no message inference.ModelInferRequest: ") {
		t.Error(err)
	}
}
