package main

import (
	"log/slog"
	"testing"

	"github.com/spf13/cobra"
)

// Traces are off until a flag or a variable of OpenTelemetry names a collector.
func TestTracesAreAskedFor(t *testing.T) {
	const collector = "http://127.0.0.1:4318"
	for _, c := range []struct {
		args []string
		env  map[string]string
		on   bool
	}{
		{nil, nil, false},
		{[]string{"--trace-ratio", "0.5"}, nil, false},
		{[]string{"--otlp-endpoint", collector}, nil, true},
		{[]string{"--otlp-endpoint", collector}, map[string]string{"OTEL_SDK_DISABLED": "true"}, true},
		{nil, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector}, true},
		{nil, map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector + "/v1/traces"}, true},
		{nil, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_SDK_DISABLED": "true"}, false},
		{nil, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_TRACES_EXPORTER": "none"}, false},
		{nil, map[string]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": collector}, false},
	} {
		t.Run("", func(t *testing.T) {
			for key, value := range c.env {
				t.Setenv(key, value)
			}
			var o traceOptions
			cmd := &cobra.Command{}
			cmd.SetContext(t.Context())
			traceFlags(cmd, &o)
			if err := cmd.ParseFlags(c.args); err != nil {
				t.Fatal(err)
			}
			tr, err := o.start(cmd, slog.New(slog.DiscardHandler))
			if err != nil || (tr != nil) != c.on || tr.Stop(t.Context()) != nil {
				t.Errorf("%v %v: %v %v", c.args, c.env, tr, err)
			}
		})
	}
}
