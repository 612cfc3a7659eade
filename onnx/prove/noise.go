package prove

import (
	"context"
	"math/rand/v2"

	"molserve/preprocess/graph"
)

// The random features: of how many molecules, and one number in how many is not zero. All in use
// would drive most ReLUs one way and hide the weights behind them (docs/checks.md has the figures).
const (
	noisy       = 64
	noisyAtGate = 16 // structures
	oneIn       = 4
	loudest     = 4 // the numbers lie in [0,loudest)
)

// referenceOnNoise compares with the reference on inputs that no probe has: molecules whose features are
// random, so that the weights of a rare element are reached; structures whose atoms are moved and whose
// elements are drawn at random.
func referenceOnNoise(ctx context.Context, s *subject) (outcome, error) {
	r := seeded()
	if s.geometric {
		return referenceOnShaken(ctx, s, r)
	}
	graphs := s.all()
	graphs = graphs[:min(noisy, len(graphs))]
	noise := make([]*graph.Graph, len(graphs))
	for i, g := range graphs {
		n := *g
		n.NodeFeatures, n.EdgeFeatures = sparse(r, len(g.NodeFeatures)), sparse(r, len(g.EdgeFeatures))
		noise[i] = &n
	}
	return s.compareWithTruth(ctx, noise, "molecules with random features")
}

// apart is the least distance between atoms whose elements are drawn, Å. Oxygens where hydrogens were
// would make energies of thousands of eV, which no structure has that a model is asked about.
const apart = 1.6

// referenceOnShaken draws elements for shaken structures, which are stretched to keep their atoms apart.
func referenceOnShaken(ctx context.Context, s *subject, r *rand.Rand) (outcome, error) {
	n := noisy
	if s.level == Gate {
		n = noisyAtGate
	}
	places := s.shaken(r, n)
	for k, x := range places {
		for i := range x.Numbers {
			x.Numbers[i] = s.anyElement(r, x.Numbers[i])
		}
		places[k] = x.stretched(max(1, apart/x.closest()))
	}
	noise, err := s.rebuild(ctx, places...)
	if err != nil {
		return outcome{}, err
	}
	return s.compareWithTruth(ctx, noise, "structures with random places and elements")
}

// anyElement draws one that the model knows; z stays where it knows all.
func (s *subject) anyElement(r *rand.Rand, z uint8) uint8 {
	if known := s.model.Spec().Elements; len(known) > 0 {
		return known[r.IntN(len(known))]
	}
	return z
}

// sparse returns n numbers, most of them zero.
func sparse(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		if r.IntN(oneIn) == 0 {
			v[i] = loudest * r.Float32()
		}
	}
	return v
}
