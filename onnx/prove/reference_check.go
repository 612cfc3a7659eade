package prove

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"molserve/preprocess/graph"
)

// againstReference compares ONNX Runtime with the float64 network written from the paper, on every
// golden record and every probe.
func againstReference(ctx context.Context, s *subject) (outcome, error) {
	return s.compareWithTruth(ctx, s.all(), "molecules")
}

func (s *subject) compareWithTruth(ctx context.Context, graphs []*graph.Graph, what string) (outcome, error) {
	if s.networkErr != nil {
		return outcome{}, s.networkErr
	}
	got, err := s.answers(ctx, graphs)
	if err != nil {
		return outcome{}, err
	}
	want, err := s.truth(ctx, graphs)
	if err != nil {
		return outcome{}, err
	}
	var f finding
	f.compare(got, want, f.closeTo, "molecule")
	return f.say("%d %s, %d numbers, %s in float64", len(graphs), what, f.compared, s.manifest.Architecture.Name), nil
}

// truth returns what the reference network says of each graph; it remembers. It fails unless the
// network speaks of every output tensor of the manifest and of no other.
func (s *subject) truth(ctx context.Context, graphs []*graph.Graph) ([]answer, error) {
	fresh := unknown(s.truthOf, graphs)
	answers, errs := make([]answer, len(fresh)), make([]error, len(fresh))
	parallel(len(fresh), func(i int) {
		if ctx.Err() == nil {
			answers[i], errs[i] = s.forward(fresh[i])
		}
	})
	if err := cmp.Or(context.Cause(ctx), errors.Join(errs...)); err != nil {
		return nil, err
	}
	for i, g := range fresh {
		s.truthOf[g] = answers[i]
	}
	return lookUp(s.truthOf, graphs), nil
}

func (s *subject) forward(g *graph.Graph) (answer, error) {
	out, err := s.network.Forward(g)
	if err != nil {
		return nil, err
	}
	a := answer{}
	for name, v := range out {
		if _, ok := s.per[name]; !ok {
			return nil, fmt.Errorf("the reference has an output %s that the manifest does not name", name)
		}
		a[name] = v.Data
	}
	for name := range s.per {
		if _, ok := a[name]; !ok {
			return nil, fmt.Errorf("the reference has no output %s", name)
		}
	}
	return a, nil
}

// expected is the truth where there is a reference, else what the network says of each graph alone.
func (s *subject) expected(ctx context.Context, graphs []*graph.Graph) ([]answer, error) {
	if s.network != nil {
		return s.truth(ctx, graphs)
	}
	return s.singles(ctx, graphs)
}

// singles returns what the network says of each graph alone.
func (s *subject) singles(ctx context.Context, graphs []*graph.Graph) ([]answer, error) {
	answers := make([]answer, len(graphs))
	for i, g := range graphs {
		said, err := s.run(ctx, []*graph.Graph{g}, graph.Padding{})
		if err != nil {
			return nil, err
		}
		answers[i] = said[0]
	}
	return answers, nil
}

// The random features: of how many molecules, and one number in how many is not zero. All in use
// would drive most ReLUs one way and hide the weights behind them (docs/checks.md has the figures).
const (
	noisy   = 64
	oneIn   = 4
	loudest = 4 // the numbers lie in [0,loudest)
)

// referenceOnNoise compares with the reference on molecules whose features are random: it reaches the
// weights of features that no probe has, such as a rare element's.
func referenceOnNoise(ctx context.Context, s *subject) (outcome, error) {
	r := seeded()
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
