package prove

import (
	"context"
	"math/rand/v2"

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
	for range n {
		mix := make([]*graph.Graph, 2+r.IntN(mostMates-1))
		want := make([]answer, len(mix))
		for i := range mix {
			k := r.IntN(len(graphs))
			mix[i], want[i] = graphs[k], alone[k]
		}
		got, err := s.run(ctx, mix, graph.Padding{})
		if err != nil {
			return outcome{}, err
		}
		s.close(got, want, "place", &f)
	}
	return f.say("%d random batches, %d numbers, against each molecule alone", n, f.compared), nil
}

// permutation compares graphs with their nodes in another order: outputs per graph stay, outputs per
// atom move along. A molecule's rows are moved, features carried; a structure's edges are found again.
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
		nodes := r.Perm(g.N)
		moved[i], expected[i] = g.Permute(nodes, r.Perm(g.E)), s.permuted(s.withoutEdges(want[i]), nodes)
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
