package geometry_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"molserve/preprocess/geometry"
)

// TestNeighboursAreThoseOfASE reads ASE's lists of small random structures, which
// tests/parity/neighbours.py wrote.
func TestNeighboursAreThoseOfASE(t *testing.T) {
	const tol = 1e-12 // relative, of a distance: the bar
	text, err := os.ReadFile("testdata/neighbours.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Kind string `json:"kind"`
			job
			Edges     [][5]int32 `json:"edges"`     // [E,5] src, dst, shift
			Distances []float64  `json:"distances"` // [E] Å
		} `json:"cases"`
	}
	if err := json.Unmarshal(text, &golden); err != nil || len(golden.Cases) == 0 {
		t.Fatal(err, len(golden.Cases))
	}
	for _, c := range golden.Cases {
		s := geometry.Structure{Positions: c.Positions, Cell: c.Cell, PBC: c.PBC}
		got := build(t, s, geometry.Options{Cutoff: c.Cutoff}).Record(c.Cutoff)
		if len(got.Edges) != len(c.Edges) || got.N != len(c.Positions) {
			t.Fatalf("%s: %d edges, want %d", c.Kind, len(got.Edges), len(c.Edges))
		}
		for k, e := range c.Edges {
			if got.Edges[k] != e || math.Abs(got.Distances[k]-c.Distances[k]) > tol*c.Distances[k] {
				t.Fatalf("%s: edge %d is %v at %v Å, want %v at %v", c.Kind, k, got.Edges[k], got.Distances[k], e, c.Distances[k])
			}
		}
	}
}

// The record of docs: one atom in a cell 2.8 Å high.
func TestRecordIsThatOfInspect(t *testing.T) {
	s := periodic([][3]float64{{1, 2, 3}}, geometry.Cell{{9, 0, 0}, {0, 9, 0}, {0, 0, 2.8}}, bulk)
	text, err := json.Marshal(build(t, s, geometry.Options{Cutoff: 3}).Record(3))
	const want = `{"n":1,"cutoff":3,"edges":[[0,0,0,0,-1],[0,0,0,0,1]],"vectors":[[0,0,-2.8],[0,0,2.8]],"distances":[2.8,2.8]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
	text, err = json.Marshal(build(t, open(nil), geometry.Options{Cutoff: 3}).Record(3))
	if want := `{"n":0,"cutoff":3,"edges":[],"vectors":[],"distances":[]}`; err != nil || string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
}
