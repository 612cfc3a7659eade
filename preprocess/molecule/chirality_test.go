package molecule

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestOddPermutation(t *testing.T) {
	for _, c := range []struct {
		order, ref []int32
		odd        bool
	}{
		{nil, nil, false},
		{[]int32{7}, []int32{7}, false},
		{[]int32{7, 9}, []int32{9, 7}, true},
		{[]int32{1, 2, 3}, []int32{2, 3, 1}, false},
		{[]int32{1, 2, 3, 4}, []int32{2, 3, 4, 1}, true},
		{[]int32{1, 2, 3, 4}, []int32{2, 1, 4, 3}, false},
	} {
		if got := OddPermutation(c.order, c.ref); got != c.odd {
			t.Errorf("OddPermutation(%v, %v) = %v", c.order, c.ref, got)
		}
	}
}

// The rotation groups have 8, 6 and 24 members; n!/that many arrangements can be told apart.
func TestPolyhedraNumberEveryArrangement(t *testing.T) {
	for c, want := range map[Chirality][2]int{
		ChiralSquarePlanar:        {8, 3},
		ChiralTrigonalBipyramidal: {6, 20},
		ChiralOctahedral:          {24, 30},
	} {
		p := polyhedra()[c]
		if got := [2]int{len(p.rotations), len(p.numbers)}; got != want {
			t.Errorf("class %d: %d rotations and %d arrangements, want %v", c, got[0], got[1], want)
		}
		if int(c.Permutations()) != want[1] {
			t.Errorf("class %d: Permutations() = %d", c, c.Permutations())
		}
	}
}

func TestRelistKeepsTheArrangement(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range []Chirality{ChiralSquarePlanar, ChiralTrigonalBipyramidal, ChiralOctahedral} {
		for range 200 {
			text := []int32{10, 11, 12, 13, 14, 15}[:c.ligands()]
			bonds := slices.Clone(text)
			r.Shuffle(len(bonds), func(i, j int) { bonds[i], bonds[j] = bonds[j], bonds[i] })
			number := uint8(1 + r.IntN(int(c.Permutations())))
			if back := c.Relist(c.Relist(number, text, bonds, false), bonds, text, false); back != number {
				t.Fatalf("class %d: %d becomes %d by %v and back", c, number, back, bonds)
			}
		}
	}
}

// The numbers are those of OpenSMILES and of RDKit's tables (NontetrahedralStereo.cpp).
func TestRelist(t *testing.T) {
	abcdef := []int32{0, 1, 2, 3, 4, 5}
	for _, c := range []struct {
		class  Chirality
		number uint8
		bonds  []int32
		want   uint8
	}{
		{ChiralSquarePlanar, 1, []int32{1, 0, 2, 3}, 3},
		{ChiralSquarePlanar, 1, []int32{0, 3, 2, 1}, 1},
		{ChiralTrigonalBipyramidal, 1, []int32{0, 2, 1, 3, 4}, 2},
		{ChiralTrigonalBipyramidal, 1, []int32{1, 0, 2, 3, 4}, 9},
		{ChiralOctahedral, 1, []int32{1, 0, 2, 3, 4, 5}, 17},
		{ChiralOctahedral, 1, []int32{0, 1, 3, 2, 4, 5}, 8},
		{ChiralOctahedral, 0, abcdef, 0},
	} {
		if got := c.class.Relist(c.number, abcdef[:len(c.bonds)], c.bonds, false); got != c.want {
			t.Errorf("class %d, %d for bonds %v: %d, want %d", c.class, c.number, c.bonds, got, c.want)
		}
	}
}
