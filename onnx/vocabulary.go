package onnx

import (
	"fmt"
	"slices"

	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// vocabulary is what a word of the manifest may be: words that work, and words of the contract
// (docs/manifest.schema.json) whose work is not written yet.
type vocabulary struct{ built, planned []string }

var (
	taskLevels     = vocabulary{[]string{"graph", "node", "embedding"}, []string{"edge", "pair", "forces"}}
	taskKinds      = vocabulary{built: []string{"regression", "classification"}}
	inputKinds     = vocabulary{[]string{string(preprocess.SMILES)}, []string{"sdf", "xyz", "atoms", "graph"}}
	symmetryGroups = vocabulary{[]string{"permutation"}, []string{"E(3)", "SE(3)"}}
	perceptions    = vocabulary{built: []string{"rdkit-2026.03.6"}}
	stereos        = vocabulary{built: []string{"legacy"}}
	edgeRules      = vocabulary{[]string{"bonds"}, []string{"radius", "complete", "knn"}}
	layouts        = vocabulary{built: []string{string(graph.Packed), string(graph.Padded)}}
	owners         = vocabulary{[]string{"graph", "atom"}, []string{"edge", "pair", "batch"}}
	symmetries     = vocabulary{[]string{"invariant"}, []string{"pseudoscalar", "vector"}}
	roles          = vocabulary{[]string{"value", "embedding", "variance", "logit", "probability"}, []string{"edge_force", "attention"}}
)

// plannedFields are inputs of the contract that no layout has yet.
var plannedFields = []string{"adjacency", "atom_mask", "atoms_per_graph", "auxiliary", "bond_features", "cell", "cutoff_envelope",
	"degree", "distances", "edge_features", "edge_graph_index", "edge_index", "edge_lengths", "edge_list", "edge_shifts",
	"edge_src", "edge_dst", "edge_unit_vectors", "edge_vectors", "gcn_norm", "graph_index", "graph_offsets", "laplacian_norm",
	"line_graph_index", "pair_features", "pair_index", "pair_mask", "positions", "pseudo_coordinates", "radial_basis",
	"shortest_paths", "species", "spherical_harmonics", "spin_multiplicity", "total_charge", "velocities"}

// plannedKeys are keys of the contract that the structs of that name have not yet.
var plannedKeys = map[string][]string{
	"Input":     {"sign", "basis", "envelope", "lmax"},
	"Output":    {"of", "extensive"},
	"Transform": {"sigmoid", "softmax", "atom_energies"},
}

// unknown says why a struct has not a key.
func unknown(object, key string) string {
	if slices.Contains(plannedKeys[object], key) {
		return "is not supported yet"
	}
	return "is an unknown key"
}

// check reports a word that does not work.
func (v vocabulary) check(f *Faults, at, word string) {
	switch {
	case slices.Contains(v.built, word):
	case slices.Contains(v.planned, word):
		f.add(at, "%q is not supported yet; supported: %s", word, list(v.built))
	default:
		f.add(at, "%q is none of %s", word, list(append(slices.Clone(v.built), v.planned...)))
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
