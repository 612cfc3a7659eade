package preprocess_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

const water = "3\nwater\nO 0 0 0.12\nH 0 0.76 -0.47\nH 0 -0.76 -0.47\n"

var (
	radius   = &preprocess.Spec{Edges: preprocess.Edges{Kind: preprocess.Radius, Cutoff: 5}}
	complete = &preprocess.Spec{Edges: preprocess.Edges{Kind: preprocess.Complete}}
	nearest  = &preprocess.Spec{Edges: preprocess.Edges{Kind: preprocess.KNN, K: 2}}
	bonds    = &preprocess.Spec{Featurizer: "chemprop_v2"}
)

func build(t *testing.T, kind preprocess.Kind, text string, s *preprocess.Spec) *graph.Graph {
	t.Helper()
	g, err := preprocess.Build(preprocess.Record{Kind: kind, Text: text}, s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestXYZAndAtomsGiveOneGraph(t *testing.T) {
	const atoms = `{"numbers":[8,1,1],"positions":[[0,0,0.12],[0,0.76,-0.47],[0,-0.76,-0.47]]}`
	for _, s := range []*preprocess.Spec{radius, complete, nearest} {
		a, b := build(t, preprocess.XYZ, water, s), build(t, preprocess.Atoms, atoms, s)
		if fmt.Sprintf("%+v", a) != fmt.Sprintf("%+v", b) {
			t.Errorf("%s: %+v and %+v", s.Edges.Kind, a, b)
		}
		if !slices.Equal(a.Numbers, []uint8{8, 1, 1}) || a.E != 6 || a.Positions[1] != [3]float64{0, 0.76, -0.47} {
			t.Errorf("%s: %+v", s.Edges.Kind, a)
		}
	}
}

func TestAFrameThatWasReadIsNotReadAgain(t *testing.T) {
	f, err := xyz.NewReader(strings.NewReader(water), xyz.Options{}).Next()
	if err != nil {
		t.Fatal(err)
	}
	g, err := preprocess.Build(preprocess.Record{Kind: preprocess.XYZ, Frame: f}, radius)
	if err != nil || fmt.Sprint(g) != fmt.Sprint(build(t, preprocess.XYZ, water, radius)) {
		t.Errorf("%v, %v", g, err)
	}
}

// box is n atoms in a cell that repeats along some vectors; small cells have several images of a pair.
func box(r *rand.Rand, n int, pbc [3]bool) *xyz.Frame {
	f := &xyz.Frame{PBC: pbc, Cell: &[3][3]float64{{3 + r.Float64(), 0, 0}, {r.Float64(), 4, 0}, {-1, r.Float64(), 3.5}}}
	for range n {
		f.Numbers = append(f.Numbers, uint8(1+r.IntN(8)))
		f.Positions = append(f.Positions, [3]float64{9 * r.Float64(), 9 * r.Float64(), 9 * r.Float64()})
	}
	return f
}

func TestEdgesOfStructuresAreVectorsWithOpposites(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 12 {
		f := box(r, n+1, [3]bool{n%2 == 0, n%3 == 0, n%5 < 2})
		g, err := preprocess.BuildStructure(f, radius)
		if err != nil {
			t.Fatal(err)
		}
		for k := range g.E {
			back, v := g.Reverse[k], g.Vectors[k]
			var want [3]float64
			for a := range want {
				want[a] = f.Positions[g.Src[k]][a] - f.Positions[g.Dst[k]][a]
				for c, s := range g.Shifts[k] {
					want[a] += float64(s) * f.Cell[c][a]
				}
				if math.Abs(v[a]-want[a]) > 1e-12 || g.Vectors[back][a] != -v[a] || g.Shifts[back][a] != -g.Shifts[k][a] {
					t.Fatalf("%d atoms: edge %d is %v, want %v; its opposite is %v", n+1, k, v, want, g.Vectors[back])
				}
			}
			if g.Src[back] != g.Dst[k] || g.Dst[back] != g.Src[k] || g.Reverse[back] != int32(k) {
				t.Fatalf("%d atoms: edge %d has the opposite %d", n+1, k, back)
			}
			if g.Lengths[k] != g.Lengths[back] || g.Lengths[k] >= g.Cutoff {
				t.Fatalf("%d atoms: edge %d is %v Å long", n+1, k, g.Lengths[k])
			}
		}
	}
}

func TestGraphsDoNotShareMemoryWithTheNextOne(t *testing.T) {
	g := build(t, preprocess.XYZ, water, radius)
	was := fmt.Sprintf("%+v", g)
	r := rand.New(rand.NewPCG(3, 4))
	for range 4 {
		if _, err := preprocess.BuildStructure(box(r, 9, [3]bool{true, true, true}), radius); err != nil {
			t.Fatal(err)
		}
	}
	if is := fmt.Sprintf("%+v", g); is != was {
		t.Errorf("was %s, is %s", was, is)
	}
}

func TestOppositesAreLeftOutWhereEdgesHaveNone(t *testing.T) {
	if g := build(t, preprocess.XYZ, water, nearest); g.Reverse != nil {
		t.Errorf("k nearest neighbours have opposites %v", g.Reverse)
	}
}

func TestStructuresAreRefused(t *testing.T) {
	limited := &preprocess.Spec{Edges: radius.Edges, MaxAtoms: 2}
	known := &preprocess.Spec{Edges: radius.Edges, Elements: []uint8{1, 6}}
	few := &preprocess.Spec{Edges: preprocess.Edges{Kind: preprocess.Radius, Cutoff: 5, MaxEdges: 5}}
	cell := `3` + "\n" + `Lattice="5 0 0 0 5 0 0 0 5"` + water[7:]
	for _, c := range []struct {
		name    string
		kind    preprocess.Kind
		text    string
		spec    *preprocess.Spec
		code    molecule.Code
		message string
		line    int
	}{
		{"xyz for bonds", preprocess.XYZ, water, bonds, molecule.CodeUnsupported, "never guessed", 0},
		{"atoms for bonds", preprocess.Atoms, `{}`, bonds, molecule.CodeUnsupported, "never guessed", 0},
		{"SMILES for coordinates", preprocess.SMILES, "CCO", radius, molecule.CodeUnsupported, "no coordinates", 0},
		{"graph for coordinates", preprocess.RawGraph, `{}`, complete, molecule.CodeUnsupported, "no coordinates", 0},
		{"coincident", preprocess.XYZ, "3\n\nH 0 0 0\nO 1 0 0\nH 1 0 0\n", radius, molecule.CodeCoincident, "atoms 1 and 2", 5},
		{"coincident, complete", preprocess.XYZ, "3\n\nH 0 0 0\nO 1 0 0\nH 0 0 0\n", complete, molecule.CodeCoincident, "atoms 0 and 2", 5},
		{"coincident, nearest", preprocess.XYZ, "3\n\nH 0 0 0\nO 1 0 0\nH 0 0 0\n", nearest, molecule.CodeCoincident, "atoms 0 and 2", 5},
		{"unknown element", preprocess.XYZ, water, known, molecule.CodeUnsupported, "atom 0 is O", 3},
		{"too many atoms", preprocess.XYZ, water, limited, molecule.CodeTooLarge, "atoms", 1},
		{"too many atoms in JSON", preprocess.Atoms, `{"numbers":[1,1,1],"positions":[[0,0,0],[1,0,0],[2,0,0]]}`, limited, molecule.CodeTooLarge, "3 atoms", 0},
		{"too many edges", preprocess.XYZ, water, few, molecule.CodeTooLarge, "edges", 0},
		{"two frames", preprocess.XYZ, water + water, radius, molecule.CodeFormat, "second frame", 6},
		{"rest", preprocess.XYZ, water + "and so on\n", radius, molecule.CodeFormat, "number of atoms", 6},
		{"empty", preprocess.XYZ, "", radius, molecule.CodeEmpty, "", 1},
		{"cut", preprocess.XYZ, water[:20], radius, molecule.CodeFormat, "", 4},
		{"periodic and complete", preprocess.XYZ, cell, complete, molecule.CodeUnsupported, "periodic", 0},
		{"raw graph of other width", preprocess.RawGraph, `{"node_features":[[1]]}`, bonds, molecule.CodeFormat, "72", 0},
	} {
		_, err := preprocess.Build(preprocess.Record{Kind: c.kind, Text: c.text}, c.spec)
		var refusal *molecule.Error
		if !errors.As(err, &refusal) || refusal.Code != c.code || !strings.Contains(refusal.Message, c.message) || refusal.Line != c.line {
			t.Errorf("%s: %+v, want %s … %s at line %d", c.name, err, c.code, c.message, c.line)
		}
	}
}

func TestRawGraphGoesToAModelOfBonds(t *testing.T) {
	s := &preprocess.Spec{NodeWidth: 1}
	g := build(t, preprocess.RawGraph, `{"node_features":[[1],[2]],"edges":[[0,1],[1,0]]}`, s)
	if g.N != 2 || g.E != 2 || !slices.Equal(g.NodeFeatures, []float32{1, 2}) {
		t.Errorf("%+v", g)
	}
}

func FuzzAtoms(f *testing.F) {
	f.Add(`{"numbers":[8,1,1],"positions":[[0,0,0.12],[0,0.76,-0.47],[0,-0.76,-0.47]],"cell":null,"pbc":[false,false,false]}`)
	f.Add(`{"symbols":["Zn","O"],"positions":[[0,0,0],[0,0,1e6]],"cell":[[3,0,0],[1,3,0],[0,1,3]],"pbc":true}`)
	specs := []*preprocess.Spec{radius, complete, nearest}
	for i, s := range specs {
		few := *s
		few.MaxAtoms, few.Edges.MaxEdges = 50, 20000
		specs[i] = &few
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range specs {
			g, err := preprocess.Build(preprocess.Record{Kind: preprocess.Atoms, Text: text}, s)
			var refusal *molecule.Error
			if err != nil && !errors.As(err, &refusal) {
				t.Fatalf("%v is no refusal", err)
			}
			if err != nil {
				continue
			}
			for k, r := range g.Lengths {
				if !(r > 0) || math.IsInf(r, 0) || g.Reverse != nil && g.Reverse[g.Reverse[k]] != int32(k) {
					t.Fatalf("%s: edge %d is %v Å long", text, k, r)
				}
			}
		}
	})
}
