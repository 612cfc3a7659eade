package serve

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// longestPath bounds what a client can write into the log, of a path and of a method.
const longestPath = 200

// longestCause bounds a cause in the log: what a client wrote may stand in it, and a stack.
const longestCause = 16 << 10

// logCall writes the one line of a request or call. Both protocols have the same keys (docs/operations.md).
func (s *Server) logCall(ctx context.Context, o *call, took time.Duration) {
	level, code := o.level(), o.code()
	if !s.cfg.Log.Enabled(ctx, level) || code == codeQueueFull && !s.refusals.line(ctx, o.model) {
		return
	}
	attrs := make([]slog.Attr, 0, 18)
	attrs = append(attrs, slog.String("request_id", o.id), slog.String("protocol", string(o.protocol)),
		slog.String("method", o.method), slog.String("path", o.path[:min(len(o.path), longestPath)]),
		slog.Int("status", o.status), slog.String("code", string(code)), slog.Duration("took", took), slog.Int("bytes", o.bytes))
	if o.grpc != "" {
		attrs = append(attrs, slog.String("grpc_code", o.grpc))
	}
	if sc := trace.SpanContextFromContext(ctx); sc.HasTraceID() {
		attrs = append(attrs, slog.String("trace_id", sc.TraceID().String()))
	}
	if o.client != "" {
		attrs = append(attrs, slog.String("client", o.client))
	}
	if o.model != "" {
		attrs = append(attrs, slog.String("model", o.model), slog.Int("version", o.version),
			slog.Int("molecules", o.molecules), slog.Int("errors", o.errors))
	}
	if o.given != "" {
		attrs = append(attrs, slog.String("id", o.given[:min(len(o.given), longestRequestID)]))
	}
	if cause := cmp.Or(o.err, o.cause); cause != nil {
		attrs = append(attrs, slog.String("cause", beginning(cause.Error(), longestCause)))
	}
	var p *panicError
	if errors.As(o.err, &p) {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	s.cfg.Log.LogAttrs(ctx, level, "request", attrs...)
}

// level is ERROR for what is our fault, and DEBUG for what comes every few seconds.
func (o *call) level() slog.Level {
	switch {
	case o.cause != nil, o.err != nil && o.code() == codeInternal:
		return slog.LevelError
	case strings.Contains(o.route, "/health/"), strings.Contains(o.route, "grpc.health."), o.route == "/metrics":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}
