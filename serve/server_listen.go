package serve

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// listening is what a Run serves on.
type listening struct {
	public, admin *http.Server
	rpc           *grpcServer // nil: none
	failed        chan error  // of a listener
}

// listen begins to serve on l and on the listeners of the configuration. What runs is owned's.
func (s *Server) listen(working context.Context, l net.Listener, owned *sync.WaitGroup) *listening {
	on := &listening{public: s.httpServer(working, s.guardLocal(l, s.handler)), admin: &http.Server{}, failed: make(chan error, 3)}
	owned.Go(func() { on.failed <- s.serveHTTP(on.public, l) })
	if s.cfg.Admin != nil {
		on.admin = s.adminServer(working, s.cfg.Admin)
		owned.Go(func() { on.failed <- s.serveHTTP(on.admin, s.cfg.Admin) })
	}
	if s.cfg.GRPC != nil {
		on.rpc = s.startGRPC(working, s.cfg.GRPC, owned, on.failed)
	}
	return on
}

// untilStopped returns when ctx ends, or with the error of a listener, and says how long /health/ready is to answer
// 503 before connections are refused.
func (s *Server) untilStopped(ctx context.Context, failed <-chan error) (delay time.Duration, err error) {
	select {
	case err = <-failed:
		s.cfg.Log.Error("a listener has failed", "cause", err)
		return 0, err // nobody knows whether /health/ready can be asked
	case <-ctx.Done():
		return s.cfg.StopDelay, nil
	}
}
