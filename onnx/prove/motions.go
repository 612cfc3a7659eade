package prove

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// matrix acts on columns (x, y, z).
type matrix = [3][3]float64

func rotated(r *rand.Rand, x structure) (structure, motion) { return turn(rotationOf(r), x) }

// reflected mirrors at a random plane through the origin: a rotation times inversion.
func reflected(r *rand.Rand, x structure) (structure, motion) {
	m := rotationOf(r)
	for a := range m {
		m[a] = times(-1, m[a])
	}
	return turn(m, x)
}

// farthest is how far translations go along each axis, Å.
const farthest = 20

func translated(r *rand.Rand, x structure) (structure, motion) {
	by := times(farthest, vec{2*r.Float64() - 1, 2*r.Float64() - 1, 2*r.Float64() - 1})
	for i := range x.Positions {
		x.Positions[i] = plus(x.Positions[i], by)
	}
	return x, motion{}
}

func reordered(r *rand.Rand, x structure) (structure, motion) {
	to := r.Perm(len(x.Numbers))
	p := x.clone()
	for i, j := range to {
		p.Numbers[j], p.Positions[j] = x.Numbers[i], x.Positions[i]
	}
	for i, v := range x.Velocities {
		p.Velocities[to[i]] = v
	}
	for k, ij := range x.Pairs {
		p.Pairs[k] = [2]int32{int32(to[ij[0]]), int32(to[ij[1]])}
	}
	return p, motion{nodes: to}
}

// motion is what a structure underwent. The zero value leaves every answer as it is.
type motion struct {
	turn  *geometry.WignerD
	by    matrix // of turn
	nodes []int  // atom i became atom nodes[i]
}

// turn applies m to positions and cell.
func turn(m matrix, x structure) (structure, motion) {
	for i, p := range x.Positions {
		x.Positions[i] = apply(&m, p)
	}
	for i, v := range x.Velocities {
		x.Velocities[i] = apply(&m, v)
	}
	if x.Cell != nil {
		for a, v := range x.Cell {
			x.Cell[a] = apply(&m, v)
		}
	}
	d, err := geometry.NewWignerD(geometry.LMax, m)
	if err != nil {
		panic(err) // m is orthogonal
	}
	return x, motion{turn: d, by: m}
}

func apply(m *matrix, v vec) vec { return vec{dot(m[0], v), dot(m[1], v), dot(m[2], v)} }

// rotationOf is a random rotation: two random directions made orthonormal, and their product.
func rotationOf(r *rand.Rand) matrix {
	a := direction(r)
	b := direction(r)
	for dot(a, b) > 0.9 || dot(a, b) < -0.9 {
		b = direction(r)
	}
	c := cross(a, b)
	c = times(1/math.Sqrt(dot(c, c)), c)
	return matrix{a, cross(c, a), c}
}

// of returns what the answer for h must be, which was made of the structure of g after the motion. Tensors per
// edge are left out where other edges were found. An edge force is seen in the forces.
func (m motion) of(s *subject, a answer, g, h *graph.Graph) answer {
	moved := answer{}
	edges, same := m.edges(g, h)
	for name, v := range a {
		if s.per[name] == graph.PerEdge && (!same || name == s.gradient) {
			continue
		}
		if m.turn != nil {
			v = s.turned(m.turn, name, v, g)
		}
		moved[name] = v
	}
	nodes := m.nodes
	if nodes == nil {
		nodes = seriesOf(g.N)
	}
	return s.permuted(moved, nodes, edges)
}

// seriesOf is 0 … n−1.
func seriesOf(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// How often each specimen is moved.
const turnsEach = 2

// moved moves every specimen, has its graph made again, and compares.
func (s *subject) moved(ctx context.Context, move func(*rand.Rand, structure) (structure, motion), how string) (outcome, error) {
	graphs, err := s.specimens(ctx)
	if err != nil {
		return outcome{}, err
	}
	r := seeded()
	var places []structure
	var motions []motion
	for range turnsEach {
		for _, g := range graphs {
			x, m := move(r, structureOf(g))
			places, motions = append(places, x), append(motions, m)
		}
	}
	again, err := s.rebuild(ctx, places...)
	if err != nil {
		return outcome{}, err
	}
	f, err := s.held(ctx, graphs, again, motions)
	return f.say("%d structures %s, %d numbers", len(again), how, f.compared), err
}

// held compares again, graphs made of the structures of graphs after motions, each as often as there are motions of
// it, with what the motions make of the answers for graphs.
func (s *subject) held(ctx context.Context, graphs, again []*graph.Graph, motions []motion) (*finding, error) {
	f := &finding{}
	before, err := s.answers(ctx, graphs)
	if err != nil {
		return f, err
	}
	got, err := s.answers(ctx, again)
	if err != nil {
		return f, err
	}
	var want []answer
	for k, h := range again {
		i := k % len(graphs)
		want = append(want, motions[k].of(s, before[i], graphs[i], h))
	}
	s.close(got, want, "structure", f)
	return f, nil
}

// rotation turns structures: invariants stay, all else turns with D(R).
func rotation(ctx context.Context, s *subject) (outcome, error) {
	return s.moved(ctx, rotated, "rotated at random")
}

// reflection mirrors structures: parities show.
func reflection(ctx context.Context, s *subject) (outcome, error) {
	return s.moved(ctx, reflected, "reflected at random planes")
}

func translation(ctx context.Context, s *subject) (outcome, error) {
	return s.moved(ctx, translated, fmt.Sprintf("moved by up to %d Å", farthest))
}
