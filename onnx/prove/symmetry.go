package prove

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// How much the seeded checks try.
const (
	seed        = 2019 // of every random choice
	mixes       = 64   // batches of random graphs; of structures at the gate mixesAtGate
	mixesAtGate = 8
	mostMates   = 24 // graphs in a mix, at least 2
	repeats     = 8  // runs of the same bytes
)

func seeded() *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// batchMates compares graphs in random company, in random places, with the same graphs alone.
func batchMates(ctx context.Context, s *subject) (outcome, error) {
	graphs, n := s.referred(), mixes
	if s.geometric && s.level < Full {
		n = mixesAtGate
	}
	alone, err := s.singles(ctx, graphs)
	if err != nil {
		return outcome{}, err
	}
	var f finding
	r := seeded()
	crowd := s.crowd(graphs)
	all := [][]int{crowd}
	for range n {
		mix := make([]int, 2+r.IntN(mostMates-1))
		for k := range mix {
			mix[k] = r.IntN(len(graphs))
		}
		all = append(all, mix)
	}
	for _, which := range all {
		if err := s.inMix(ctx, &f, graphs, alone, which); err != nil {
			return outcome{}, err
		}
	}
	return f.say("%d random batches and one of %d, %d numbers, against each molecule alone", n, len(crowd), f.compared), nil
}

// inMix compares some graphs in one batch with what each said alone.
func (s *subject) inMix(ctx context.Context, f *finding, graphs []*graph.Graph, alone []answer, which []int) error {
	mix, want := make([]*graph.Graph, len(which)), make([]answer, len(which))
	for k, g := range which {
		mix[k], want[k] = graphs[g], alone[g]
	}
	got, err := s.run(ctx, mix, graph.Padding{})
	if err == nil {
		s.close(got, want, "place", f)
	}
	return err
}

// crowd is as many graphs as a run may hold, the smallest of all, again and again where there are fewer: a
// server puts no more of them together. Where the manifest sets no limits they have no more atoms than
// mostAtOnce graphs of middling size, which is what a server that measures takes at most.
func (s *subject) crowd(graphs []*graph.Graph) []int {
	bySize := seriesOf(len(graphs))
	slices.SortStableFunc(bySize, func(a, b int) int { return cmp.Compare(graphs[a].N, graphs[b].N) })
	atoms, load := 0, onnx.Load{}
	for _, g := range graphs {
		atoms += g.N
	}
	full := func(l onnx.Load) bool { return l.Atoms*len(graphs) > atoms*mostAtOnce }
	if s.manifest.Batch != nil {
		full = func(l onnx.Load) bool { return !s.model.Fits(l) }
	}
	var crowd []int
	for len(crowd) < s.model.MostGraphs() {
		k := bySize[len(crowd)%len(bySize)]
		load = load.Plus(s.model.LoadOf(graphs[k]))
		if len(crowd) > 0 && full(load) {
			break
		}
		crowd = append(crowd, k)
	}
	return crowd
}

// permutation compares graphs with their nodes in another order: outputs per graph stay, outputs per
// atom and per edge move along. A molecule's rows are moved, features carried; a structure's edges are found again.
func permutation(ctx context.Context, s *subject) (outcome, error) {
	if s.geometric {
		return s.moved(ctx, reordered, "with atoms in random order")
	}
	graphs := s.all()
	want, err := s.answers(ctx, graphs)
	if err != nil {
		return outcome{}, err
	}
	r := seeded()
	moved, expected := make([]*graph.Graph, len(graphs)), make([]answer, len(graphs))
	for i, g := range graphs {
		nodes, edges := r.Perm(g.N), r.Perm(g.E)
		moved[i], expected[i] = g.Permute(nodes, edges), s.permuted(want[i], nodes, edges)
	}
	got, err := s.answers(ctx, moved)
	if err != nil {
		return outcome{}, err
	}
	var f finding
	s.close(got, expected, "molecule", &f)
	return f.say("%d molecules with atoms and bonds in random order", len(graphs)), nil
}

// repeatable runs the same batch again and again, some runs side by side, and counts other bits.
func repeatable(ctx context.Context, s *subject) (outcome, error) {
	graphs := s.all()
	graphs = graphs[:min(batchSize, len(graphs))]
	first, err := s.run(ctx, graphs, graph.Padding{})
	if err != nil {
		return outcome{}, err
	}
	again, errs := make([][]answer, repeats), make([]error, repeats)
	parallel(repeats, func(i int) { again[i], errs[i] = s.run(ctx, graphs, graph.Padding{}) })
	var f finding
	for i, got := range again {
		if errs[i] != nil {
			return outcome{}, errs[i]
		}
		s.same(got, first, "molecule", &f)
	}
	return f.say("%d runs of one batch of %d, to the bit", repeats, len(graphs)), nil
}
