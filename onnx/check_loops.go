package onnx

import (
	"fmt"
	"slices"

	"molserve/preprocess/graph"
)

// What cannot be said of an edge from a node to itself: it has no direction, and it is no bond.
var (
	fieldsOfLengths = []string{"cutoff_envelope", "edge_lengths", "edge_shifts", "edge_unit_vectors", "edge_vectors", "radial_basis", "spherical_harmonics"}
	fieldsOfLinks   = []string{"bond_features", "edge_bond_index"}
)

// checkLoops wants that loops have a meaning in every input, and features only where edges have some.
func checkLoops(m *Manifest, f *Faults) {
	g := &m.Graph
	if !g.SelfLoops {
		if g.LoopFeatures != "" {
			f.add("/graph/loop_features", "is of self_loops, which are false")
		}
		if g.LoopRow != nil {
			f.add("/graph/loop_row", "is of self_loops, which are false")
		}
		return
	}
	if g.LoopFeatures != "" {
		loopRules.check(f, "/graph/loop_features", g.LoopFeatures)
	}
	if g.LoopRow != nil && g.LoopFeatures != "" {
		f.add("/graph/loop_row", "stands beside loop_features; the features of a loop are one or the other")
	}
	checkLoopRow(m, f)
	for i := range m.Inputs {
		in, at := &m.Inputs[i], fmt.Sprintf("/inputs/%d", i)
		switch {
		case slices.Contains(fieldsOfLengths, in.Field):
			f.add(at+"/field", "%s has no value on the self-loops of the graph, whose length is 0; let the network add its loops", in.Field)
		case slices.Contains(fieldsOfLinks, in.Field):
			f.add(at+"/field", "%s is of bonds; the self-loops of the graph are none", in.Field)
		case in.SelfLoops:
			f.add(at+"/self_loops", "counts loops a second time; the graph has them")
		}
	}
}

// checkLoopRow wants a row as wide as those of the edges.
func checkLoopRow(m *Manifest, f *Faults) {
	if m.Graph.LoopRow == nil {
		return
	}
	for i := range m.Inputs {
		in := &m.Inputs[i]
		if in.Field != "edge_features" && in.Field != "pair_features" || len(in.Shape) == 0 {
			continue
		}
		if d := in.Shape[len(in.Shape)-1]; d.Symbol != "" || d.Size != int64(len(m.Graph.LoopRow)) {
			f.add("/graph/loop_row", "has %d numbers, a row of input %s has %s", len(m.Graph.LoopRow), in.Tensor, d)
		}
		return
	}
	f.add("/graph/loop_row", "is of edge_features, which no input has")
}

// loopRule is the rule by its word.
func (g *GraphSpec) loopRule() graph.LoopRule { return graph.LoopRule(g.LoopFeatures) }

// loopRow is the row as features are.
func (g *GraphSpec) loopRow() []float32 {
	if g.LoopRow == nil {
		return nil
	}
	row := make([]float32, len(g.LoopRow))
	for c, x := range g.LoopRow {
		row[c] = float32(x)
	}
	return row
}
