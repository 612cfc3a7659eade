package prove

import (
	"context"
	"fmt"
	"slices"

	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// goldenFile counts what golden.json lacks: cases, probes, a single atom, mixed sizes, tensors of the manifest.
func goldenFile(_ context.Context, s *subject) (outcome, error) {
	if s.goldenErr != nil {
		return outcome{}, s.goldenErr
	}
	var f faults
	g := s.golden
	if len(g.Cases) < leastCases {
		f.add("%d cases, fewer than %d", len(g.Cases), leastCases)
	}
	var answered []preprocess.Record
	for _, c := range g.Cases {
		answered = append(answered, c.Records...)
	}
	if n := distinct(answered); n < leastCases {
		f.add("%d distinct records in the cases, fewer than %d", n, leastCases)
	}
	if n := distinct(g.Probe); n < leastProbes {
		f.add("%d distinct probes, fewer than %d", n, leastProbes)
	}
	for i, c := range g.Cases {
		s.checkCase(&f, i, c)
	}
	s.checkVariety(&f)
	s.checkSpread(&f)
	if len(f) > 0 {
		return f.outcome(), nil
	}
	s.usable = true
	return outcome{detail: fmt.Sprintf("%d cases, %d probes", len(g.Cases), len(g.Probe))}, nil
}

func distinct(records []preprocess.Record) int {
	seen := map[string]bool{}
	for _, r := range records {
		seen[string(r.Kind)+" "+r.Text] = true
	}
	return len(seen)
}

// checkCase holds a case against the manifest's inputs and outputs.
func (s *subject) checkCase(f *faults, i int, c goldenCase) {
	if len(c.Records) == 0 || len(c.Values) != len(c.Records) {
		f.add("case %d has %d values for %d records", i, len(c.Values), len(c.Records))
	}
	if len(c.Records) > 1 && !hasMates(s) {
		f.add("case %d has %d records; with an output per batch each case has one", i, len(c.Records))
	}
	var inputs []string
	for _, in := range s.manifest.Inputs {
		inputs = append(inputs, in.Tensor)
		if t, ok := c.Tensors[in.Tensor]; ok && t.DType != in.DType {
			f.add("case %d: %s is %s, not %s", i, in.Tensor, t.DType, in.DType)
		}
	}
	slices.Sort(inputs)
	if got := sortedKeys(c.Tensors); !slices.Equal(got, inputs) {
		f.add("case %d has tensors %v, not %v", i, got, inputs)
	}
	if got, want := sortedKeys(c.Outputs), tensorNames(s.manifest); !slices.Equal(got, want) {
		f.add("case %d has outputs %v, not %v", i, got, want)
	}
}

func sortedKeys(m map[string]goldenTensor) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// checkVariety asks for a graph of one node, for a batch of unequal graphs and, where there is a cutoff,
// for a periodic cell.
func (s *subject) checkVariety(f *faults) {
	if len(s.refused) > 0 {
		return // the next check says so
	}
	single, mixed, periodic := false, false, !hasCutoff(s)
	var first *graph.Graph // of a batch, or of all where each runs alone
	for _, graphs := range s.cases {
		if hasMates(s) {
			first = nil
		}
		for _, g := range graphs {
			if first == nil {
				first = g
			}
			single = single || g.N == 1
			mixed = mixed || g.N != first.N
			periodic = periodic || structureOf(g).periodic()
		}
	}
	if n := len(withEdges(s.probes)); s.level > Golden && 2*n < len(s.probes) {
		f.add("%d of %d probes have edges, fewer than half: no law shows on lone atoms", n, len(s.probes))
	}
	if !single {
		f.add("no case has a single atom")
	}
	if !mixed {
		f.add("no case has molecules of different sizes")
	}
	if !periodic {
		f.add("no case has a periodic cell")
	}
}

// records counts those that the Go reader refuses.
func records(_ context.Context, s *subject) (outcome, error) {
	if len(s.refused) > 0 {
		s.usable = len(s.all()) > 1
		return s.refused.outcome(), nil
	}
	return outcome{detail: fmt.Sprintf("%d records built", len(s.all()))}, nil
}
