package serve

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"molserve/serve/auth"
)

// indexEntry is a version of a model of the protocol.
type indexEntry struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	State   string `json:"state"`
	Reason  string `json:"reason"`
}

// statesV2 are the protocol's words.
var statesV2 = map[state]string{stateLoading: "LOADING", stateReady: "READY", stateRefused: "UNAVAILABLE", stateDraining: "UNLOADING", stateUnloaded: "UNAVAILABLE"}

// indexV2 lists every version of every model that the client sees, each as both models of the protocol.
func (s *Server) indexV2(ctx context.Context, readyOnly bool) []indexEntry {
	client, out := auth.From(ctx), []indexEntry{}
	g := s.registry
	g.mu.RLock()
	defer g.mu.RUnlock()
	for _, name := range sortedKeys(g.entries) {
		if !s.sees(client, name) {
			continue
		}
		for _, suffix := range []string{"", tensorsSuffix} {
			versions := g.entries[name].versions
			for _, number := range slices.Sorted(maps.Keys(versions)) {
				if v := versions[number]; !readyOnly || v.state == stateReady {
					out = append(out, indexEntry{name + suffix, strconv.Itoa(number), statesV2[v.state], v.reason})
				}
			}
		}
	}
	return out
}

// versionsV2 are the versions of a model that are in memory.
func (s *Server) versionsV2(e *entry) (numbers []int) {
	s.registry.mu.RLock()
	defer s.registry.mu.RUnlock()
	return slices.Sorted(maps.Keys(e.loaded))
}

func spellAll(numbers []int) []string {
	out := []string{}
	for _, n := range numbers {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// controlV2 loads or unloads a model that the folder scan found. A model comes out of its folder and nowhere
// else: content and configuration that a client sends are refused.
func (s *Server) controlV2(ctx context.Context, admin bool, name, verb string, parameters []string) error {
	if !admin {
		return refuse(codeAdminOnly, "models are loaded and unloaded on the admin listener only (serve --admin-addr)")
	}
	for _, key := range parameters {
		if key != "unload_dependents" {
			return refuse(codeBadRequest, "parameter %.100q: a model is loaded from its folder, as its manifest says, and in no other way", key)
		}
	}
	base, _ := v2Name(name)
	if verb == "load" {
		return s.registry.load(ctx, base)
	}
	return s.registry.unload(ctx, base)
}

// statistic is what was asked of a version.
type statistic struct {
	name    string
	version int
	tally
}

// statisticsV2 lists the statistics of one model, or for an empty name of all that the client sees.
func (s *Server) statisticsV2(ctx context.Context, name, version string) ([]statistic, error) {
	if name != "" {
		i, err := s.leaseV2(name, version)
		if err != nil {
			return nil, err
		}
		defer i.snap.release()
		numbers := []int{i.snap.version}
		if version == "" {
			numbers = s.versionsV2(i.entry)
		}
		return s.statisticsOf(name, numbers), nil
	}
	client, out := auth.From(ctx), []statistic{}
	s.registry.mu.RLock()
	entries := maps.Clone(s.registry.entries)
	s.registry.mu.RUnlock()
	for _, base := range sortedKeys(entries) {
		if !s.sees(client, base) {
			continue
		}
		numbers := s.versionsV2(entries[base])
		out = append(out, s.statisticsOf(base, numbers)...)
		out = append(out, s.statisticsOf(base+tensorsSuffix, numbers)...)
	}
	return out, nil
}

func (s *Server) statisticsOf(name string, numbers []int) (out []statistic) {
	for _, n := range numbers {
		out = append(out, statistic{name, n, s.tallies.read(name, n)})
	}
	return out
}
