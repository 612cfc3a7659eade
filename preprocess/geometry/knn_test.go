package geometry_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"molserve/preprocess/geometry"
)

// nearest is the first k edges of each receiver by distance, of a list that holds them.
func nearest(edges []edge, atoms, k int) []edge {
	var out []edge
	for i := range atoms {
		var row []edge
		for _, e := range edges {
			if int(e.dst) == i {
				row = append(row, e)
			}
		}
		slices.SortStableFunc(row, func(a, b edge) int { return cmp.Compare(a.dist, b.dist) })
		out = append(out, row[:min(k, len(row))]...)
	}
	slices.SortFunc(out, before)
	return out
}

func TestKNearestAreTheFirstByDistance(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, rng *rand.Rand) {
		if len(c.s.Positions) > 100 {
			c.s.Positions = c.s.Positions[:100]
		}
		k := 1 + rng.IntN(12)
		var n geometry.Neighbours
		for range 2 { // fresh and used memory
			if err := n.KNearest(c.s, k, 0); err != nil {
				t.Fatal(err)
			}
			// A list that holds k of each: of everything in the open, else of a ball of k cells.
			cutoff := 2e6
			if c.s.PBC != [3]bool{} {
				cutoff = 2 * slices.Max(n.Dist)
			}
			wide := build(t, c.s, geometry.Options{Cutoff: cutoff})
			sameEdges(t, edgesOf(&n), nearest(edgesOf(wide), len(c.s.Positions), k))
		}
		if want := len(c.s.Positions) + 1; len(n.First) != want {
			t.Errorf("First has %d numbers, want %d", len(n.First), want)
		}
	})
}

func TestKNearestRefuses(t *testing.T) {
	var n geometry.Neighbours
	if n.KNearest(droplet(5), 0, 0) == nil {
		t.Error("no neighbours were found")
	}
	if n.KNearest(droplet(50), 3, 149) == nil || n.KNearest(droplet(50), 3, 150) != nil {
		t.Error("150 edges, the limit is not exact")
	}
	if n.KNearest(open(make([][3]float64, 100_000)), 3, 0) == nil || n.Len() != 0 {
		t.Error("a crowd at one place was searched")
	}
	if n.KNearest(geometry.Structure{Positions: droplet(2).Positions, PBC: bulk}, 3, 0) == nil {
		t.Error("what repeats has no cell")
	}
	if err := n.KNearest(droplet(1), 3, 0); err != nil || n.Len() != 0 {
		t.Errorf("a lone atom: %v", err)
	}
}
