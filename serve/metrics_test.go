package serve_test

import (
	"strings"
	"testing"
	"time"

	"molserve/serve"
	"molserve/serve/v2/pb"
)

// scrape returns the samples of the admin listener by name and labels.
func (w *world) scrape() map[string]string {
	w.t.Helper()
	a, err := ask("GET", w.admin+"/metrics", "", bearer(w.token)...)
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

// Whatever clients send, the number of series stays what the server's own words make of it.
func TestClientsMakeNoLabels(t *testing.T) {
	w, client, conn := startRPCWith(t, serve.Config{})
	ask := func(i int) {
		x := strings.Repeat("x", i+1)
		w.do("GET", "/"+x, "")
		w.do("GET", "/v1/models/"+x, "")
		w.do("GET", "/v1/models/m/versions/"+x, "")
		w.do("BREW"+strings.ToUpper(x), "/v1/models", "")
		w.do("POST", "/v1/models/"+x+"/predict", `{"smiles":["`+x+`"],"outputs":["`+x+`"]}`, "Content-Type", "application/json")
		w.do("POST", "/v1/models/m/versions/"+x+"/predict", "{}", "Content-Type", "application/json")
		w.do("GET", "/v1/models", "", "Host", x+".example")
		w.do("GET", "/v1/models", "", "X-Request-Id", x, "Traceparent", x)
		conn.Invoke(t.Context(), "/inference.GRPCInferenceService/"+x, rpcAsk("C"), &pb.ModelInferResponse{})
		conn.Invoke(t.Context(), "/"+x+"/ModelInfer", rpcAsk("C"), &pb.ModelInferResponse{})
		m := rpcAsk(x)
		m.ModelName = x
		client.ModelInfer(t.Context(), m)
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
