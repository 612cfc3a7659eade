package serve

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"

	"molserve/serve/v2/pb"
)

// ModelStreamInfer answers the requests of a stream one after the other, each with one reply. A request that
// fails, or cannot be read, has its error in its reply, and the stream goes on.
func (g *grpcService) ModelStreamInfer(st grpc.BidiStreamingServer[pb.ModelInferRequest, pb.ModelStreamInferResponse]) error {
	ctx, cancel := g.bound(st.Context())
	defer cancel()
	requests, ended := make(chan *incoming), make(chan error, 1)
	g.receivers.Go(func() { ended <- g.receive(ctx, st, requests) })
	for {
		select {
		case in := <-requests:
			if err := g.sendReply(ctx, st, in); err != nil {
				return err
			}
		case err := <-ended:
			return err
		case <-g.draining:
			return errStopping
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// receive passes requests on, which are whoever takes them's to free, until the stream ends, or the handler of it does.
func (g *grpcService) receive(ctx context.Context, st grpc.ServerStream, to chan<- *incoming) error {
	for {
		in := &incoming{budget: &g.server.buffered, into: &pb.ModelInferRequest{}}
		if err := st.RecvMsg(in); err != nil {
			in.free()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		select {
		case to <- in:
		case <-ctx.Done():
			in.free()
			return context.Cause(ctx)
		}
	}
}

func (g *grpcService) sendReply(ctx context.Context, st grpc.BidiStreamingServer[pb.ModelInferRequest, pb.ModelStreamInferResponse], in *incoming) error {
	defer in.free()
	return st.Send(g.reply(ctx, in, in.into.(*pb.ModelInferRequest)))
}

// reply answers the message m of in, which is empty when it could not be read.
func (g *grpcService) reply(ctx context.Context, in *incoming, m *pb.ModelInferRequest) *pb.ModelStreamInferResponse {
	r, err := g.inferObserved(ctx, in, m)
	if err != nil {
		return &pb.ModelStreamInferResponse{ErrorMessage: explain(err).message, InferResponse: &pb.ModelInferResponse{ModelName: m.ModelName, ModelVersion: m.ModelVersion, Id: m.Id}}
	}
	if m.Parameters["triton_enable_empty_final_response"].GetBoolParam() {
		r.Parameters = map[string]*pb.InferParameter{"triton_final_response": {ParameterChoice: &pb.InferParameter_BoolParam{BoolParam: true}}}
	}
	return &pb.ModelStreamInferResponse{InferResponse: r}
}
