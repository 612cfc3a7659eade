package serve

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // compressed messages, expanded up to MaxRecvMsgSize
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	grpcstatus "google.golang.org/grpc/status"

	"molserve/serve/v2/pb"
)

// grpcService answers the Open Inference Protocol over gRPC, by the same code as REST.
type grpcService struct {
	pb.UnimplementedGRPCInferenceServiceServer // shared memory, trace and log settings
	server                                     *Server
	working                                    context.Context // ends when the grace is over
	draining                                   chan struct{}   // closed when the server begins to stop
	receivers                                  sync.WaitGroup  // of streams
	methods                                    map[string]bool // full names of those that there are
}

// grpcServer is the service on its listener. The zero value serves nothing.
type grpcServer struct {
	*grpc.Server
	service *grpcService
}

// startGRPC serves on l until stop.
func (s *Server) startGRPC(working context.Context, l net.Listener, owned *sync.WaitGroup, failed chan<- error) *grpcServer {
	service := &grpcService{server: s, working: working, draining: make(chan struct{})}
	g := &grpcServer{service: service, Server: service.newServer()}
	owned.Go(func() {
		if err := g.Serve(l); err != nil {
			failed <- err
		}
	})
	return g
}

// newServer registers every service.
func (g *grpcService) newServer() *grpc.Server {
	s := g.server
	r := grpc.NewServer(
		grpc.Creds(s.callCredentials()),
		grpc.InTapHandle(g.tap),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.MaxRecvMsgSize(int(s.cfg.MaxBody)),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.MaxHeaderListSize(16<<10),
		grpc.ConnectionTimeout(readTimeout),
		grpc.WaitForHandlers(true),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 10 * time.Minute, Time: time.Minute, Timeout: readTimeout}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.UnaryInterceptor(g.unary),
		grpc.StreamInterceptor(g.stream),
		grpc.UnknownServiceHandler(noSuchMethod))
	observed := &registrar{Server: r, service: g}
	pb.RegisterGRPCInferenceServiceServer(observed, g)
	grpc_health_v1.RegisterHealthServer(observed, &grpcHealth{service: g})
	reflection.Register(observed)
	g.methods = methodsOf(r.GetServiceInfo())
	return r
}

// maxStreams bounds the calls of one connection that run at once.
const maxStreams = 256

// stop refuses new calls, lets those under way finish, and cuts them off after grace; false: it had to.
func (g *grpcServer) stop(grace time.Duration) bool {
	if g == nil {
		return true
	}
	close(g.service.draining)
	cut := time.AfterFunc(grace, g.Stop)
	g.GracefulStop()
	g.service.receivers.Wait()
	return cut.Stop()
}

// unary ends a call with the server.
func (g *grpcService) unary(ctx context.Context, q any, info *grpc.UnaryServerInfo, h grpc.UnaryHandler) (any, error) {
	ctx, cancel := g.bound(ctx)
	defer cancel()
	if err := g.server.mayCall(ctx, info.FullMethod, q); err != nil {
		return nil, err
	}
	return h(ctx, q)
}

// bound ends a call when the server's grace is over.
func (g *grpcService) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(g.working, func() { cancel(context.Cause(g.working)) })
	return ctx, func() { stop(); cancel(nil) }
}

// grpcError is the one switch from errors to gRPC.
func grpcError(err error) error {
	if err == nil {
		return nil
	}
	if s, ok := grpcstatus.FromError(err); ok {
		return s.Err()
	}
	f := explain(err)
	return retryStatus(grpcstatus.New(grpcCode(f), f.message), f.retry).Err()
}

func grpcCode(f *fault) codes.Code {
	switch st := status(f.code); st {
	case http.StatusNotFound:
		return codes.NotFound
	case http.StatusUnauthorized:
		return codes.Unauthenticated
	case http.StatusForbidden:
		return codes.PermissionDenied
	case http.StatusConflict:
		return codes.FailedPrecondition
	case http.StatusTooManyRequests:
		return codes.ResourceExhausted
	case http.StatusServiceUnavailable:
		return codes.Unavailable
	case http.StatusNotImplemented:
		return codes.Unimplemented
	case http.StatusGatewayTimeout:
		return codes.DeadlineExceeded
	case statusClientGone:
		return codes.Canceled
	default:
		if st < http.StatusInternalServerError {
			return codes.InvalidArgument
		}
	}
	return codes.Internal
}
