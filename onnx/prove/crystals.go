package prove

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"molserve/preprocess/graph"
)

// crystals are the specimens that repeat, and others put into a skewed cell. Made once.
func (s *subject) crystals(ctx context.Context) ([]*graph.Graph, error) {
	if s.crystalsOf != nil {
		return s.crystalsOf, nil
	}
	all, err := s.specimens(ctx)
	if err != nil {
		return nil, err
	}
	n, _ := s.sloped()
	alone, err := s.isolated(ctx, 2)
	if err != nil {
		return nil, err
	}
	r := seeded()
	var boxed []structure
	for _, g := range spread(alone, n) {
		boxed = append(boxed, boxedIn(r, structureOf(g)))
	}
	fresh, err := s.rebuild(ctx, boxed...)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if structureOf(g).periodic() {
			fresh = append(fresh, g)
		}
	}
	if len(fresh) == 0 {
		return nil, errors.New("there is no structure to repeat")
	}
	s.crystalsOf = fresh
	return fresh, nil
}

// gap is between the images of a boxed structure, Å.
const gap = 2.5

// boxedIn gives x a cell that leaves a gap on each side, a little skewed.
func boxedIn(r *rand.Rand, x structure) structure {
	cell := [3][3]float64{}
	for a := range 3 {
		least, most := extent(x.Positions, func(p vec) float64 { return p[a] })
		cell[a][a] = most - least + gap
		for b := range a {
			cell[a][b] = r.Float64() - 0.5
		}
	}
	x.Cell, x.PBC = &cell, [3]bool{true, true, true}
	return x
}

// wrapping moves atoms by whole cell vectors: nothing changes.
func wrapping(ctx context.Context, s *subject) (outcome, error) {
	crystals, err := s.crystals(ctx)
	if err != nil {
		return outcome{}, err
	}
	r := seeded()
	var moved []structure
	for _, g := range crystals {
		x := structureOf(g)
		for i := range x.Positions {
			for a, repeats := range x.PBC {
				if repeats {
					x.Positions[i] = plus(x.Positions[i], times(float64(r.IntN(5)-2), x.Cell[a]))
				}
			}
		}
		moved = append(moved, x)
	}
	again, err := s.rebuild(ctx, moved...)
	if err != nil {
		return outcome{}, err
	}
	f, err := s.held(ctx, crystals, again, make([]motion, len(again)))
	return f.say("%d crystals with atoms moved by whole cells", len(again)), err
}

// supercell doubles cells along the first direction that repeats: what is extensive doubles, what is of
// an atom stands twice.
func supercell(ctx context.Context, s *subject) (outcome, error) {
	crystals, err := s.crystals(ctx)
	if err != nil {
		return outcome{}, err
	}
	crystals = slices.DeleteFunc(slices.Clone(crystals), func(g *graph.Graph) bool { return !s.fits(2 * g.N) })
	if len(crystals) == 0 {
		if crystals, err = s.smallCrystals(ctx); err != nil {
			return outcome{}, err
		}
	}
	var doubles []structure
	for _, g := range crystals {
		doubles = append(doubles, doubled(structureOf(g)))
	}
	graphs, err := s.rebuild(ctx, doubles...)
	if err != nil {
		return outcome{}, err
	}
	got, err := s.answers(ctx, graphs)
	if err != nil {
		return outcome{}, err
	}
	one, err := s.answers(ctx, crystals)
	if err != nil {
		return outcome{}, err
	}
	var f finding
	for i, a := range one {
		s.addsUp(&f, got[i], []answer{a, a}, place("crystal", i))
		for name, v := range a {
			if s.per[name] == "atom" { // forces are among what adds up
				f.closeTo(got[i][name], slices.Concat(v, v), func() string { return place("crystal", i) + ", " + name })
			}
		}
	}
	return f.say("%d crystals with their cells doubled", len(crystals)), nil
}

// smallCrystals are the first atoms of the others, as many as fit twice.
func (s *subject) smallCrystals(ctx context.Context) ([]*graph.Graph, error) {
	n := s.manifest.Chemistry.MaxAtoms / 2
	if n == 0 {
		return nil, errors.New("chemistry.max_atoms lets in no two atoms")
	}
	alone, err := s.isolated(ctx, n)
	if err != nil {
		return nil, err
	}
	r := seeded()
	var small []structure
	for _, g := range alone {
		x := structureOf(g)
		x.Numbers, x.Positions, x.Pairs = x.Numbers[:n], x.Positions[:n], nil
		if x.Velocities != nil {
			x.Velocities = x.Velocities[:n]
		}
		small = append(small, boxedIn(r, x))
	}
	return s.rebuild(ctx, small...)
}

func doubled(x structure) structure {
	a := slices.Index(x.PBC[:], true)
	for _, p := range x.Positions {
		x.Positions = append(x.Positions, plus(p, x.Cell[a]))
	}
	x.Numbers, x.Velocities = append(x.Numbers, x.Numbers...), append(x.Velocities, x.Velocities...)
	x.Charge *= 2
	x.Cell[a] = times(2, x.Cell[a])
	return x
}
