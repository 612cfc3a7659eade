package onnx

import (
	"fmt"
	"slices"

	"molserve/onnx/scan"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// vocabulary is what a word of the manifest may be (docs/manifest.schema.json).
type vocabulary struct{ built []string }

var (
	taskLevels       = vocabulary{built: []string{"graph", "node", "edge", "pair", "forces", "embedding"}}
	taskKinds        = vocabulary{built: []string{"regression", "classification"}}
	inputKinds       = vocabulary{built: words(preprocess.SMILES, preprocess.SDF, preprocess.XYZ, preprocess.Atoms, preprocess.RawGraph)}
	symmetryGroups   = vocabulary{built: []string{"E(3)", "SE(3)", "permutation"}}
	perceptions      = vocabulary{built: []string{"rdkit-2026.03.6"}}
	stereos          = vocabulary{built: []string{"legacy"}}
	edgeRules        = vocabulary{built: words(preprocess.Bonds, preprocess.Radius, preprocess.Complete, preprocess.KNN)}
	loopRules        = vocabulary{built: words(graph.LoopRules...)}
	layouts          = vocabulary{built: words(graph.Packed, graph.Padded)}
	owners           = vocabulary{built: []string{graph.PerGraph, graph.PerAtom, graph.PerEdge, graph.PerPair, graph.PerBatch}}
	networkOperators = vocabulary{built: scan.Declared()}
	roles            = vocabulary{built: []string{"value", "embedding", "variance", "logit", "probability", edgeForce, "attention"}}
)

// Words that the code itself asks for.
const (
	invariant, pseudoscalar, vector3 = "invariant", "pseudoscalar", "vector"
	edgeForce                        = "edge_force"
	swapped                          = "dst_minus_src"
)

// words are typed words as plain ones.
func words[T ~string](typed ...T) []string {
	out := make([]string, len(typed))
	for i, w := range typed {
		out[i] = string(w)
	}
	return out
}

// check reports a word that does not work.
func (v vocabulary) check(f *Faults, at, word string) {
	if !slices.Contains(v.built, word) {
		f.add(at, "%q is none of %s", word, list(v.built))
	}
}

// list writes words as "a", "b".
func list(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%q", w)
	}
	return out
}

// hydrogenWords are the manifest's words for which hydrogens are atoms.
var hydrogenWords = map[string]molecule.Hydrogens{"implicit": molecule.Implicit, "keep": molecule.Keep, "explicit": molecule.Explicit}

var hydrogens = vocabulary{built: []string{"implicit", "keep", "explicit"}}
