package serve

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Server serves a folder of models over HTTP.
type Server struct {
	cfg      Config
	registry *registry
	metrics  *metrics
	tallies  tallies // of the Open Inference Protocol
	handler  http.Handler
	buffered budget
	workshop *workshop
	refusals refusalLog
	stopping atomic.Bool
}

// New makes a Server. It does nothing before Run.
func New(c Config) *Server {
	c = c.withDefaults()
	s := &Server{cfg: c, registry: newRegistry(c), workshop: newWorkshop(c), refusals: refusalLog{log: c.Log}}
	s.metrics = s.registry.metrics
	s.metrics.all.MustRegister(accessGauges{c.Clients, c.Keys})
	s.buffered.max = c.MaxBuffered
	s.handler = s.routes()
	return s
}

// ErrGrace is the error of a Run that had to cut requests off.
var ErrGrace = errors.New("serve: requests were cut off at the end of the grace period")

// Run serves on l, on Config.Admin and on Config.GRPC, until ctx ends, then stops: /health/ready says 503, no connection
// is accepted any more, and every request that was has its answer before Run returns nil. After the grace
// period the requests that still run are answered with 503, and Run returns ErrGrace. A listener that fails stops the
// others in the same way; Run then returns its error.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	var owned sync.WaitGroup
	scanning, stopScanning := context.WithCancel(ctx)
	owned.Go(func() { s.registry.run(scanning) })
	s.keepAccess(scanning, &owned)
	working, stopWorking := context.WithCancelCause(context.WithoutCancel(ctx))
	on := s.listen(working, l, &owned)
	delay, err := s.untilStopped(ctx, on.failed)
	graceEnds := time.Now().Add(delay + s.cfg.Grace)
	err = cmp.Or(err, s.stop(on.public, on.rpc, delay, stopWorking))
	stopWorking(errStopping)
	stopScanning()
	// The admin listener answers until the last request is done: that is when one looks at the metrics.
	if shutdown(on.admin, lastWords) != nil {
		on.admin.Close()
	}
	owned.Wait()
	s.registry.close()
	s.refusals.tell()
	s.stopTraces(graceEnds)
	return err
}

// lastWords is how long the requests that the grace period cuts off have to write their 503.
const lastWords = time.Second

// stop lets requests finish, and cuts them off after the grace period.
func (s *Server) stop(h *http.Server, rpc *grpcServer, delay time.Duration, cut context.CancelCauseFunc) error {
	s.stopping.Store(true)
	s.cfg.Log.Info("stopping", "delay", delay, "grace", s.cfg.Grace)
	time.Sleep(delay)
	var calls sync.WaitGroup
	finished := true
	calls.Go(func() { finished = rpc.stop(s.cfg.Grace) })
	err := shutdown(h, s.cfg.Grace)
	calls.Wait()
	if err == nil && finished {
		return nil
	}
	cut(errStopping)
	if shutdown(h, lastWords) != nil {
		h.Close()
	}
	return ErrGrace
}

func shutdown(h *http.Server, grace time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	return h.Shutdown(ctx)
}
