package geometry_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"molserve/preprocess/geometry"
)

// eachSample runs a law on some zoos.
func eachSample(t *testing.T, law func(t *testing.T, c sample, rng *rand.Rand)) {
	for seed := range uint64(3) {
		for _, c := range zoo(seed) {
			t.Run(c.name, func(t *testing.T) { law(t, c, rand.New(rand.NewPCG(seed, 6))) })
		}
	}
}

func TestNeighboursAreTheirDefinition(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, _ *rand.Rand) {
		want := plain(c.s, c.cutoff)
		for _, a := range []geometry.Algorithm{geometry.Auto, geometry.BruteForce, geometry.CellList} {
			n := build(t, c.s, geometry.Options{Cutoff: c.cutoff, Algorithm: a})
			sameEdges(t, edgesOf(n), want)
		}
	})
}

func TestNeighboursAreSortedAndGoBothWays(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, _ *rand.Rand) {
		n := build(t, c.s, geometry.Options{Cutoff: c.cutoff})
		edges := edgesOf(n)
		for k, e := range edges {
			if k > 0 && before(edges[k-1], e) >= 0 {
				t.Fatalf("edge %d is not after the one before it", k)
			}
			if e.src == e.dst && e.shift == [3]int32{} {
				t.Fatalf("edge %d joins an atom to itself", k)
			}
			back := edge{dst: e.src, src: e.dst, shift: [3]int32{-e.shift[0], -e.shift[1], -e.shift[2]}}
			o, found := slices.BinarySearchFunc(edges, back, before)
			if !found || edges[o].dist != e.dist || edges[o].vec != [3]float64{-e.vec[0], -e.vec[1], -e.vec[2]} {
				t.Fatalf("edge %d has no exact opposite", k)
			}
			if first := n.First[e.dst]; int(first) > k || k >= int(n.First[e.dst+1]) {
				t.Fatalf("edge %d is not among those of its receiver", k)
			}
		}
	})
}

func TestReverseFindsTheOpposite(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, _ *rand.Rand) {
		n := build(t, c.s, geometry.Options{Cutoff: c.cutoff})
		for k, r := range n.Reverse(nil) {
			if n.Src[r] != n.Dst[k] || n.Dst[r] != n.Src[k] || n.Vec[r] != [3]float64{-n.Vec[k][0], -n.Vec[k][1], -n.Vec[k][2]} {
				t.Fatalf("edge %d is not the opposite of edge %d", r, k)
			}
		}
	})
}

func TestNeighboursShiftOnlyWhereTheStructureRepeats(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, _ *rand.Rand) {
		for k, shift := range build(t, c.s, geometry.Options{Cutoff: c.cutoff}).Shift {
			for a, repeats := range c.s.PBC {
				if shift[a] != 0 && !repeats {
					t.Fatalf("edge %d has shift %v with pbc %v", k, shift, c.s.PBC)
				}
			}
		}
	})
}

// moveTol is what moving a structure may change of a distance.
const moveTol = 1e-9 // Å; coordinates of up to 3e5 Å are rounded by 6e-11

// sameUpTo fails unless both lists join the same pairs at the same distances.
func sameUpTo(t *testing.T, got, want []edge) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d edges, want %d", len(got), len(want))
	}
	for k := range got {
		if before(got[k], want[k]) != 0 || math.Abs(got[k].dist-want[k].dist) > moveTol {
			t.Fatalf("edge %d is %v, want %v", k, got[k], want[k])
		}
	}
}

// offTheEdge makes the cutoff one that rounding cannot bring a pair across.
func offTheEdge(c sample) geometry.Options { return geometry.Options{Cutoff: c.cutoff + 1e-6} }

func TestNeighboursIgnoreTranslation(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, rng *rand.Rand) {
		want := edgesOf(build(t, c.s, offTheEdge(c)))
		c.s.Positions = move(c.s.Positions, 100*rng.Float64())
		sameUpTo(t, edgesOf(build(t, c.s, offTheEdge(c))), want)
	})
}

func TestNeighboursFollowWrapping(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, rng *rand.Rand) {
		want := edgesOf(build(t, c.s, offTheEdge(c)))
		by := make([][3]int32, len(c.s.Positions)) // cell vectors that each atom is moved by
		c.s.Positions = slices.Clone(c.s.Positions)
		for i := range by {
			for a := range 3 {
				if !c.s.PBC[a] {
					continue
				}
				by[i][a] = int32(rng.IntN(9) - 4)
				for x := range 3 {
					c.s.Positions[i][x] += float64(by[i][a]) * c.s.Cell[a][x]
				}
			}
		}
		for k := range want {
			e := &want[k]
			for a := range 3 {
				e.shift[a] += by[e.dst][a] - by[e.src][a]
			}
		}
		slices.SortFunc(want, before)
		sameUpTo(t, edgesOf(build(t, c.s, offTheEdge(c))), want)
	})
}

func TestNeighboursRotateWithTheStructure(t *testing.T) {
	turn := func(v [3]float64) [3]float64 { // about (1, 1, 1) by 120°, then a mirror: an improper rotation
		return [3]float64{-v[1], -v[2], -v[0]}
	}
	eachSample(t, func(t *testing.T, c sample, _ *rand.Rand) {
		want := edgesOf(build(t, c.s, offTheEdge(c)))
		for k := range want {
			want[k].vec = turn(want[k].vec)
		}
		c.s.Positions = slices.Clone(c.s.Positions)
		for i, p := range c.s.Positions {
			c.s.Positions[i] = turn(p)
		}
		if c.s.Cell != nil {
			c.s.Cell = &geometry.Cell{turn(c.s.Cell[0]), turn(c.s.Cell[1]), turn(c.s.Cell[2])}
		}
		got := edgesOf(build(t, c.s, offTheEdge(c)))
		sameUpTo(t, got, want)
		for k := range got {
			if got[k].vec != want[k].vec { // this rotation only moves and negates numbers
				t.Fatalf("edge %d is %v, want %v", k, got[k].vec, want[k].vec)
			}
		}
	})
}

func TestNeighboursPermuteWithTheAtoms(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, rng *rand.Rand) {
		want := edgesOf(build(t, c.s, geometry.Options{Cutoff: c.cutoff}))
		to := rng.Perm(len(c.s.Positions))
		positions := make([][3]float64, len(to))
		for i, p := range c.s.Positions {
			positions[to[i]] = p
		}
		c.s.Positions = positions
		for k := range want {
			want[k].src, want[k].dst = int32(to[want[k].src]), int32(to[want[k].dst])
		}
		slices.SortFunc(want, before)
		sameEdges(t, edgesOf(build(t, c.s, geometry.Options{Cutoff: c.cutoff})), want)
	})
}

// The cell of a lattice is a matter of taste: other vectors of the same lattice give the same edges.
func TestNeighboursOfASliverAreThoseOfItsLattice(t *testing.T) {
	s := zoo(1)[3].s
	want := build(t, s, geometry.Options{Cutoff: 5})
	c := *s.Cell
	for x := range 3 {
		c[1][x] += 400 * c[0][x]
		c[2][x] -= 30*c[1][x] + 70*c[0][x]
	}
	s.Cell = &c
	got := build(t, s, geometry.Options{Cutoff: 5})
	slices.Sort(got.Dist)
	slices.Sort(want.Dist)
	for k := range want.Dist {
		if got.Len() != want.Len() || math.Abs(got.Dist[k]-want.Dist[k]) > 1e-9 { // vectors of 1e5 Å round at 1e-11
			t.Fatalf("%d edges, want %d", got.Len(), want.Len())
		}
	}
}

func TestNeighboursOfAutoAreNoMatterOfSize(t *testing.T) {
	for _, atoms := range []int{0, 1, 2, 20, 140, 160, 1000} {
		s := droplet(max(atoms, 1))
		s.Positions = s.Positions[:atoms]
		want := build(t, s, geometry.Options{Cutoff: 3, Algorithm: geometry.BruteForce})
		for _, a := range []geometry.Algorithm{geometry.Auto, geometry.CellList} {
			sameEdges(t, edgesOf(build(t, s, geometry.Options{Cutoff: 3, Algorithm: a})), edgesOf(want))
		}
	}
}

func TestBuildingAgainGivesTheSameBitsAndAllocatesNothing(t *testing.T) {
	var n geometry.Neighbours
	zoo := zoo(2)
	for range 2 { // the second time around everything has its size
		for _, c := range zoo {
			if err := n.Build(c.s, geometry.Options{Cutoff: c.cutoff}); err != nil {
				t.Fatal(err)
			}
			sameEdges(t, edgesOf(&n), edgesOf(build(t, c.s, geometry.Options{Cutoff: c.cutoff})))
		}
	}
	allocations := testing.AllocsPerRun(3, func() {
		for _, c := range zoo {
			if n.Build(c.s, geometry.Options{Cutoff: c.cutoff}) != nil {
				t.Fatal("refused")
			}
		}
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

func TestBuildLeavesItsInputAlone(t *testing.T) {
	c := zoo(3)[13]
	positions, cell := slices.Clone(c.s.Positions), *c.s.Cell
	build(t, c.s, geometry.Options{Cutoff: c.cutoff})
	if !slices.Equal(positions, c.s.Positions) || cell != *c.s.Cell {
		t.Error("the structure was changed")
	}
}

func TestCompleteGraphJoinsAllPairs(t *testing.T) {
	var n geometry.Neighbours
	positions := droplet(7).Positions
	if err := n.Complete(positions, 0); err != nil || n.Len() != 42 {
		t.Fatalf("%d edges, %v", n.Len(), err)
	}
	sameEdges(t, edgesOf(&n), plain(open(positions), 1e9))
}
