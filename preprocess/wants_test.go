package preprocess_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

const (
	atomsOfCH = `{"numbers":[6,1],"positions":[[0,0,0],[0,0,1.1]],"velocities":[[0,0,0],[0,0,0.01]],"charge":1,"spin_multiplicity":3}`
	frameOfCH = "2\nProperties=species:S:1:pos:R:3:velocities:R:3 charge=1 spin=3\nC 0 0 0 0 0 0\nH 0 0 1.1 0 0 0.01\n"
	rawOfTwo  = `{"node_features":[[1],[2]],"edges":[[0,1],[1,0]],"edge_features":[[3],[5]]}`
)

func TestStructuresSayHowTheyMoveAndWhatTheyCarry(t *testing.T) {
	s := *radius
	s.Wants = preprocess.Wants{Velocities: true, Charge: true, Spin: true}
	for kind, text := range map[preprocess.Kind]string{preprocess.Atoms: atomsOfCH, preprocess.XYZ: frameOfCH} {
		g := build(t, kind, text, &s)
		if g.Charge != 1 || g.Multiplicity != 3 || len(g.Velocities) != 2 || g.Velocities[1] != [3]float64{0, 0, 0.01} {
			t.Errorf("%s: charge %d, multiplicity %d, %v", kind, g.Charge, g.Multiplicity, g.Velocities)
		}
	}
	s.Wants.Velocities = false
	if g := build(t, preprocess.XYZ, water, &s); g.Charge != 0 || g.Multiplicity != 1 || g.Velocities != nil {
		t.Errorf("water: %+v", g)
	}
}

func TestWhatNobodyAsksForIsNotRead(t *testing.T) {
	odd := strings.Replace(frameOfCH, "charge=1", "charge=high", 1)
	if g := build(t, preprocess.XYZ, odd, radius); g.Velocities != nil || g.Charge != 0 {
		t.Errorf("%+v", g)
	}
}

func TestMoleculesHaveTheSumOfTheirChargesAndTheirRings(t *testing.T) {
	s := *bonds
	s.Wants.Field("ring_distances")
	g := build(t, preprocess.SMILES, "[O-]c1ccccc1.[Na+].[Na+]", &s)
	if g.Charge != 1 || len(g.Rings) != 1 || len(g.Rings[0]) != 6 {
		t.Errorf("charge %d, rings %v", g.Charge, g.Rings)
	}
	b := graph.Collate([]*graph.Graph{g, build(t, preprocess.SMILES, "CC", &s)}, graph.Padded, graph.Padding{})
	out := new(graph.Tensor)
	if err := b.FillField(graph.Field{Name: "ring_distances"}, out); err != nil || out.F32[1*9+4] != 6 || out.F32[0] != 0 || slices.Max(out.F32[81:]) != 0 {
		t.Errorf("%v %v", out.F32, err)
	}
}

func TestSendersAddNumbersAndPairsToEveryKind(t *testing.T) {
	for kind, text := range map[preprocess.Kind]string{preprocess.SMILES: "CO", preprocess.RawGraph: rawOfTwo, preprocess.Atoms: atomsOfCH, preprocess.XYZ: frameOfCH} {
		s := preprocess.Spec{Wants: preprocess.Wants{Auxiliary: 3, Pairs: true}, NodeWidth: 1}
		if kind == preprocess.SMILES {
			s.Featurizer = "chemprop_v2"
		}
		if kind == preprocess.Atoms || kind == preprocess.XYZ {
			s.Edges = radius.Edges
		}
		g, err := preprocess.Build(preprocess.Record{Kind: kind, Text: text, Auxiliary: ` [1, -2.5, 3e1]`, Pairs: `[[0,1],[1,1]]`}, &s)
		if err != nil || !slices.Equal(g.Auxiliary, []float32{1, -2.5, 30}) || !slices.Equal(g.Pairs, [][2]int32{{0, 1}, {1, 1}}) {
			t.Errorf("%s: %v, %+v", kind, err, g)
		}
		if g, err = preprocess.Build(preprocess.Record{Kind: kind, Text: text, Auxiliary: `[1,2,3]`, Pairs: `[]`}, &s); err != nil || g.Pairs == nil {
			t.Errorf("%s: no pairs are no list: %v", kind, err)
		}
	}
}

func TestWhatSendersAddIsRefusedByName(t *testing.T) {
	both := preprocess.Wants{Auxiliary: 2, Pairs: true}
	for _, c := range []struct {
		auxiliary, pairs string
		wants            preprocess.Wants
		code             molecule.Code
		message          string
	}{
		{"", "[]", both, molecule.CodeFormat, "auxiliary is missing; the model takes a list of 2 numbers"},
		{"[1]", "[]", both, molecule.CodeFormat, "auxiliary: 1 numbers; the model takes 2"},
		{"[1,2,3]", "[]", both, molecule.CodeFormat, "auxiliary: 3 numbers"},
		{"null", "[]", both, molecule.CodeFormat, "auxiliary: a list"}, {"[1,null]", "[]", both, molecule.CodeFormat, "auxiliary: a list"},
		{`[1,"2"]`, "[]", both, molecule.CodeFormat, "auxiliary: a list"}, {"[1,1e39]", "[]", both, molecule.CodeFormat, "auxiliary: a list"},
		{`{"a":1}`, "[]", both, molecule.CodeFormat, "auxiliary: a list"}, {"3", "[]", both, molecule.CodeFormat, "auxiliary: a list"},
		{"[1,2]", "", both, molecule.CodeFormat, "pairs are missing"},
		{"[1,2]", "null", both, molecule.CodeFormat, "pairs: a list"}, {"[1,2]", "[[0,null]]", both, molecule.CodeFormat, "pairs: a list"},
		{"[1,2]", "[[0,0.5]]", both, molecule.CodeFormat, "pairs: a list"}, {"[1,2]", "[0,1]", both, molecule.CodeFormat, "pairs: a list"},
		{"[1,2]", "[[0,1],[0]]", both, molecule.CodeFormat, "pairs/1: 1 numbers"}, {"[1,2]", "[[0,1,1]]", both, molecule.CodeFormat, "pairs/0: 3 numbers"},
		{"[1,2]", "[[0,2]]", both, molecule.CodeFormat, "pairs/0: [0 2] for 2 atoms"}, {"[1,2]", "[[-1,0]]", both, molecule.CodeFormat, "pairs/0"},
		{"[1,2]", "[[0,9223372036854775807]]", both, molecule.CodeFormat, "pairs/0"},
		{"[1]", "", preprocess.Wants{}, molecule.CodeUnsupported, "auxiliary: the model takes no"},
		{"", "[[0,1]]", preprocess.Wants{}, molecule.CodeUnsupported, "pairs: the model is not asked"},
	} {
		_, err := preprocess.Build(preprocess.Record{Kind: preprocess.SMILES, Text: "CO", Auxiliary: c.auxiliary, Pairs: c.pairs},
			&preprocess.Spec{Featurizer: "chemprop_v2", Wants: c.wants})
		var refusal *molecule.Error
		if !errors.As(err, &refusal) || refusal.Code != c.code || !strings.Contains(refusal.Message, c.message) {
			t.Errorf("%s %s: %v, want %s %q", c.auxiliary, c.pairs, err, c.code, c.message)
		}
	}
}

func TestMissingVelocitiesAreRefusedAtTheirFrame(t *testing.T) {
	s := *radius
	s.Wants.Velocities = true
	_, err := preprocess.Build(preprocess.Record{Kind: preprocess.XYZ, Text: water}, &s)
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Code != molecule.CodeFormat || refusal.Line != 1 || !strings.Contains(refusal.Message, "velocities are missing") {
		t.Errorf("%v", err)
	}
}

func TestSelfLoopsStandBehindTheEdgesOfEveryKind(t *testing.T) {
	for kind, text := range map[preprocess.Kind]string{preprocess.SMILES: "CO", preprocess.RawGraph: rawOfTwo, preprocess.Atoms: atomsOfCH} {
		s := preprocess.Spec{Featurizer: "chemprop_v2", Edges: preprocess.Edges{SelfLoops: true, LoopRule: graph.LoopMean}}
		if kind == preprocess.RawGraph {
			s.Featurizer, s.NodeWidth = "", 1
		}
		if kind == preprocess.Atoms {
			s.Edges.Kind, s.Edges.Cutoff = preprocess.Radius, 5
		}
		g := build(t, kind, text, &s)
		if g.E != 4 || !slices.Equal(g.Src, []int32{0, 1, 0, 1}) && kind != preprocess.Atoms || !slices.Equal(g.Reverse, []int32{1, 0, 2, 3}) {
			t.Errorf("%s: %d edges from %v, opposites %v", kind, g.E, g.Src, g.Reverse)
		}
	}
}

// From the JSON of a client: what is refused has words, whatever stands there.
func FuzzSendersNumbers(f *testing.F) {
	f.Add(`[1,2]`, `[[0,1]]`)
	f.Add(`[1,null]`, `[[0,1e9]]`)
	s := &preprocess.Spec{Featurizer: "chemprop_v2", Wants: preprocess.Wants{Auxiliary: 2, Pairs: true}}
	f.Fuzz(func(t *testing.T, auxiliary, pairs string) {
		g, err := preprocess.Build(preprocess.Record{Kind: preprocess.SMILES, Text: "CO", Auxiliary: auxiliary, Pairs: pairs}, s)
		var refusal *molecule.Error
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("%v is no refusal", err)
		}
		if err != nil {
			return
		}
		b := graph.Collate([]*graph.Graph{g, g}, graph.Packed, graph.Padding{})
		for _, name := range []string{"auxiliary", "pair_index"} {
			if err := b.FillField(graph.Field{Name: name}, new(graph.Tensor)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
