// Package traces sends the spans of requests and loads to an OpenTelemetry collector, over OTLP/HTTP.
package traces

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Options say which spans go where. What they leave open, the SDK and its exporter read from OpenTelemetry's own
// variables: OTEL_EXPORTER_OTLP_…, OTEL_TRACES_SAMPLER, OTEL_BSP_…, OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME.
type Options struct {
	Endpoint string       // http://HOST:PORT or https://…; /v1/traces is appended; default: by the variables
	Ratio    *float64     // of the traces that begin here, 0 to 1; default: by the variables, else 1
	Log      *slog.Logger // default slog.Default()
}

// Traces makes spans and sends them in the background: whoever makes one never waits for the network, and what
// the collector does not take in time is lost.
type Traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	exporter *exporter
}

// Scope is what calls itself the maker of the spans.
const Scope = "molserve"

// Start begins to send. It does not look whether a collector is there.
func Start(ctx context.Context, o Options) (*Traces, error) {
	var to []otlptracehttp.Option
	if o.Endpoint != "" {
		u, err := Endpoint(o.Endpoint)
		if err != nil {
			return nil, err
		}
		to = append(to, otlptracehttp.WithEndpointURL(u))
	}
	client, err := otlptracehttp.New(ctx, to...)
	if err != nil {
		return nil, fmt.Errorf("the exporter of traces: %w", err)
	}
	from, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", Scope)), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	e := newExporter(client, cmp.Or(o.Log, slog.Default()))
	with := []sdktrace.TracerProviderOption{sdktrace.WithSpanProcessor(counter{sdktrace.NewBatchSpanProcessor(e), e}), sdktrace.WithResource(from)}
	if o.Ratio != nil {
		with = append(with, sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(*o.Ratio))))
	}
	p := sdktrace.NewTracerProvider(with...)
	return &Traces{provider: p, tracer: p.Tracer(Scope), exporter: e}, nil
}

// Endpoint is where the spans of a collector go.
func Endpoint(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is no address of a collector, such as http://127.0.0.1:4318", base)
	}
	return u.JoinPath("v1", "traces").String(), nil
}

// Start begins a span, a child of ctx's. Nil makes spans that nobody records.
func (t *Traces) Start(ctx context.Context, name string, with ...trace.SpanStartOption) (context.Context, trace.Span) {
	if t == nil {
		return ctx, trace.SpanFromContext(context.Background())
	}
	return t.tracer.Start(ctx, name, with...)
}

// Stop sends what is left, gives up when ctx ends, and has the log say how many spans are lost that it has not said
// yet. Nil has nothing to send.
func (t *Traces) Stop(ctx context.Context) error {
	if t == nil {
		return nil
	}
	stop := context.AfterFunc(ctx, t.exporter.cut)
	defer stop()
	defer t.exporter.close()
	return t.provider.Shutdown(context.WithoutCancel(ctx))
}
