package serve

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// call is what is observed of one request of HTTP or one call of gRPC. When it is over it is a line of the log, a
// sample of the metrics and, when it is traced, a span.
type call struct {
	notes
	id       string // X-Request-Id
	protocol protocol
	method   string // of HTTP
	path     string
	route    string // as it is registered; empty: there is none
	begun    time.Time

	err    error // that it was answered with
	status int   // of HTTP; of gRPC, the one that the same error has there
	bytes  int   // of the answer
	grpc   string

	span trace.Span // nil: not traced
}

// protocol is how a call came.
type protocol string

const (
	overHTTP protocol = "http"
	overGRPC protocol = "grpc"
)

type callKey struct{}

// callOf is the call whose context it is; outside of any it is one that nobody looks at.
func callOf(ctx context.Context) *call {
	if o, ok := ctx.Value(callKey{}).(*call); ok {
		return o
	}
	return &call{}
}

// begin starts to observe a call. The parent of its span, if it has one, is in ctx already.
func (s *Server) begin(ctx context.Context, o *call) context.Context {
	o.begun = time.Now()
	return s.startSpan(context.WithValue(ctx, callKey{}, o), o)
}

// finish notes a call that is over.
func (s *Server) finish(ctx context.Context, o *call) {
	took := time.Since(o.begun)
	s.metrics.call(o, took)
	o.endSpan()
	s.logCall(ctx, o, took)
}

// code is what became of a call, in the words of docs/http.md.
func (o *call) code() code {
	if o.err == nil {
		return codeOK
	}
	return explain(o.err).code
}

// codeOK is the code of a call without an error. No answer has it.
const codeOK code = "ok"

// observe answers with the request's id and notes what came of it, whoever answers.
func (s *Server) observe(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := &observed{ResponseWriter: w}
		o.protocol, o.method, o.path = overHTTP, r.Method[:min(len(r.Method), longestPath)], r.URL.Path
		o.id = requestID(r.Header.Get(requestIDHeader))
		w.Header().Set(requestIDHeader, o.id)
		ctx := s.begin(withParent(r.Context(), r.Header), &o.call)
		defer s.finish(ctx, &o.call)
		h.ServeHTTP(o, r.WithContext(ctx))
	})
}

// observed is a writer that knows what was answered.
type observed struct {
	http.ResponseWriter
	call
}

func (o *observed) WriteHeader(status int) {
	if o.status < http.StatusOK { // what comes before an answer, 1xx, is none
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *observed) Write(p []byte) (int, error) {
	if o.status < http.StatusOK {
		o.status = http.StatusOK
	}
	n, err := o.ResponseWriter.Write(p)
	o.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// Flush sends what was written so far.
func (o *observed) Flush() { http.NewResponseController(o.ResponseWriter).Flush() }
