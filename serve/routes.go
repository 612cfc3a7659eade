package serve

import (
	"cmp"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// handler answers a request, or returns the error that wrap answers with. What it notes is logged.
type handler func(c *gin.Context, n *notes) error

// notes are a request's line in the log.
type notes struct {
	model     string
	version   int
	molecules int
	errors    int   // rows of the reply
	cause     error // behind a row that is our fault
}

// routes builds the engine of the public listener: every route, and the answers where there is none.
func (s *Server) routes() *gin.Engine {
	e := s.engine()
	s.mountQuestions(e)
	e.POST("/v1/models/:name/predict", s.wrap(s.predict))
	e.POST("/v1/models/:name/versions/:version/predict", s.wrap(s.predict))
	s.forbidAdmin(e)
	s.mountV2(e, false)
	return e
}

// engine is an engine without routes, and its answers where there is none.
func (s *Server) engine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.SetTrustedProxies(nil) // the client's address is the connection's, whatever a header claims
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.NoRoute(s.wrap(func(*gin.Context, *notes) error {
		return refuse(codeUnknownRoute, "there is no such route; GET /v1/models lists the models")
	}))
	e.NoMethod(s.wrap(func(c *gin.Context, _ *notes) error {
		return refuse(codeMethod, "this route takes %s", c.Writer.Header().Get("Allow"))
	}))
	return e
}

// mountQuestions adds the routes that change nothing and compute nothing.
func (s *Server) mountQuestions(e *gin.Engine) {
	for path, h := range map[string]handler{
		"/health/live":                       s.live,
		"/health/ready":                      s.ready,
		"/v1/models":                         s.listModels,
		"/v1/models/:name":                   s.showModel,
		"/v1/models/:name/versions/:version": s.showVersion,
	} {
		e.GET(path, s.wrap(h))
		e.HEAD(path, s.wrap(h))
	}
}

// wrap answers errors and panics, and writes the request's line in the log.
func (s *Server) wrap(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		start, n := time.Now(), &notes{}
		if s.stopping.Load() {
			c.Header("Connection", "close") // the next request goes elsewhere, before this connection ends under it
		}
		err := guarded(h, c, n)
		if err != nil && !c.Writer.Written() {
			writeFault(c, explain(err))
		}
		s.metrics.request(c.FullPath(), c.Writer.Status())
		s.logRequest(c, n, err, time.Since(start))
	}
}

// panicError is a panic on its way to the log.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func guarded(h handler, c *gin.Context, n *notes) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = caught(p)
		}
	}()
	return h(c, n)
}

// caught is what recover gave, with the stack that it was on.
func caught(p any) error { return &panicError{p, debug.Stack()} }

// longestRetry bounds what an estimate may ask of a client.
const longestRetry = time.Minute

// retryAfter is how many seconds a client that was turned away should stay away: whole ones, 1 at least.
func retryAfter(f *fault) string {
	return strconv.Itoa(int(math.Ceil(max(min(f.retry, longestRetry).Seconds(), 1))))
}

func writeFault(c *gin.Context, f *fault) {
	st := status(f.code)
	if st == http.StatusTooManyRequests || st == http.StatusServiceUnavailable {
		c.Header("Retry-After", retryAfter(f))
	}
	if strings.HasPrefix(c.Request.URL.Path, "/v2") {
		write(c, st, mediaJSON, f.bodyV2())
		return
	}
	write(c, st, mediaJSON, f.body())
}

// write sends a whole body. Whoever cannot take it has left, and nobody can be told.
func write(c *gin.Context, status int, media string, body []byte) {
	h := c.Writer.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	c.Writer.WriteHeader(status)
	c.Writer.Write(body)
}

// longestPath bounds what a client can write into the log.
const longestPath = 200

func (s *Server) logRequest(c *gin.Context, n *notes, err error, took time.Duration) {
	path := c.Request.URL.Path
	attrs := []slog.Attr{
		slog.String("method", c.Request.Method), slog.String("path", path[:min(len(path), longestPath)]),
		slog.Int("status", c.Writer.Status()), slog.Duration("took", took), slog.Int("bytes", max(c.Writer.Size(), 0)),
	}
	if n.model != "" {
		attrs = append(attrs, slog.String("model", n.model), slog.Int("version", n.version),
			slog.Int("molecules", n.molecules), slog.Int("errors", n.errors))
	}
	level := slog.LevelInfo
	if strings.Contains(c.FullPath(), "/health/") || c.FullPath() == "/metrics" {
		level = slog.LevelDebug // they come every few seconds
	}
	if cause := cmp.Or(err, n.cause); cause != nil {
		attrs = append(attrs, slog.String("cause", cause.Error()))
	}
	if n.cause != nil || err != nil && explain(err).code == codeInternal {
		level = slog.LevelError
	}
	if p, ok := err.(*panicError); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	s.cfg.Log.LogAttrs(c.Request.Context(), level, "request", attrs...)
}
