package prove

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"molserve/preprocess/graph"
)

// How near to the cutoff a pair is put, in Å, and how near nothing else may be.
const (
	edgeOfReach = 1e-4
	elbowRoom   = 0.9
)

// smoothAtCutoff adds an atom just within the cutoff of another. Its edges must weigh nothing: without
// them, which is how the neighbours are a step further, every answer is the same.
func smoothAtCutoff(ctx context.Context, s *subject) (outcome, error) {
	graphs, err := s.isolated(ctx, 1)
	if err != nil {
		return outcome{}, err
	}
	r := seeded()
	var within, beyond []structure
	for _, g := range graphs {
		if a, b, ok := s.guest(r, g); ok && s.fits(g.N+1) {
			within, beyond = append(within, a), append(beyond, b)
		}
	}
	if len(within) == 0 {
		return outcome{}, errors.New("no structure has room for an atom at the cutoff")
	}
	all, err := s.rebuild(ctx, append(within, beyond...)...)
	if err != nil {
		return outcome{}, err
	}
	inside := all[:len(within)]
	outside := make([]*graph.Graph, len(inside))
	for i, g := range inside {
		added := int32(g.N - 1)
		outside[i] = dropEdges(g, func(k int) bool {
			return g.Src[k] != added && g.Dst[k] != added || g.Lengths[k] < *s.manifest.Graph.Cutoff-2*edgeOfReach
		})
		if after := all[len(within)+i]; g.E == outside[i].E || after.E != outside[i].E {
			return outcome{}, fmt.Errorf("structure %d has %d edges with an atom at the cutoff, %d without what is so long, %d a step beyond", i, g.E, outside[i].E, after.E)
		}
	}
	return s.alike(ctx, inside, outside, "structures with an atom %g Å within the cutoff, with and without its edge", edgeOfReach)
}

// guest adds an atom at the cutoff from a random one, a step within and a step beyond.
func (s *subject) guest(r *rand.Rand, g *graph.Graph) (within, beyond structure, ok bool) {
	const tries = 50
	for range tries {
		within, beyond = structureOf(g), structureOf(g)
		host, u, rc := g.Positions[r.IntN(g.N)], direction(r), *s.manifest.Graph.Cutoff
		at := plus(host, times(rc-edgeOfReach, u))
		if s.crowded(g, at) {
			continue
		}
		within.Numbers, beyond.Numbers = append(within.Numbers, g.Numbers[0]), append(beyond.Numbers, g.Numbers[0])
		if within.Velocities != nil {
			within.Velocities, beyond.Velocities = append(within.Velocities, vec{}), append(beyond.Velocities, vec{})
		}
		within.Positions = append(within.Positions, at)
		beyond.Positions = append(beyond.Positions, plus(host, times(rc+edgeOfReach, u)))
		return within, beyond, true
	}
	return within, beyond, false
}

// crowded tells a place that is too near to an atom, or nearly as far as the cutoff from a second one.
func (s *subject) crowded(g *graph.Graph, at vec) bool {
	const doubt = 1e-2
	rc, near := *s.manifest.Graph.Cutoff, 0
	for _, p := range g.Positions {
		d := plus(at, times(-1, p))
		if r2 := dot(d, d); r2 < elbowRoom*elbowRoom {
			return true
		} else if r2 > (rc-doubt)*(rc-doubt) && r2 < (rc+doubt)*(rc+doubt) {
			near++
		}
	}
	return near != 1
}

// dropEdges returns g with the edges that keep tells; opposite edges must go together.
func dropEdges(g *graph.Graph, keep func(k int) bool) *graph.Graph {
	u := *g
	u.Src, u.Dst, u.Reverse, u.Vectors, u.Lengths, u.Shifts = nil, nil, nil, nil, nil, nil
	moved := make([]int32, g.E)
	for k := range g.E {
		if !keep(k) {
			continue
		}
		moved[k] = int32(len(u.Src))
		u.Src, u.Dst = append(u.Src, g.Src[k]), append(u.Dst, g.Dst[k])
		u.Vectors, u.Lengths, u.Shifts = append(u.Vectors, g.Vectors[k]), append(u.Lengths, g.Lengths[k]), append(u.Shifts, g.Shifts[k])
	}
	u.E = len(u.Src)
	for k, back := range g.Reverse {
		if keep(k) {
			u.Reverse = append(u.Reverse, moved[back])
		}
	}
	return &u
}

// alike compares the answers for two lists of graphs, edges apart.
func (s *subject) alike(ctx context.Context, got, want []*graph.Graph, what string, args ...any) (outcome, error) {
	a, err := s.answers(ctx, got)
	if err != nil {
		return outcome{}, err
	}
	b, err := s.answers(ctx, want)
	if err != nil {
		return outcome{}, err
	}
	var f finding
	for i := range b {
		b[i] = s.withoutEdges(b[i])
	}
	s.close(a, b, "structure", &f)
	return f.say("%d "+what, append([]any{len(want)}, args...)...), nil
}
