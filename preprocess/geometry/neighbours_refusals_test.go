package geometry_test

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"molserve/preprocess/geometry"
	"molserve/preprocess/molecule"
)

// at is a structure of one atom at x.
func at(x float64) geometry.Structure { return open([][3]float64{{0, x, 0}}) }

// in is one atom in a cell that repeats everywhere.
func in(c geometry.Cell) geometry.Structure { return periodic(make([][3]float64, 1), c, bulk) }

func TestNeighboursRefuse(t *testing.T) {
	many := make([][3]float64, 100_000)
	far := droplet(1000)
	far.Positions[999] = [3]float64{9e5, 9e5, 9e5}
	cube := geometry.Cell{{5, 0, 0}, {0, 5, 0}, {0, 0, 5}}
	for _, c := range []struct {
		name   string
		s      geometry.Structure
		cutoff float64
		code   molecule.Code
		says   string
	}{
		{"NaN cutoff", at(0), math.NaN(), molecule.CodeFormat, "cutoff NaN"},
		{"no cutoff", at(0), 0, molecule.CodeFormat, "cutoff 0"},
		{"cutoff below zero", at(0), -1, molecule.CodeFormat, "cutoff -1"},
		{"infinite cutoff", at(0), math.Inf(1), molecule.CodeFormat, "cutoff +Inf"},
		{"NaN", at(math.NaN()), 5, molecule.CodeFormat, "atom 0"},
		{"infinity", at(math.Inf(-1)), 5, molecule.CodeFormat, "atom 0"},
		{"1e300", at(1e300), 5, molecule.CodeFormat, "1e+300"},
		{"no cell", geometry.Structure{PBC: slab}, 5, molecule.CodeFormat, "without a cell"},
		{"no vector", in(geometry.Cell{{5, 0, 0}, {}, {0, 0, 5}}), 5, molecule.CodeFormat, "cell vector 1"},
		{"flat cell", in(geometry.Cell{{5, 0, 0}, {0, 5, 0}, {5, 5, 1e-12}}), 5, molecule.CodeFormat, "flat"},
		{"parallel vectors", periodic(nil, geometry.Cell{{5, 1, 0}, {-10, -2, 0}}, slab), 5, molecule.CodeFormat, "flat"},
		{"flat where it does not repeat", periodic(nil, geometry.Cell{{5, 0, 0}, {0, 5, 0}, {5, 5, 0}}, slab), 5, molecule.CodeFormat, "flat"},
		{"NaN in the cell", in(geometry.Cell{{5, 0, 0}, {0, 5, math.NaN()}, {0, 0, 5}}), 5, molecule.CodeFormat, "cell vector 1"},
		{"endless cell", in(geometry.Cell{{5, 0, 0}, {0, 5, 0}, {0, 0, 1e300}}), 5, molecule.CodeFormat, "cell vector 2"},
		{"vector of nothing", in(geometry.Cell{{5, 0, 0}, {0, 5, 0}, {0, 0, 1e-200}}), 5, molecule.CodeFormat, "cell vector 2"},
		{"0.001 Å cell", in(geometry.Cell{{.001, 0, 0}, {0, .001, 0}, {0, 0, .001}}), 6, molecule.CodeTooLarge, "edges"},
		{"0.001 Å in one direction", in(geometry.Cell{{5, 0, 0}, {0, 5, 0}, {0, 0, 1e-6}}), 6, molecule.CodeTooLarge, "edges"},
		{"thin planes", in(geometry.Cell{{.001, 0, 0}, {0, .001, 0}, {0, 0, 50}}), 6, molecule.CodeTooLarge, "edges"},
		{"cutoff of a mile", in(cube), 1.6e13, molecule.CodeTooLarge, "edges"},
		{"largest cutoff", in(cube), math.MaxFloat64, molecule.CodeTooLarge, "edges"},
		{"a crowd at one place", open(many), 5, molecule.CodeTooLarge, "at least 9999900000 edges"},
		{"a crowd in a cell", periodic(many, cube, bulk), 5, molecule.CodeTooLarge, "edges"},
		{"all pairs", droplet(1001), math.MaxFloat64, molecule.CodeTooLarge, "edges"},
		{"all pairs but one", far, 1e4, "", ""},
		{"largest cutoff of few", droplet(3), math.MaxFloat64, "", ""},
		{"least cutoff", droplet(3), math.SmallestNonzeroFloat64, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := build(t, droplet(10), geometry.Options{Cutoff: 5})
			err := n.Build(c.s, geometry.Options{Cutoff: c.cutoff})
			var e *molecule.Error
			if c.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Message, c.says) {
				t.Errorf("error %v, want %s with %q", err, c.code, c.says)
			}
			if n.Len() != 0 || len(n.First) != 0 {
				t.Error("the list is not empty")
			}
		})
	}
}

// What is refused is refused before memory is spent on it.
func TestRefusingTakesNoMemory(t *testing.T) {
	s := in(geometry.Cell{{.001, 0, 0}, {0, .001, 0}, {0, 0, .001}})
	crowd := open(make([][3]float64, 100_000))
	before, after := new(runtime.MemStats), new(runtime.MemStats)
	runtime.ReadMemStats(before)
	var n geometry.Neighbours
	_ = n.Build(s, geometry.Options{Cutoff: 6})
	_ = n.Build(crowd, geometry.Options{Cutoff: 6})
	runtime.ReadMemStats(after)
	const most = 100_000 * 400 // bytes: 100,000 atoms, their images, bins and sorting
	if spent := after.TotalAlloc - before.TotalAlloc; spent > most {
		t.Errorf("%d bytes, want at most %d", spent, most)
	}
}

func TestTheLimitIsExact(t *testing.T) {
	for _, c := range zoo(1) {
		e := len(plain(c.s, c.cutoff))
		var n geometry.Neighbours
		if err := n.Build(c.s, geometry.Options{Cutoff: c.cutoff, MaxEdges: max(e, 1)}); err != nil {
			t.Errorf("%s, limit %d: %v", c.name, e, err)
		}
		if e > 1 && n.Build(c.s, geometry.Options{Cutoff: c.cutoff, MaxEdges: e - 1}) == nil {
			t.Errorf("%s: %d edges passed a limit of %d", c.name, e, e-1)
		}
	}
	var n geometry.Neighbours
	if n.Complete(droplet(7).Positions, 42) != nil || n.Complete(droplet(7).Positions, 41) == nil {
		t.Error("42 edges of the complete graph of 7 atoms")
	}
}
