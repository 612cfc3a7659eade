package geometry_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"molserve/preprocess/geometry"
)

func TestSkinGivesTheListOfEveryFrame(t *testing.T) {
	eachSample(t, func(t *testing.T, c sample, rng *rand.Rand) {
		skin := geometry.Skin{Options: geometry.Options{Cutoff: c.cutoff}, Skin: 1}
		var n geometry.Neighbours
		positions := append([][3]float64(nil), c.s.Positions...)
		c.s.Positions = positions
		rebuilds := 0
		for range 30 {
			rebuilt, err := skin.Update(&n, c.s)
			if err != nil {
				t.Fatal(err)
			}
			if rebuilt {
				rebuilds++
			}
			want := build(t, c.s, geometry.Options{Cutoff: c.cutoff})
			sameEdges(t, edgesOf(&n), edgesOf(want))
			for i := range n.First {
				if n.First[i] != want.First[i] {
					t.Fatalf("First[%d] is %d, want %d", i, n.First[i], want.First[i])
				}
			}
			for i := range positions {
				for x := range 3 {
					positions[i][x] += 0.2 * (rng.Float64() - 0.5)
				}
			}
		}
		if rebuilds == 0 || rebuilds > 20 {
			t.Errorf("%d rebuilds in 30 frames", rebuilds)
		}
	})
}

func TestSkinStartsAnewWhenItMust(t *testing.T) {
	skin := geometry.Skin{Options: geometry.Options{Cutoff: 4}, Skin: 1}
	var n geometry.Neighbours
	s := gas(50)
	update := func(what string, want bool) {
		t.Helper()
		if rebuilt, err := skin.Update(&n, s); err != nil || rebuilt != want {
			t.Errorf("%s: rebuilt %v, %v; want %v", what, rebuilt, err, want)
		}
	}
	update("first frame", true)
	update("same frame", false)
	s.Positions[7][1] += 0.499
	update("an atom moved less than half the skin", false)
	s.Positions[7][1] += 0.002
	update("an atom moved more than half the skin", true)
	s.Cell[0][0] += 1e-9
	update("another cell", true)
	s.PBC[2] = false
	update("another boundary", true)
	s.Positions = s.Positions[:49]
	update("an atom less", true)
	skin.Cutoff = 4.5
	update("another cutoff", true)
	update("same frame again", false)
	s.Positions[3][0] = math.NaN()
	if _, err := skin.Update(&n, s); err == nil || n.Len() != 0 {
		t.Errorf("NaN: %v, %d edges", err, n.Len())
	}
	s.Positions[3][0] = 0
	update("after a refusal", true)
	skin.Skin = 0
	update("no skin", true)
}

func TestSkinAllocatesNothingBetweenRebuilds(t *testing.T) {
	skin := geometry.Skin{Options: geometry.Options{Cutoff: 4}, Skin: 1}
	var n geometry.Neighbours
	s := gas(200)
	update := func() {
		if _, err := skin.Update(&n, s); err != nil {
			t.Fatal(err)
		}
	}
	update()
	if a := testing.AllocsPerRun(5, update); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
