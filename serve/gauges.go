package serve

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	requestsInside  = gauge("molserve_requests_inside", "Requests that wait or compute.", "model")
	moleculesInside = gauge("molserve_molecules_inside", "Molecules of the requests that wait or compute.", "model")
	queueMolecules  = gauge("molserve_queue_molecules", "Molecules that are built and in no run yet, and requests of raw tensors.", "model")
	running         = gauge("molserve_running_batches", "Runs under way.", "model")
	versionStates   = gauge("molserve_versions", "Versions of a model by state.", "model", "state")
	activeVersion   = gauge("molserve_active_version", "The version that serves, 0 for none.", "model")
	pinnedVersion   = gauge("molserve_pinned_version", "The version that a model is pinned to, 0 for none.", "model")
	versionState    = gauge("molserve_version_info", "1 for the state that a version is in.", "model", "version", "state")
)

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// A registry is asked for its gauges when they are read: nothing is kept beside its state.
var _ prometheus.Collector = (*registry)(nil)

func (g *registry) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{requestsInside, moleculesInside, queueMolecules, running, versionStates, activeVersion, pinnedVersion, versionState} {
		out <- d
	}
}

func (g *registry) Collect(out chan<- prometheus.Metric) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	for name, e := range g.entries {
		set := func(d *prometheus.Desc, v int, labels ...string) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), append([]string{name}, labels...)...)
		}
		requests, molecules := e.gate.inside()
		set(requestsInside, requests)
		set(moleculesInside, molecules)
		waiting, runs := e.queued()
		set(queueMolecules, waiting)
		set(running, runs)
		set(pinnedVersion, e.pin)
		active := 0
		if a := e.active.Load(); a != nil {
			active = a.version
		}
		set(activeVersion, active)
		states := map[state]int{}
		for _, v := range e.versions {
			states[v.state]++
			set(versionState, 1, strconv.Itoa(v.number), string(v.state))
		}
		for _, s := range []state{stateLoading, stateReady, stateRefused, stateDraining, stateUnloaded} {
			set(versionStates, states[s], string(s))
		}
	}
}

// queued sums up the queues of a model's versions in memory. It is called under mu.
func (e *entry) queued() (waiting, runs int) {
	for _, s := range e.loaded {
		_, graphs := s.graphs.Waiting()
		_, tensors := s.tensors.Waiting()
		waiting, runs = waiting+graphs+tensors, runs+s.graphs.Running()+s.tensors.Running()
	}
	return waiting, runs
}
