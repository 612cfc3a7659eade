package prove

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// structure is atoms in space, to be moved before graphs are made of them again.
type structure struct {
	Numbers   []uint8        // [N]
	Positions [][3]float64   // [N] Å
	Cell      *[3][3]float64 // rows are the cell vectors, Å; nil: none
	PBC       [3]bool

	// What was sent besides, where the model takes it.
	Velocities   [][3]float64 // [N] Å/fs; nil: none
	Charge       int          // e
	Multiplicity int          // 2S + 1; 0: not said
	Auxiliary    []float32    // nil: none
	Pairs        [][2]int32   // [P]; nil: none
}

// structureOf copies what a graph was made of.
func structureOf(g *graph.Graph) structure {
	return structure{g.Numbers, g.Positions, g.Cell, g.Periodic,
		g.Velocities, g.Charge, g.Multiplicity, g.Auxiliary, g.Pairs}.clone()
}

func (x structure) clone() structure {
	x.Numbers, x.Positions = slices.Clone(x.Numbers), slices.Clone(x.Positions)
	x.Velocities, x.Pairs = slices.Clone(x.Velocities), slices.Clone(x.Pairs)
	if x.Cell != nil {
		cell := *x.Cell
		x.Cell = &cell
	}
	return x
}

func (x structure) periodic() bool { return x.PBC != [3]bool{} }

// stretched is x with all its lengths f times as long.
func (x structure) stretched(f float64) structure {
	x = x.clone()
	for i := range x.Positions {
		x.Positions[i] = times(f, x.Positions[i])
	}
	if x.Cell != nil {
		for a := range x.Cell {
			x.Cell[a] = times(f, x.Cell[a])
		}
	}
	return x
}

// closest is the least distance between two atoms, images apart, Å; +Inf of one atom.
func (x structure) closest() float64 {
	least := math.Inf(1)
	for i, p := range x.Positions {
		for _, q := range x.Positions[:i] {
			d := plus(p, times(-1, q))
			least = min(least, dot(d, d))
		}
	}
	return math.Sqrt(least)
}

// record writes x as a request does, every digit of it.
func (x structure) record() preprocess.Record {
	numbers := make([]int, len(x.Numbers)) // bytes would be base64
	for i, z := range x.Numbers {
		numbers[i] = int(z)
	}
	atoms := map[string]any{"numbers": numbers, "positions": x.Positions, "cell": x.Cell, "pbc": x.PBC}
	if x.Velocities != nil {
		atoms["velocities"] = x.Velocities
	}
	if x.Charge != 0 {
		atoms["charge"] = x.Charge
	}
	if x.Multiplicity != 0 {
		atoms["spin_multiplicity"] = x.Multiplicity
	}
	r := preprocess.Record{Kind: preprocess.Atoms, Text: asJSON(atoms)}
	if x.Auxiliary != nil {
		r.Auxiliary = asJSON(x.Auxiliary)
	}
	if x.Pairs != nil {
		r.Pairs = asJSON(x.Pairs)
	}
	return r
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a number that is not finite: the checks make none
	}
	return string(text)
}

// rebuild makes graphs of structures from their text, as a server does: neighbours are found again.
func (s *subject) rebuild(ctx context.Context, structures ...structure) ([]*graph.Graph, error) {
	records := make([]preprocess.Record, len(structures))
	for i, x := range structures {
		records[i] = x.record()
	}
	graphs, rows, err := s.model.Build(ctx, records, onnx.Options{})
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		if r.Err != nil {
			return nil, fmt.Errorf("%s: %w", records[i].Text, errors.Join(r.Err, r.Cause))
		}
	}
	return graphs, nil
}

// How many probes are shaken to make random structures, and how far, in Å.
const (
	shakenAtGate = 16
	shakenInFull = 64
	shake        = 0.05
)

// specimens are the structures that the laws of geometry are tried on: every golden record, and probes
// whose atoms are moved at random. Made once.
func (s *subject) specimens(ctx context.Context) ([]*graph.Graph, error) {
	if s.specimensOf != nil {
		return s.specimensOf, nil
	}
	n := shakenAtGate
	if s.level == Full {
		n = shakenInFull
	}
	shaken, err := s.rebuild(ctx, s.shaken(seeded(), n)...)
	if err != nil {
		return nil, err
	}
	s.specimensOf = append(slices.Concat(s.cases...), shaken...)
	return s.specimensOf, nil
}

// shaken returns n probes with each coordinate moved by a normal deviate.
func (s *subject) shaken(r *rand.Rand, n int) []structure {
	var out []structure
	for _, g := range s.probes[:min(n, len(s.probes))] {
		x := structureOf(g)
		for i := range x.Positions {
			for a := range 3 {
				x.Positions[i][a] += shake * r.NormFloat64()
			}
		}
		out = append(out, x)
	}
	return out
}

// isolated are the specimens that do not repeat and have at least n atoms; where all repeat, what is in their cells.
func (s *subject) isolated(ctx context.Context, n int) ([]*graph.Graph, error) {
	all, err := s.specimens(ctx)
	if err != nil {
		return nil, err
	}
	var alone []*graph.Graph
	var cut []structure
	for _, g := range all {
		x := structureOf(g)
		switch {
		case g.N < n:
		case !x.periodic():
			alone = append(alone, g)
		default:
			x.Cell, x.PBC = nil, [3]bool{}
			cut = append(cut, x)
		}
	}
	if len(alone) > 0 {
		return alone, nil
	}
	return s.rebuild(ctx, cut...)
}

// fits tells whether the model takes so many atoms.
func (s *subject) fits(atoms int) bool { return atoms <= s.manifest.Chemistry.MaxAtoms }

// vec is a vector of space.
type vec = [3]float64

func plus(a, b vec) vec { return vec{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }

func times(f float64, a vec) vec { return vec{f * a[0], f * a[1], f * a[2]} }

func cross(a, b vec) vec {
	return vec{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

func dot(a, b vec) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// direction is a random unit vector.
func direction(r *rand.Rand) vec {
	for {
		v := vec{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		if n := dot(v, v); n > 1e-6 {
			return times(1/math.Sqrt(n), v)
		}
	}
}
