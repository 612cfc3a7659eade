package serve

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// The names of docs/operations.md are those that are registered, both ways, and each has its labels.
func TestMetricsAreThoseOfTheDocs(t *testing.T) {
	doc, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(molserve_\\w+)` \\| ([^|]*) \\|").FindAllStringSubmatch(string(doc), -1) {
		labels := []string{}
		for _, l := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[2], -1) {
			labels = append(labels, l[1])
		}
		documented[row[1]] = labels
	}
	registered := registeredMetrics()
	for name, labels := range registered {
		want, ok := documented[name]
		if !ok || !slices.Equal(slices.Sorted(slices.Values(labels)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%s has labels %v, documented: %v %v", name, labels, ok, want)
		}
	}
	for name := range documented {
		if _, ok := registered[name]; !ok {
			t.Errorf("%s is documented and not registered", name)
		}
	}
}

// registeredMetrics are the labels of our metrics by name, whether they have samples yet or not.
func registeredMetrics() map[string][]string {
	all := make(chan *prometheus.Desc)
	go func() {
		New(Config{}).metrics.all.Describe(all)
		close(all)
	}()
	out := map[string][]string{}
	parts := regexp.MustCompile(`fqName: "(molserve_\w+)".*variableLabels: {([^}]*)}`)
	for d := range all {
		if m := parts.FindStringSubmatch(d.String()); m != nil {
			out[m[1]] = strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' })
		}
	}
	return out
}
