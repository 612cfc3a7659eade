package serve

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/gin-gonic/gin"

	"molserve/serve/openapi"
)

// handler answers a request, or returns the error that wrap answers with. What it notes is logged.
type handler func(c *gin.Context, n *notes) error

// notes are a request's line in the log.
type notes struct {
	client    string // who asked
	model     string
	version   int
	molecules int
	errors    int    // rows of the reply
	cause     error  // behind a row that is our fault
	given     string // id of a request of the Open Inference Protocol
}

// routes builds the engine of the public listener: every route, and the answers where there is none.
func (s *Server) routes() *gin.Engine {
	e := s.engine()
	s.mountQuestions(e)
	e.POST("/v1/models/:name/predict", s.wrap(s.predict))
	e.POST("/v1/models/:name/versions/:version/predict", s.wrap(s.predict))
	s.forbidAdmin(e)
	s.mountV2(e, false)
	s.mountDocument(e, openapi.Public)
	return e
}

// engine is an engine without routes, and its answers where there is none.
func (s *Server) engine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.SetTrustedProxies(nil) // the client's address is the connection's, whatever a header claims
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.NoRoute(s.wrap(unknownRoute))
	e.NoMethod(s.wrap(func(c *gin.Context, _ *notes) error {
		return refuse(codeMethod, "this route takes %s", c.Writer.Header().Get("Allow"))
	}))
	return e
}

func unknownRoute(*gin.Context, *notes) error {
	return refuse(codeUnknownRoute, "there is no such route; GET /v1/models lists the models")
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

// wrap answers errors and panics, and notes them.
func (s *Server) wrap(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		o := callOf(c.Request.Context())
		o.route = c.FullPath()
		if s.stopping.Load() {
			c.Header("Connection", "close") // the next request goes elsewhere, before this connection ends under it
		}
		if o.err = s.admit(c, &o.notes); o.err == nil {
			o.err = guarded(h, c, &o.notes)
		}
		if o.err != nil && !c.Writer.Written() {
			writeFault(c, explain(o.err))
		}
		if o.err != nil {
			o.status = status(o.code()) // also of an answer that had begun
		}
		if cut := (*abortError)(nil); errors.As(o.err, &cut) {
			panic(http.ErrAbortHandler) // which ends the connection, so that the client sees it
		}
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

// retryAfter is how many seconds a client that was turned away should stay away: whole ones, 1 at least.
func retryAfter(f *fault) string {
	return strconv.Itoa(int(math.Ceil(max(f.retry.Seconds(), 1))))
}

func writeFault(c *gin.Context, f *fault) {
	st := status(f.code)
	if st == http.StatusTooManyRequests || st == http.StatusServiceUnavailable {
		c.Header("Retry-After", retryAfter(f))
	}
	accessHeaders(c.Writer.Header(), f)
	write(c, st, mediaJSON, f.bodyFor(c.Request.URL.Path))
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
