package serve

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"molserve/serve/openapi"
)

// control is a call that changes what is in memory or what serves.
type control func(g *registry, ctx context.Context, name, version string) error

// controls are the routes of the admin listener that change something, all of them POST.
var controls = map[string]control{
	"/v1/models/:name/versions/:version/activate": (*registry).activate,
	"/v1/models/:name/versions/:version/load":     (*registry).loadVersion,
	"/v1/models/:name/versions/:version/unload":   (*registry).unloadVersion,
	"/v1/models/:name/rollback": func(g *registry, ctx context.Context, name, _ string) error {
		return g.rollback(ctx, name)
	},
}

// looks are the routes of the admin listener that only look inside.
var looks = []string{"/metrics", "/debug/pprof/*profile"}

// adminRoutes builds the engine of the admin listener: what changes the server or looks inside it, and
// the questions that the public one answers too.
func (s *Server) adminRoutes() *gin.Engine {
	e := s.engine()
	e.NoRoute(s.wrap(noAdminRoute))
	s.mountQuestions(e)
	for path, do := range controls {
		e.POST(path, s.wrap(s.control(do)))
	}
	scrape := promhttp.HandlerFor(s.metrics.all, promhttp.HandlerOpts{})
	e.GET("/metrics", s.wrap(func(c *gin.Context, _ *notes) error {
		scrape.ServeHTTP(c.Writer, c.Request)
		return nil
	}))
	e.GET("/debug/pprof/*profile", s.wrap(profile))
	s.mountV2(e, true)
	s.mountDocument(e, openapi.Admin)
	return e
}

// noAdminRoute sends those who ask the admin listener for a prediction to the public one.
func noAdminRoute(c *gin.Context, n *notes) error {
	if path := c.Request.URL.Path; strings.HasPrefix(path, "/v1/models/") && strings.HasSuffix(path, "/predict") {
		return refuse(codeUnknownRoute, "this is the admin listener; predictions are on the public one only (serve --addr)")
	}
	return unknownRoute(c, n)
}

// forbidAdmin answers the admin listener's routes on the public one.
func (s *Server) forbidAdmin(e *gin.Engine) {
	forbidden := s.wrap(func(*gin.Context, *notes) error {
		return refuse(codeAdminOnly, "this route is on the admin listener only (serve --admin-addr)")
	})
	for path := range controls {
		e.POST(path, forbidden)
	}
	for _, path := range looks {
		e.GET(path, forbidden)
	}
}

// control answers with the model as it is afterwards.
func (s *Server) control(do control) handler {
	return func(c *gin.Context, n *notes) error {
		if k, _ := io.ReadFull(c.Request.Body, make([]byte, 1)); k > 0 {
			return refuse(codeBadRequest, "this route takes no body")
		}
		name := c.Param("name")
		if err := do(s.registry, c.Request.Context(), name, c.Param("version")); err != nil {
			return err
		}
		n.model = name
		return s.showModel(c, n)
	}
}

// profile serves what go tool pprof reads.
func profile(c *gin.Context, _ *notes) error {
	answer := map[string]http.HandlerFunc{"/cmdline": pprof.Cmdline, "/profile": pprof.Profile, "/symbol": pprof.Symbol, "/trace": pprof.Trace}
	h, ok := answer[c.Param("profile")]
	if !ok {
		h = pprof.Index // which finds the other profiles by the path
	}
	h(c.Writer, c.Request)
	return nil
}

// adminWrite bounds an answer of the admin listener: a load takes as long as its proof, a profile as long as was asked.
const adminWrite = 15 * time.Minute

func (s *Server) adminServer(working context.Context, l net.Listener) *http.Server {
	h := s.httpServer(working, s.guardLocal(l, s.adminRoutes()))
	h.WriteTimeout = adminWrite
	return h
}

// httpServer bounds what a slow or a talkative client can hold: readTimeout for a request, and for an
// answer as long again after the deadline for computing it.
func (s *Server) httpServer(working context.Context, h http.Handler) *http.Server {
	return &http.Server{
		Handler:           s.observe(h),
		BaseContext:       func(net.Listener) context.Context { return working },
		ConnContext:       withConn,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       readTimeout,
		WriteTimeout:      readTimeout + s.cfg.Timeout + readTimeout,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelWarn),
	}
}
