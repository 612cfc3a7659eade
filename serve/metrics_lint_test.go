package serve_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"molserve/serve"
)

// What 'promtool check metrics' wants of names, types and help texts.
func TestMetricsAreAsPromtoolWantsThem(t *testing.T) {
	w := start(t, serve.Config{})
	w.predict(`{"smiles":["C","C1CC"]}`)
	a, err := ask("GET", w.admin+"/metrics", "")
	if err != nil || a.status != 200 || !strings.Contains(a.body, "molserve_batch_molecules_count 1") {
		t.Fatalf("%d %v", a.status, err)
	}
	problems, err := promlint.New(strings.NewReader(a.body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}
