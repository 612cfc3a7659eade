package serve

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/serve/traces"
)

// withParent puts the trace that a client began, by W3C's traceparent, into a context.
func withParent(ctx context.Context, h http.Header) context.Context {
	if len(h["Traceparent"]) == 0 {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(h))
}

// startSpan begins the span of a call, when there are traces. Its name and its outcome come at the end.
func (s *Server) startSpan(ctx context.Context, o *call) context.Context {
	if s.cfg.Traces == nil {
		return ctx
	}
	ctx, o.span = s.cfg.Traces.Start(ctx, o.method, trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(o.begun))
	return ctx
}

// endSpan tells what came of a call, in OpenTelemetry's words where it has some.
func (o *call) endSpan() {
	if o.span == nil {
		return
	}
	defer o.span.End()
	if !o.span.IsRecording() {
		return
	}
	o.span.SetAttributes(attribute.String("molserve.request_id", o.id), attribute.String("url.path", o.path[:min(len(o.path), longestPath)]))
	if o.protocol == overGRPC {
		o.span.SetName(cmp.Or(o.route, noRoute))
		o.span.SetAttributes(attribute.String("rpc.system.name", "grpc"), attribute.String("rpc.method", o.route), attribute.String("rpc.response.status_code", o.grpc))
	} else {
		o.span.SetName(o.httpName())
		o.span.SetAttributes(attribute.String("http.request.method", o.method), attribute.Int("http.response.status_code", o.status), attribute.Int("http.response.body.size", o.bytes))
		if o.route != "" {
			o.span.SetAttributes(attribute.String("http.route", o.route))
		}
	}
	if o.model != "" {
		o.span.SetAttributes(attribute.String("molserve.model", o.model), attribute.Int("molserve.version", o.version),
			attribute.Int("molserve.molecules", o.molecules), attribute.Int("molserve.errors", o.errors))
	}
	why := "" // of an answer that is not ready, or has a failed row, there is no code
	if o.err != nil {
		why = string(o.code())
		o.span.SetAttributes(attribute.String("error.type", why))
	}
	if o.status >= http.StatusInternalServerError || o.cause != nil {
		o.span.SetStatus(codes.Error, why)
	}
}

// httpName is method and route, of a route that is there: no client makes a name.
func (o *call) httpName() string {
	if o.route == "" {
		return noRoute
	}
	return o.method + " " + o.route
}

// took notes a stage of ctx's call that began at begun and is over now, and returns how long it took.
func (s *Server) took(ctx context.Context, st stage, begun time.Time) time.Duration {
	d := s.metrics.took(st, begun)
	s.stageSpan(ctx, st, begun, d)
	return d
}

// spent notes the stages of a computation that is over now. Parts that ran side by side are added up, so that
// the spans stand one before the other and reach back to the call's beginning at most.
func (s *Server) spent(ctx context.Context, t spent) {
	s.metrics.spent(t)
	end, soonest := time.Now(), callOf(ctx).begun
	for _, part := range []struct {
		stage
		took time.Duration
	}{{stageRun, t.run}, {stagePreprocess, t.build}, {stageQueue, t.queue}} {
		took := min(part.took, end.Sub(soonest))
		if part.took > 0 {
			s.stageSpan(ctx, part.stage, end.Add(-took), took)
			end = end.Add(-took)
		}
	}
}

// stageSpan adds a stage to the span of ctx's call, if it is traced.
func (s *Server) stageSpan(ctx context.Context, st stage, begun time.Time, took time.Duration) {
	if s.cfg.Traces == nil || !trace.SpanFromContext(ctx).IsRecording() {
		return
	}
	_, span := s.cfg.Traces.Start(ctx, string(st), trace.WithTimestamp(begun))
	span.End(trace.WithTimestamp(begun.Add(took)))
}

// attributesOf names the version that a span is of.
func attributesOf(f onnx.Folder) trace.SpanStartOption {
	return trace.WithAttributes(attribute.String("molserve.model", f.Name), attribute.Int("molserve.version", f.Version))
}

// endLoad ends the span of a load.
func endLoad(span trace.Span, c *prove.Certificate, err error) {
	if err != nil {
		span.SetAttributes(attribute.String("error.type", string(reasonOf(err, c))))
		span.SetStatus(codes.Error, err.Error())
	}
	span.SetAttributes(attribute.Int("molserve.checks", checks(c)))
	span.End()
}

// proofSpan begins the span of a proof inside that of its load.
func proofSpan(ctx context.Context) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer(traces.Scope).Start(ctx, "prove")
}

// endProof ends it. Where and source tell whether anything was computed.
func endProof(span trace.Span, c *prove.Certificate, err error) {
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	if c != nil {
		span.SetAttributes(attribute.Bool("molserve.ok", c.OK), attribute.String("molserve.source", c.Source), attribute.Int("molserve.checks", len(c.Checks)))
	}
	span.End()
}

// stopTraces sends the spans that are left, for as long as the grace lasts and no less than lastWords.
func (s *Server) stopTraces(graceEnds time.Time) {
	if soonest := time.Now().Add(lastWords); graceEnds.Before(soonest) {
		graceEnds = soonest
	}
	ctx, cancel := context.WithDeadline(context.Background(), graceEnds)
	defer cancel()
	if err := s.cfg.Traces.Stop(ctx); err != nil {
		s.cfg.Log.Warn("the last traces are lost", "cause", err)
	}
}
