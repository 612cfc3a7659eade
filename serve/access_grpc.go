package serve

import (
	"context"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	grpcstatus "google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
	"google.golang.org/protobuf/types/known/durationpb"

	"molserve/serve/auth"
	"molserve/serve/v2/pb"
)

// callCredentials are TLS with the keys of every listener, or none.
func (s *Server) callCredentials() credentials.TransportCredentials {
	if s.cfg.Keys == nil {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(s.cfg.Keys.Config())
}

// methodsOf lists the full names of all methods.
func methodsOf(services map[string]grpc.ServiceInfo) map[string]bool {
	out := map[string]bool{}
	for service, info := range services {
		for _, m := range info.Methods {
			out["/"+service+"/"+m.Name] = true
		}
	}
	return out
}

// tap is asked when the headers of a call have come and nothing else was read.
func (g *grpcService) tap(ctx context.Context, info *tap.Info) (context.Context, error) {
	ctx, err := g.server.admitCall(ctx, info.FullMethodName, info.Header.Get("authorization"), g.methods[info.FullMethodName])
	if err == nil {
		return ctx, nil
	}
	method := info.FullMethodName
	o := &call{id: requestID(first(info.Header, "x-request-id")), path: method[:min(len(method), longestPath)]}
	if g.methods[method] {
		o.route = method
	}
	return ctx, grpcError(g.note(ctx, o, func(context.Context, *call) error { return err }))
}

// admitCall is admit of gRPC, without the model and the rate. A method that is not there is answered, by gRPC,
// to any client.
func (s *Server) admitCall(ctx context.Context, method string, authorization []string, exists bool) (context.Context, error) {
	if s.cfg.Clients == nil {
		return ctx, nil
	}
	role, known := callRoles[method]
	if known && role == open {
		return ctx, nil
	}
	var p credentials.TLSInfo
	if from, ok := peer.FromContext(ctx); ok {
		p, _ = from.AuthInfo.(credentials.TLSInfo)
	}
	client, _, err := s.cfg.Clients.Identify(authorization, auth.Peer(&p.State))
	if err != nil {
		return ctx, refuse(codeUnauthorized, "%s", err)
	}
	return auth.With(ctx, client), mayAsk(client, role, known || !exists)
}

// mayCall is what is left to ask when the message of a call is there. It lets nobody in whom tap did not know.
func (s *Server) mayCall(ctx context.Context, method string, message any) error {
	role, known := callRoles[method]
	if s.cfg.Clients == nil || known && role == open {
		return nil
	}
	client := auth.From(ctx)
	if client == nil {
		return refuse(codeUnauthorized, "%s", auth.ErrNone)
	}
	if !known {
		return noRole()
	}
	return mayUse(client, role, modelOf(message))
}

// admitMessage asks again at every message of a stream: a token may be gone, or over, or its rate used up.
func (s *Server) admitMessage(ctx context.Context, m *pb.ModelInferRequest) (context.Context, error) {
	const method = pb.GRPCInferenceService_ModelStreamInfer_FullMethodName
	header, _ := metadata.FromIncomingContext(ctx)
	ctx, err := s.admitCall(ctx, method, header.Get("authorization"), true)
	if err != nil {
		return ctx, err
	}
	return ctx, s.mayCall(ctx, method, m)
}

// modelOf is the model that a message names; empty: none.
func modelOf(message any) string {
	name := ""
	switch m := message.(type) {
	case interface{ GetModelName() string }:
		name = m.GetModelName()
	case interface{ GetName() string }:
		name = m.GetName()
	}
	base, _ := v2Name(name)
	return base
}

func clientName(ctx context.Context) string {
	if c := auth.From(ctx); c != nil {
		return c.Name
	}
	return ""
}

// retryStatus tells, in the way of google.rpc, when to come back.
func retryStatus(s *grpcstatus.Status, retry time.Duration) *grpcstatus.Status {
	if retry <= 0 {
		return s
	}
	if with, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(retry)}); err == nil {
		return with
	}
	return s
}
