package geometry_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"molserve/preprocess/geometry"
)

// sample is a structure of the zoo with a cutoff worth testing.
type sample struct {
	name   string
	s      geometry.Structure
	cutoff float64 // Å
}

var (
	bulk = [3]bool{true, true, true}
	slab = [3]bool{true, true, false}
	wire = [3]bool{false, false, true}
)

// zoo is one structure of each kind, different for each seed.
func zoo(seed uint64) []sample {
	rng := rand.New(rand.NewPCG(seed, 5))
	cube := func(a float64) geometry.Cell { return geometry.Cell{{a, 0, 0}, {0, a, 0}, {0, 0, a}} }
	small, sheared := randomCell(rng, 2), randomCell(rng, 6)
	left := geometry.Cell{sheared[1], sheared[0], sheared[2]}
	for x := range sheared[1] { // far beyond its shortest vectors
		sheared[1][x] += 7*sheared[0][x] - 3*sheared[2][x]
	}
	flatSlab, thinWire := randomCell(rng, 6), randomCell(rng, 5)
	flatSlab[2], thinWire[0], thinWire[1] = [3]float64{}, [3]float64{}, [3]float64{}
	return []sample{
		{"molecule", open(scatter(rng, 25, cube(7))), 5},
		{"gas in the open", open(scatter(rng, 300, cube(15))), 4},
		{"two far fragments", open(append(scatter(rng, 90, cube(8)), move(scatter(rng, 90, cube(8)), 3e5)...)), 4},
		{"bulk", periodic(scatter(rng, 40, cube(9)), cube(9), bulk), 5},
		{"large bulk", periodic(scatter(rng, 500, cube(18)), cube(18), bulk), 4},
		{"sheared bulk", periodic(scatter(rng, 12, sheared), sheared, bulk), 5},
		{"left-handed bulk", periodic(scatter(rng, 12, left), left, bulk), 5},
		{"images of images", periodic(scatter(rng, 3, small), small, bulk), 8},
		{"one atom", periodic(scatter(rng, 1, small), small, bulk), 7},
		{"slab", periodic(scatter(rng, 30, cube(7)), cube(7), slab), 5},
		{"slab without a third vector", periodic(scatter(rng, 30, cube(6)), flatSlab, slab), 6},
		{"wire", periodic(scatter(rng, 20, cube(5)), randomCell(rng, 5), wire), 8},
		{"wire with one vector", periodic(scatter(rng, 20, cube(5)), thinWire, wire), 8},
		{"outside its cell", periodic(scatter(rng, 40, cube(90)), cube(7), bulk), 4},
		{"coincident atoms", periodic(append(scatter(rng, 1, cube(4)), scatter(rand.New(rand.NewPCG(1, 1)), 1, cube(0))...), cube(4), bulk), 5},
		{"simple cubic at its own distances", periodic([][3]float64{{0, 0, 0}}, cube(2.5), bulk), 5},
	}
}

// randomCell has vectors of about length a and angles from 50° to 130°.
func randomCell(rng *rand.Rand, a float64) geometry.Cell {
	c := geometry.Cell{{a, 0, 0}, {0, a, 0}, {0, 0, a}}
	for r := range c {
		for x := range c[r] {
			c[r][x] += a * (0.7*rng.Float64() - 0.35)
		}
	}
	return c
}

// scatter is n atoms at random in a cell.
func scatter(rng *rand.Rand, n int, c geometry.Cell) [][3]float64 {
	positions := make([][3]float64, n)
	for i := range positions {
		f := [3]float64{rng.Float64(), rng.Float64(), rng.Float64()}
		for x := range 3 {
			positions[i][x] = f[0]*c[0][x] + f[1]*c[1][x] + f[2]*c[2][x]
		}
	}
	return positions
}

func open(positions [][3]float64) geometry.Structure { return geometry.Structure{Positions: positions} }

func periodic(positions [][3]float64, c geometry.Cell, pbc [3]bool) geometry.Structure {
	return geometry.Structure{Positions: positions, Cell: &c, PBC: pbc}
}

// move is positions, each coordinate d Å farther.
func move(positions [][3]float64, d float64) [][3]float64 {
	out := slices.Clone(positions)
	for i := range out {
		out[i] = [3]float64{out[i][0] + d, out[i][1] + d, out[i][2] + d}
	}
	return out
}

// edge is one row of a list.
type edge struct {
	dst, src int32
	shift    [3]int32
	vec      [3]float64 // Å
	dist     float64    // Å
}

func edgesOf(n *geometry.Neighbours) []edge {
	edges := make([]edge, n.Len())
	for k := range edges {
		edges[k] = edge{n.Dst[k], n.Src[k], n.Shift[k], n.Vec[k], n.Dist[k]}
	}
	return edges
}

// before is the order of a list: dst, src, shift.
func before(a, b edge) int {
	return cmp.Or(cmp.Compare(a.dst, b.dst), cmp.Compare(a.src, b.src), slices.Compare(a.shift[:], b.shift[:]))
}

// plain is the definition of a neighbour list, word for word: every pair, every shift up to the last
// that can bring two atoms together. It wraps nothing, reduces nothing and sorts at the end.
func plain(s geometry.Structure, cutoff float64) []edge {
	var edges []edge
	var cell geometry.Cell
	if s.Cell != nil {
		cell = *s.Cell
	}
	for i, to := range s.Positions {
		for j, from := range s.Positions {
			v := [3]float64{from[0] - to[0], from[1] - to[1], from[2] - to[2]}
			most := shiftsWithin(cell, s.PBC, cutoff+math.Hypot(math.Hypot(v[0], v[1]), v[2]))
			for a := -most[0]; a <= most[0]; a++ {
				for b := -most[1]; b <= most[1]; b++ {
					for c := -most[2]; c <= most[2]; c++ {
						e := edge{dst: int32(i), src: int32(j), shift: [3]int32{a, b, c}}
						for x := range 3 {
							t := float64(float64(a)*cell[0][x]) + float64(float64(b)*cell[1][x]) + float64(float64(c)*cell[2][x])
							e.vec[x] = v[x] + t
						}
						e.dist = math.Sqrt(float64(e.vec[0]*e.vec[0]) + float64(e.vec[1]*e.vec[1]) + float64(e.vec[2]*e.vec[2]))
						if e.dist < cutoff && (i != j || e.shift != [3]int32{}) {
							edges = append(edges, e)
						}
					}
				}
			}
		}
	}
	slices.SortFunc(edges, before)
	return edges
}

// shiftsWithin bounds the shifts that translate by less than r: r over the distance of the two faces
// that a vector joins, among the vectors that repeat.
func shiftsWithin(c geometry.Cell, pbc [3]bool, r float64) (most [3]int32) {
	for a := range 3 {
		if !pbc[a] {
			continue
		}
		height := c[a] // minus its part along the others that repeat, by Gram–Schmidt
		var along [][3]float64
		for b := 1; b < 3; b++ {
			if o := (a + b) % 3; pbc[o] {
				along = append(along, without(c[o], along))
			}
		}
		most[a] = int32(r/length(without(height, along))) + 1
	}
	return most
}

// without is v minus its parts along orthogonal vectors.
func without(v [3]float64, along [][3]float64) [3]float64 {
	for _, u := range along {
		f := (v[0]*u[0] + v[1]*u[1] + v[2]*u[2]) / (u[0]*u[0] + u[1]*u[1] + u[2]*u[2])
		v = [3]float64{v[0] - f*u[0], v[1] - f*u[1], v[2] - f*u[2]}
	}
	return v
}

func length(v [3]float64) float64 { return math.Sqrt(v[0]*v[0] + v[1]*v[1] + v[2]*v[2]) }

// build is the list of s, or the end of the test.
func build(t testing.TB, s geometry.Structure, o geometry.Options) *geometry.Neighbours {
	t.Helper()
	n := new(geometry.Neighbours)
	if err := n.Build(s, o); err != nil {
		t.Fatal(err)
	}
	return n
}

// sameEdges fails unless the lists are equal in every bit.
func sameEdges(t testing.TB, got, want []edge) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for k := range min(len(got), len(want)) {
		if got[k] != want[k] {
			t.Fatalf("%d edges, want %d; edge %d is %v, want %v", len(got), len(want), k, got[k], want[k])
		}
	}
	t.Fatalf("%d edges, want %d", len(got), len(want))
}
