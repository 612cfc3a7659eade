package serve

import (
	"context"
	"net/http"
	"slices"

	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	grpcstatus "google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"molserve/serve/v2/pb"
)

// registrar registers services whose unary calls are observed from before their message is read: an interceptor
// would not see those whose message cannot be.
type registrar struct {
	*grpc.Server
	service *grpcService
}

// RegisterService is what generated code calls.
func (r *registrar) RegisterService(d *grpc.ServiceDesc, impl any) {
	own := *d
	own.Methods = slices.Clone(d.Methods)
	for i := range own.Methods {
		name, answer := "/"+d.ServiceName+"/"+d.Methods[i].MethodName, d.Methods[i].Handler
		own.Methods[i].Handler = func(srv any, ctx context.Context, read func(any) error, inner grpc.UnaryServerInterceptor) (reply any, err error) {
			err = r.service.observe(ctx, name, name, func(ctx context.Context, o *call) (err error) {
				in := incoming{budget: &r.service.server.buffered}
				defer in.free()
				reply, err = answer(srv, ctx, func(into any) error { return in.receive(read, into) }, inner)
				if m, ok := reply.(proto.Message); ok && err == nil {
					o.bytes = proto.Size(m)
				}
				return err
			})
			return reply, err
		}
	}
	r.Server.RegisterService(&own, impl)
}

// noSuchMethod answers a method that there is not.
func noSuchMethod(any, grpc.ServerStream) error {
	return grpcstatus.Error(codes.Unimplemented, "there is no such method")
}

// stream is the interceptor of streams, and of methods that there are not.
func (g *grpcService) stream(q any, st grpc.ServerStream, info *grpc.StreamServerInfo, h grpc.StreamHandler) error {
	route := info.FullMethod
	if q == nil { // no service has it: nothing that a client sends becomes a label
		route = ""
	}
	return g.observe(st.Context(), info.FullMethod, route, func(ctx context.Context, _ *call) error {
		if q != nil {
			if err := g.server.mayCall(ctx, info.FullMethod, nil); err != nil {
				return err
			}
		}
		return h(q, g.asked(&streamWithin{st, ctx, &g.server.buffered}, info.FullMethod))
	})
}

// streamWithin is a stream with another context, whose messages are paid for.
type streamWithin struct {
	grpc.ServerStream
	ctx    context.Context
	budget *budget
}

func (s *streamWithin) Context() context.Context { return s.ctx }

// RecvMsg waits for a message, which is paid for while it is read. An incoming is its receiver's to free.
func (s *streamWithin) RecvMsg(into any) error {
	if in, ok := into.(*incoming); ok {
		return s.ServerStream.RecvMsg(in)
	}
	in := incoming{budget: s.budget}
	defer in.free()
	return in.receive(s.ServerStream.RecvMsg, into)
}

// observe notes a call, names it in the answer's metadata, and makes its error, or its panic, one of gRPC.
func (g *grpcService) observe(ctx context.Context, path, route string, do func(context.Context, *call) error) error {
	in, _ := metadata.FromIncomingContext(ctx)
	o := &call{id: requestID(first(in, "x-request-id")), path: path, route: route}
	grpc.SetHeader(ctx, metadata.Pairs("x-request-id", o.id)) // fails only once headers are out
	if first(in, "traceparent") != "" {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(http.Header{
			"Traceparent": in.Get("traceparent"), "Tracestate": in.Get("tracestate")}))
	}
	return grpcError(g.note(ctx, o, do))
}

// note does a call and notes what came of it.
func (g *grpcService) note(ctx context.Context, o *call, do func(context.Context, *call) error) error {
	o.protocol, o.method, o.client = overGRPC, http.MethodPost, clientName(ctx)
	ctx = g.server.begin(ctx, o)
	defer g.server.finish(ctx, o)
	o.err = safely(func() error { return do(ctx, o) })
	o.status, o.grpc = http.StatusOK, codes.OK.String()
	if o.err != nil {
		o.status, o.grpc = status(o.code()), grpcstatus.Code(grpcError(o.err)).String()
	}
	return o.err
}

// inferObserved answers a request of a stream, which is observed as a call of its own. It has the stream's id.
func (g *grpcService) inferObserved(ctx context.Context, in *incoming, m *pb.ModelInferRequest) (r *pb.ModelInferResponse, err error) {
	of := callOf(ctx)
	err = g.note(ctx, &call{id: of.id, path: of.path, route: of.route + streamed}, func(ctx context.Context, o *call) (err error) {
		if in.err != nil {
			return in.err
		}
		if ctx, err = g.server.admitMessage(ctx, m); err != nil {
			return err
		}
		if r, err = g.ModelInfer(ctx, m); err == nil {
			o.bytes = proto.Size(r)
		}
		return err
	})
	return r, err
}

// streamed is behind the method of a request of a stream, where the stream is another.
const streamed = "#request"

func first(md metadata.MD, key string) string {
	if v := md.Get(key); len(v) > 0 {
		return v[0]
	}
	return ""
}

// statusFault is what a status of the library itself is in the words of docs/http.md. Internal is what it says of a
// message that cannot be expanded.
func statusFault(st *grpcstatus.Status) *fault {
	c, ok := map[codes.Code]code{
		codes.Unimplemented: codeUnsupported, codes.NotFound: codeUnknownRoute, codes.ResourceExhausted: codeBodyTooLarge,
		codes.InvalidArgument: codeBadRequest, codes.Internal: codeBadRequest, codes.Canceled: codeClientGone, codes.DeadlineExceeded: codeDeadline, codes.Unavailable: codeStopping,
	}[st.Code()]
	if !ok {
		c = codeInternal
	}
	return refuse(c, "%s", st.Message())
}

// isStatus tells whether the library made an error.
func isStatus(err error) bool {
	_, ok := grpcstatus.FromError(err)
	return ok && err != nil
}
