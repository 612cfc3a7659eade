package serve

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/preprocess/graph"
	"molserve/serve/batch"
)

// metrics are what Prometheus reads. Labels take their values from fixed sets: routes as they are
// registered, statuses, and the words of this file; models and versions are those of the folder. What a
// client sends is never a label.
type metrics struct {
	all       *prometheus.Registry
	requests  *prometheus.CounterVec // route, status
	stages    map[stage]prometheus.Observer
	molecules map[verdict]prometheus.Counter
	swaps     map[cause]prometheus.Counter
	refused   map[reason]prometheus.Counter

	batchGraphs, batchAtoms prometheus.Histogram
	batchSlots              prometheus.Counter
	batchFailures           prometheus.Counter

	scanFailures, closeFailures prometheus.Counter
}

// stage is a part of a predict request's time.
type stage string

const (
	stageRead       stage = "read"       // the body, to records
	stageQueue      stage = "queue"      // waiting for a turn
	stagePreprocess stage = "preprocess" // records to graphs
	stageRun        stage = "run"        // graphs to values
	stageWrite      stage = "write"      // values to the answer
)

// verdict is what came of a molecule.
type verdict string

const (
	verdictOK      verdict = "ok"
	verdictRefused verdict = "refused" // it could not be read, or the model does not take it
	verdictFailed  verdict = "failed"  // our fault, or an answer that is not finite
)

// reason is why a version was refused.
type reason string

const (
	reasonManifest   reason = "manifest"   // it does not hold together
	reasonOpen       reason = "open"       // files, hashes, the network or its signature
	reasonProof      reason = "proof"      // a check failed
	reasonUnforeseen reason = "unforeseen" // the loader panicked
)

func newMetrics() *metrics {
	m := &metrics{all: prometheus.NewRegistry()}
	m.all.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.requests = m.counters("molserve_requests_total", "HTTP requests by route and status.", "route", "status")
	stages := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "molserve_stage_seconds", Help: "Time of predict requests by stage.",
		Buckets: prometheus.ExponentialBucketsRange(50e-6, 30, 18)}, []string{"stage"})
	m.all.MustRegister(stages)
	m.stages = map[stage]prometheus.Observer{}
	for _, s := range []stage{stageRead, stageQueue, stagePreprocess, stageRun, stageWrite} {
		m.stages[s] = stages.WithLabelValues(string(s))
	}
	m.molecules = each(m.counters("molserve_molecules_total", "Molecules of answered requests by verdict.", "verdict"),
		verdictOK, verdictRefused, verdictFailed)
	m.swaps = each(m.counters("molserve_swaps_total", "Times that another version of a model began to serve, by what made it.", "by"),
		causeFolder, causeActivate, causeRollback)
	m.refused = each(m.counters("molserve_loads_refused_total", "Versions that were refused when they were loaded, by reason.", "reason"),
		reasonManifest, reasonOpen, reasonProof, reasonUnforeseen)
	m.batchGraphs = m.histogram("molserve_batch_molecules", "Molecules of a run.", prometheus.ExponentialBuckets(1, 2, 11))
	m.batchAtoms = m.histogram("molserve_batch_atoms", "Atoms of a run.", prometheus.ExponentialBuckets(1, 2, 15))
	m.batchSlots = m.counters("molserve_batch_slots_total", "Room for atoms in all runs; what is above the sum of their atoms is padding.").WithLabelValues()
	m.batchFailures = m.counters("molserve_batch_failures_total", "Runs that failed and were done again molecule by molecule.").WithLabelValues()
	m.scanFailures = m.counters("molserve_scan_failures_total", "Scans that could not read the folder of models.").WithLabelValues()
	m.closeFailures = m.counters("molserve_close_failures_total", "Versions that could not be closed.").WithLabelValues()
	return m
}

func (m *metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.all.MustRegister(c)
	return c
}

func (m *metrics) histogram(name, help string, buckets []float64) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	m.all.MustRegister(h)
	return h
}

// ran notes a run of a model with this layout.
func (m *metrics) ran(l graph.Layout, p batch.Pack) {
	slots := p.Load.Atoms
	if l == graph.Padded {
		slots = p.Load.Graphs * p.Load.Largest
	}
	m.batchSlots.Add(float64(slots))
	m.batchGraphs.Observe(float64(p.Load.Graphs))
	m.batchAtoms.Observe(float64(p.Load.Atoms))
	if p.Err != nil && p.Load.Graphs > 1 {
		m.batchFailures.Inc()
	}
}

// each makes a counter of each value of the only label, so that those that are 0 are there too.
func each[T ~string](c *prometheus.CounterVec, values ...T) map[T]prometheus.Counter {
	out := map[T]prometheus.Counter{}
	for _, v := range values {
		out[v] = c.WithLabelValues(string(v))
	}
	return out
}

// request counts a request. An empty route is one that is not there.
func (m *metrics) request(route string, status int) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
}

// took notes a stage that has begun at start, and returns how long it took.
func (m *metrics) took(s stage, start time.Time) time.Duration {
	d := time.Since(start)
	m.stages[s].Observe(d.Seconds())
	return d
}

// spent notes the stages of a call that computes.
func (m *metrics) spent(t spent) {
	m.stages[stageQueue].Observe(t.queue.Seconds())
	m.stages[stagePreprocess].Observe(t.build.Seconds())
	if t.run > 0 {
		m.stages[stageRun].Observe(t.run.Seconds())
	}
}

// count counts the rows of an answer.
func (m *metrics) count(rows []onnx.Row) {
	sums := map[verdict]int{}
	for i := range rows {
		sums[verdictOf(&rows[i])]++
	}
	for v, n := range sums {
		m.molecules[v].Add(float64(n))
	}
}

func verdictOf(r *onnx.Row) verdict {
	switch {
	case r.Err == nil:
		return verdictOK
	case r.Err.Code == onnx.CodeInternal, r.Err.Code == onnx.CodeNotFinite:
		return verdictFailed
	}
	return verdictRefused
}

// reasonOf sorts an error of a load.
func reasonOf(err error, c *prove.Certificate) reason {
	var faults onnx.Faults
	var panicked *panicError
	switch {
	case errors.As(err, &panicked):
		return reasonUnforeseen
	case c != nil:
		return reasonProof
	case errors.As(err, &faults):
		return reasonManifest
	}
	return reasonOpen
}
