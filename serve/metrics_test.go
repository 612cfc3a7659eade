package serve_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"molserve/serve"
)

// scrape returns the samples of the admin listener by name and labels.
func (w *world) scrape() map[string]string {
	w.t.Helper()
	a, err := ask("GET", w.admin+"/metrics", "")
	if err != nil || a.status != 200 {
		w.t.Fatalf("%d %v", a.status, err)
	}
	samples := map[string]string{}
	for line := range strings.Lines(a.body) {
		if at := strings.LastIndexByte(line, ' '); !strings.HasPrefix(line, "#") && at > 0 {
			samples[line[:at]] = strings.TrimSpace(line[at:])
		}
	}
	return samples
}

func (w *world) wantSamples(want map[string]string) {
	w.t.Helper()
	got := w.scrape()
	for name, v := range want {
		if got[name] != v {
			w.t.Errorf("%s is %q, want %s", name, got[name], v)
		}
	}
}

func TestMetricsCountWhatHappens(t *testing.T) {
	w := start(t, serve.Config{Poll: 10 * time.Millisecond})
	w.predict(`{"smiles":["C","C1CC","nan"]}`)
	w.predict(`{"smiles":`)
	w.do("GET", "/nothing", "")
	w.do("GET", "/v1/models", "", "Host", "evil.example")
	w.publish("m", 2, "{}")
	eventually(t, "version 2 serves", func() bool { return w.scrape()[`molserve_active_version{model="m"}`] == "2" })
	w.publish("m", 3, "bad")
	w.publish("m", 4, "panic")
	eventually(t, "both are refused", func() bool { return w.scrape()[`molserve_versions{model="m",state="refused"}`] == "2" })
	w.expect("/rollback", 200, "")
	w.wantSamples(map[string]string{
		`molserve_requests_total{route="/v1/models/:name/predict",status="200"}`:  "1",
		`molserve_requests_total{route="/v1/models/:name/predict",status="400"}`:  "1",
		`molserve_requests_total{route="/v1/models/:name/rollback",status="200"}`: "1",
		`molserve_requests_total{route="none",status="404"}`:                      "1",
		`molserve_requests_total{route="none",status="403"}`:                      "1",
		`molserve_molecules_total{verdict="ok"}`:                                  "1",
		`molserve_molecules_total{verdict="refused"}`:                             "1",
		`molserve_molecules_total{verdict="failed"}`:                              "1",
		`molserve_stage_seconds_count{stage="read"}`:                              "2",
		`molserve_stage_seconds_count{stage="queue"}`:                             "1",
		`molserve_stage_seconds_count{stage="write"}`:                             "1",
		`molserve_swaps_total{by="folder"}`:                                       "2",
		`molserve_swaps_total{by="rollback"}`:                                     "1",
		`molserve_swaps_total{by="activate"}`:                                     "0",
		`molserve_loads_refused_total{reason="proof"}`:                            "1",
		`molserve_loads_refused_total{reason="unforeseen"}`:                       "1",
		`molserve_versions{model="m",state="ready"}`:                              "2",
		`molserve_active_version{model="m"}`:                                      "1",
		`molserve_pinned_version{model="m"}`:                                      "1",
		`molserve_version_info{model="m",state="refused",version="3"}`:            "1",
		`molserve_requests_inside{model="m"}`:                                     "0",
		`molserve_running_batches{model="m"}`:                                     "0",
		`molserve_batch_molecules_count`:                                          "1",
		`molserve_batch_molecules_sum`:                                            "2",
		`molserve_batch_failures_total`:                                           "0",
	})
}

func TestQueueIsMeasured(t *testing.T) {
	w := start(t, serve.Config{Runs: 1})
	answers := make(chan answer, 3)
	for range cap(answers) {
		go func() {
			a, _ := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait","C"]}`, "Content-Type", "application/json")
			answers <- a
		}()
	}
	// The first run may have begun before the others came, with one molecule or two of the six.
	eventually(t, "three are in, one runs", func() bool {
		s := w.scrape()
		queued := s[`molserve_queue_molecules{model="m"}`]
		return s[`molserve_requests_inside{model="m"}`] == "3" && s[`molserve_molecules_inside{model="m"}`] == "6" &&
			(queued == "2" || queued == "4") && s[`molserve_running_batches{model="m"}`] == "1"
	})
	close(w.hold)
	for range cap(answers) {
		<-answers
	}
}

// The names of docs/operations.md are those that are served, both ways, and each has its labels.
func TestMetricsAreThoseOfTheDocs(t *testing.T) {
	w := start(t, serve.Config{})
	w.predict(`{"smiles":["C"]}`)
	w.scrape() // counts itself for the next
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
	served := map[string]bool{}
	for sample := range w.scrape() {
		name, rest, _ := strings.Cut(sample, "{")
		name = regexp.MustCompile(`^(molserve_stage_seconds|molserve_batch_molecules|molserve_batch_atoms)_(bucket|sum|count)$`).ReplaceAllString(name, "$1")
		if !strings.HasPrefix(name, "molserve_") {
			continue
		}
		served[name] = true
		labels := []string{}
		for _, l := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(rest, -1) {
			if l[1] != "le" {
				labels = append(labels, l[1])
			}
		}
		want, ok := documented[name]
		slices.Sort(labels)
		want = slices.Sorted(slices.Values(want))
		if !ok || !slices.Equal(labels, want) {
			t.Errorf("%s has labels %v, documented: %v %v", name, labels, ok, want)
		}
	}
	for name := range documented {
		if !served[name] {
			t.Errorf("%s is documented and not served", name)
		}
	}
}

// Whatever clients send, the number of series stays what the server's own words make of it.
func TestClientsMakeNoLabels(t *testing.T) {
	w := start(t, serve.Config{})
	ask := func(i int) {
		x := strings.Repeat("x", i+1)
		w.do("GET", "/"+x, "")
		w.do("GET", "/v1/models/"+x, "")
		w.do("GET", "/v1/models/m/versions/"+x, "")
		w.do("BREW"+strings.ToUpper(x), "/v1/models", "")
		w.do("POST", "/v1/models/"+x+"/predict", `{"smiles":["`+x+`"],"outputs":["`+x+`"]}`, "Content-Type", "application/json")
		w.do("POST", "/v1/models/m/versions/"+x+"/predict", "{}", "Content-Type", "application/json")
		w.do("GET", "/v1/models", "", "Host", x+".example")
	}
	ask(0)
	w.scrape()
	before := len(w.scrape())
	for i := range 20 {
		ask(i)
	}
	if after := len(w.scrape()); after != before {
		t.Errorf("%d series, then %d", before, after)
	}
}
