package onnx

import (
	"slices"
	"strings"

	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// What fields are made of.
var (
	fieldsOfBonds  = []string{"bond_features", "node_features", "edge_features", "pair_features"}
	fieldsOfPlaces = []string{"cell", "cutoff_envelope", "distances", "edge_lengths", "edge_shifts", "edge_unit_vectors",
		"edge_vectors", "positions", "radial_basis", "spherical_harmonics"}
	fieldsOfPairs = []string{"bond_features", "edge_bond_index", "laplacian_encoding", "laplacian_max_eigenvalue", "laplacian_norm", "line_graph_index", "reverse_edge"}
)

// checkOptions wants the keys of an input that graph.Check does not see: those that may not be left out although
// they have a zero, those of chains, and functions that fit the graph's edges.
func checkOptions(m *Manifest, in *Input, info *graph.Info, at string, f *Faults) {
	for _, o := range []struct {
		key                  string
		there, known, needed bool
	}{
		{"lmax", in.LMax != nil, info.LMax, true},
		{"size", in.Size != nil, info.Size, true},
		{"from", in.From != nil, in.Field == auxiliaryField, false},
	} {
		switch {
		case o.there && !o.known:
			f.add(at+"/"+o.key, "is no option of field %s", in.Field)
		case o.known && o.needed && !o.there:
			f.add(at+"/"+o.key, "is missing; field %s needs it", in.Field)
		}
	}
	checkFrom(m, in, at+"/from", f)
	if in.Basis != nil {
		m.Graph.checkReach(in.Basis.Cutoff, at+"/basis/cutoff", f)
	}
	if in.Envelope != nil {
		m.Graph.checkReach(in.Envelope.Cutoff, at+"/envelope/cutoff", f)
	}
}

// checkReach refuses functions that are cut off while they are not zero yet.
func (g *GraphSpec) checkReach(cutoff float64, at string, f *Faults) {
	if g.Cutoff != nil && cutoff > *g.Cutoff {
		f.add(at, "%v Å reaches beyond the edges, which end at %v Å", cutoff, *g.Cutoff)
	}
}

// checkSource wants fields that the graph's edges come with.
func checkSource(m *Manifest, in *Input, at string, f *Faults) {
	bonds := m.Graph.Edges == string(preprocess.Bonds)
	switch {
	case bonds && (slices.Contains(fieldsOfPlaces, in.Field) || in.Field == "velocities"):
		f.add(at, "%s needs coordinates; edges \"bonds\" has none", in.Field)
	case m.Graph.geometric() && (slices.Contains(fieldsOfBonds, in.Field) || in.Field == "ring_distances"):
		f.add(at, "%s is of molecules with bonds; edges %q has none", in.Field, m.Graph.Edges)
	case m.Graph.Edges == string(preprocess.KNN) && slices.Contains(fieldsOfPairs, in.Field):
		f.add(at, "%s needs edges in both directions; those of \"knn\" may have no opposite", in.Field)
	case in.Field == "ring_distances" && slices.Contains(m.Accepts, string(preprocess.RawGraph)):
		f.add(at, "ring_distances are of perceived rings; a raw graph has none")
	case in.Field == "species" && len(m.Chemistry.Elements) == 0:
		f.add(at, "species are places in /chemistry/elements, which has none")
	}
}

// addJoined adds the errors that are joined in err, each "key: what is wrong", at their keys. Of a key that has a
// fault already nothing is said twice; elements are no key of an input.
func (f *Faults) addJoined(at string, err error) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			f.addJoined(at, e)
		}
		return
	}
	if err == nil {
		return
	}
	key, message, _ := strings.Cut(err.Error(), ": ")
	at += "/" + key
	if key != "elements" && !slices.ContainsFunc(*f, func(old Fault) bool { return old.Pointer == at }) {
		f.add(at, "%s", message)
	}
}
