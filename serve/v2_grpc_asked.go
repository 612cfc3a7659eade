package serve

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"molserve/serve/v2/pb"
)

// askedStream is a stream whose handler knows neither of tokens nor of the server's end, as reflection's: each message
// is asked again who sends it, and none is waited for while the server stops.
type askedStream struct {
	*streamWithin
	service *grpcService
	method  string
}

// asked is a stream as its handler is to see it. Streams of this package look after themselves.
func (g *grpcService) asked(st *streamWithin, method string) grpc.ServerStream {
	if method == pb.GRPCInferenceService_ModelStreamInfer_FullMethodName || callRoles[method] == open {
		return st
	}
	return &askedStream{st, g, method}
}

// RecvMsg waits for a message.
func (s *askedStream) RecvMsg(into any) error {
	received := make(chan error, 1)
	s.service.receivers.Go(func() { received <- s.streamWithin.RecvMsg(into) }) // until the handler's end at most
	select {
	case err := <-received:
		if err != nil {
			return err
		}
		return s.ask(s.ctx)
	case <-s.service.draining:
		return errStopping
	}
}

func (s *askedStream) ask(ctx context.Context) error {
	header, _ := metadata.FromIncomingContext(ctx)
	_, err := s.service.server.admitCall(ctx, s.method, header.Get("authorization"), true)
	return err
}
