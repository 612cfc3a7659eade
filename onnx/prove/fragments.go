package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"molserve/preprocess/graph"
)

// farApart is between two fragments, Å.
const farApart = 50

// farFragments puts two structures into one, far apart: what is extensive adds up.
func farFragments(ctx context.Context, s *subject) (outcome, error) {
	graphs, err := s.isolated(ctx, 1)
	if err != nil {
		return outcome{}, err
	}
	var both []structure
	var of []*graph.Graph // two of each
	if len(graphs) == 0 {
		return outcome{}, errors.New("there are no structures")
	}
	least := slices.MinFunc(graphs, func(a, b *graph.Graph) int { return a.N - b.N })
	for i := 0; i < len(graphs); i += 2 {
		a, b := graphs[i], graphs[min(i+1, len(graphs)-1)]
		if !s.fits(a.N + b.N) {
			b = least
		}
		if s.fits(a.N + b.N) {
			both, of = append(both, together(structureOf(a), structureOf(b))), append(of, a, b)
		}
	}
	if len(both) == 0 {
		return outcome{}, fmt.Errorf("no two structures have chemistry.max_atoms = %d or fewer atoms together", s.manifest.Chemistry.MaxAtoms)
	}
	united, err := s.rebuild(ctx, both...)
	if err != nil {
		return outcome{}, err
	}
	whole, err := s.answers(ctx, united)
	if err != nil {
		return outcome{}, err
	}
	parts, err := s.answers(ctx, of)
	if err != nil {
		return outcome{}, err
	}
	var f finding
	for i, w := range whole {
		s.addsUp(&f, w, parts[2*i:2*i+2], fmt.Sprintf("pair %d", i))
	}
	return f.say("%d pairs of structures %d Å apart", len(whole), farApart), nil
}

// addsUp compares extensive outputs of a whole, in units but for the energies of atoms, with the sums of
// its parts; the forces of the whole with those of its parts.
func (s *subject) addsUp(f *finding, whole answer, parts []answer, place string) {
	for k := range s.manifest.Outputs {
		o := &s.manifest.Outputs[k]
		if !o.Extensive {
			continue
		}
		got, sum := scaleOf(o)*s.columnOf(o, whole)+shiftOf(o), 0.0
		for _, p := range parts {
			sum += scaleOf(o)*s.columnOf(o, p) + shiftOf(o)
		}
		f.see(relative(got, sum), func() string { return fmt.Sprintf("%s, %s: %v, its parts %v", place, o.Name, got, sum) })
		if s.gradient != "" && o.Name == s.energy.Name {
			var each []float64
			for _, p := range parts {
				each = append(each, p[forces]...)
			}
			s.closeForces(f, whole[forces], each, func() string { return place + ", forces" })
		}
	}
}

// together is a, and b beyond it along x.
func together(a, b structure) structure {
	x := func(p vec) float64 { return p[0] }
	_, right := extent(a.Positions, x)
	left, _ := extent(b.Positions, x)
	for _, p := range b.Positions {
		a.Positions = append(a.Positions, plus(p, vec{right - left + farApart}))
	}
	for _, p := range b.Pairs {
		n := int32(len(a.Numbers))
		a.Pairs = append(a.Pairs, [2]int32{n + p[0], n + p[1]})
	}
	a.Numbers, a.Velocities = append(a.Numbers, b.Numbers...), append(a.Velocities, b.Velocities...)
	a.Charge += b.Charge
	return a
}

func extent(positions []vec, of func(vec) float64) (least, most float64) {
	all := make([]float64, len(positions))
	for i, p := range positions {
		all[i] = of(p)
	}
	return slices.Min(all), slices.Max(all)
}
