package main

import (
	"cmp"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"molserve/serve/traces"
)

// traceOptions are the flags of traces.
type traceOptions struct {
	endpoint string
	ratio    float64
}

func traceFlags(c *cobra.Command, o *traceOptions) {
	f := c.Flags()
	f.StringVar(&o.endpoint, "otlp-endpoint", "", "http://HOST:PORT of an OpenTelemetry collector that takes traces over OTLP/HTTP\n(default: by OTEL_EXPORTER_OTLP_ENDPOINT, else no traces)")
	f.Float64Var(&o.ratio, "trace-ratio", 1, "how many of the traces that begin here are sent, 0 to 1\n(default: by OTEL_TRACES_SAMPLER, else all)")
}

// check refuses what is no collector and no ratio.
func (o *traceOptions) check() error {
	if !(o.ratio >= 0 && o.ratio <= 1) {
		return usagef("--trace-ratio %v: from 0 to 1", o.ratio)
	}
	if _, err := traces.Endpoint(o.endpoint); o.endpoint != "" && err != nil {
		return usagef("--otlp-endpoint: %w", err)
	}
	return nil
}

// start begins to trace if a flag or one of OpenTelemetry's own variables names a collector; nil: no traces.
func (o *traceOptions) start(cmd *cobra.Command, log *slog.Logger) (*traces.Traces, error) {
	if o.endpoint == "" && !collectorByVariables() {
		return nil, nil
	}
	options := traces.Options{Endpoint: o.endpoint, Log: log}
	if cmd.Flags().Changed("trace-ratio") {
		options.Ratio = &o.ratio
	}
	return traces.Start(cmd.Context(), options)
}

// collectorByVariables tells whether OpenTelemetry's variables ask for traces.
func collectorByVariables() bool {
	return cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")) != "" &&
		os.Getenv("OTEL_SDK_DISABLED") != "true" && os.Getenv("OTEL_TRACES_EXPORTER") != "none"
}
