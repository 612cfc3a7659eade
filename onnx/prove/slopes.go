package prove

import (
	"context"
	"fmt"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// The step of a slope. The float64 reference takes a small one; a float32 network needs one that its
// rounding does not drown, and then three digits are the most that can be told (export.md §4).
const (
	step         = 1e-3 // Å, or strain
	stepOfFloats = 2e-2
	slopeBound   = 1e-4 // eV/Å, relative above 1: the contract's bound of forces
	floatBound   = 5e-2
)

func bySlope(s *subject) float64 {
	if hasArchitecture(s) {
		return slopeBound
	}
	return floatBound
}

// slope is one derivative of the energy to take: along(h) is the structure at a step h.
type slope struct {
	along  func(h float64) structure
	served float64 // what the model says that it is
	place  string
}

// slopes compares with differences of fourth order, (8 (E(h) − E(−h)) − (E(2h) − E(−2h))) / 12h, of the
// reference's energy, or of the network's own where there is no reference.
func (s *subject) slopes(ctx context.Context, all []slope) (*finding, error) {
	h, energies := step, s.truth
	if s.network == nil {
		h, energies = stepOfFloats, s.answers
	}
	var places []structure
	for _, d := range all {
		for _, by := range []float64{h, -h, 2 * h, -2 * h} {
			places = append(places, d.along(by))
		}
	}
	graphs, err := s.rebuild(ctx, places...)
	if err != nil {
		return nil, err
	}
	said, err := energies(ctx, graphs)
	if err != nil {
		return nil, err
	}
	f := &finding{}
	for i, d := range all {
		e := func(k int) float64 { return scaleOf(&s.energy) * s.columnOf(&s.energy, said[4*i+k]) }
		found := (8*(e(0)-e(1)) - (e(2) - e(3))) / (12 * h)
		f.see(relative(d.served, found), func() string { return fmt.Sprintf("%s: %g served, the slope is %g", d.place, d.served, found) })
	}
	return f, nil
}

// columnOf is an output's number in an answer, per graph.
func (s *subject) columnOf(o *onnx.Output, a answer) float64 {
	if o.Column != nil {
		return a[o.Tensor][*o.Column]
	}
	return a[o.Tensor][0]
}

// How many structures the slopes are taken of, and coordinates of each.
func (s *subject) sloped() (structures, each int) {
	if s.level == Full {
		return 16, 12
	}
	return 4, 6
}

// forcesAreSlopes holds the served forces against the slope of the energy.
func forcesAreSlopes(ctx context.Context, s *subject) (outcome, error) {
	graphs, err := s.specimens(ctx)
	if err != nil {
		return outcome{}, err
	}
	n, each := s.sloped()
	graphs = spread(slices.DeleteFunc(slices.Clone(graphs), func(g *graph.Graph) bool { return g.E == 0 }), n)
	f, err := s.served(ctx, graphs, "forces")
	if err != nil {
		return outcome{}, err
	}
	r := seeded()
	var all []slope
	for i, g := range graphs {
		for range each {
			k := r.IntN(3 * g.N)
			along := func(h float64) structure {
				x := structureOf(g)
				x.Positions[k/3][k%3] += h
				return x
			}
			all = append(all, slope{along, -f[i][k], fmt.Sprintf("structure %d, −F[%d,%d]", i, k/3, k%3)})
		}
	}
	found, err := s.slopes(ctx, all)
	if err != nil {
		return outcome{}, err
	}
	return found.say("%d coordinates of %d structures, %s", len(all), len(graphs), s.slopeTruth()), nil
}

func (s *subject) slopeTruth() string {
	if s.network == nil {
		return "differences of the network's own float32 energy"
	}
	return "differences of the reference's energy"
}

// virialIsSlope holds the served virial W = −∂E/∂ε against the slope under a strain r_b ← r_b + ε r_a of
// atoms and cell.
func virialIsSlope(ctx context.Context, s *subject) (outcome, error) {
	crystals, err := s.crystals(ctx)
	if err != nil {
		return outcome{}, err
	}
	n, _ := s.sloped()
	crystals = spread(crystals, max(2, n/4))
	w, err := s.served(ctx, crystals, "virial")
	if err != nil {
		return outcome{}, err
	}
	var all []slope
	for i, g := range crystals {
		if len(w[i]) != 9 {
			return outcome{}, fmt.Errorf("structure %d repeats and has no virial", i)
		}
		for k := range 9 {
			along := func(h float64) structure { return strained(structureOf(g), k/3, k%3, h) }
			all = append(all, slope{along, -w[i][k], fmt.Sprintf("structure %d, −W[%d,%d]", i, k/3, k%3)})
		}
	}
	found, err := s.slopes(ctx, all)
	if err != nil {
		return outcome{}, err
	}
	return found.say("%d components of %d crystals, %s", len(all), len(crystals), s.slopeTruth()), nil
}

func strained(x structure, a, b int, h float64) structure {
	for i := range x.Positions {
		x.Positions[i][b] += h * x.Positions[i][a]
	}
	for i := range x.Cell {
		x.Cell[i][b] += h * x.Cell[i][a]
	}
	return x
}

// spread returns at most n of graphs, from all over.
func spread(graphs []*graph.Graph, n int) []*graph.Graph {
	if len(graphs) <= n {
		return graphs
	}
	some := make([]*graph.Graph, n)
	for i := range some {
		some[i] = graphs[i*len(graphs)/n]
	}
	return some
}
