package onnx

import (
	"fmt"
	"slices"

	"molserve/preprocess"
)

// geometric tells rules that draw edges between places, not along bonds.
func (g *GraphSpec) geometric() bool {
	return slices.Contains(edgeRules.built, g.Edges) && g.Edges != string(preprocess.Bonds)
}

func checkGraph(m *Manifest, f *Faults) {
	g := &m.Graph
	edgeRules.check(f, "/graph/edges", g.Edges)
	g.option("/graph/cutoff", g.Cutoff != nil, preprocess.Radius, f)
	if g.Cutoff != nil && !(*g.Cutoff > 0) {
		f.add("/graph/cutoff", "%v Å is not positive", *g.Cutoff)
	}
	g.option("/graph/k", g.K != nil, preprocess.KNN, f)
	if g.K != nil && *g.K < 1 {
		f.add("/graph/k", "%d is not positive", *g.K)
	}
	checkLoops(m, f)
	if g.Edges == string(preprocess.Bonds) && m.Symmetry.Group != "permutation" && slices.Contains(symmetryGroups.built, m.Symmetry.Group) {
		f.add("/symmetry/group", "is %q, but a graph of bonds has no coordinates that could turn", m.Symmetry.Group)
	}
	checkAccepts(m, f)
}

// option wants a key with the one rule that needs it, and nowhere else.
func (g *GraphSpec) option(at string, there bool, rule preprocess.EdgeKind, f *Faults) {
	switch needed := g.Edges == string(rule); {
	case there && !needed && slices.Contains(edgeRules.built, g.Edges):
		f.add(at, "is no option of edges %q", g.Edges)
	case needed && !there:
		f.add(at, "is missing; edges %q needs it", g.Edges)
	}
}

// checkAccepts wants kinds of input that have what edges are drawn from. Bonds are never guessed.
func checkAccepts(m *Manifest, f *Faults) {
	unbonded := words(preprocess.XYZ, preprocess.Atoms)
	for i, kind := range m.Accepts {
		at := fmt.Sprintf("/accepts/%d", i)
		switch bare := slices.Contains(unbonded, kind); {
		case !slices.Contains(inputKinds.built, kind):
		case m.Graph.geometric() && !bare && kind != string(preprocess.SDF):
			f.add(at, "%q has no coordinates; edges %q needs them", kind, m.Graph.Edges)
		case m.Graph.Edges == string(preprocess.Bonds) && bare:
			f.add(at, "%q has no bonds, and they are never guessed", kind)
		}
	}
}
