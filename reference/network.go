package reference

import (
	"fmt"
	"slices"

	"molserve/preprocess/graph"
)

// Array is one output for one graph, row-major: [columns] per graph, [N,columns] per atom, [E,columns]
// per edge. A tensor without columns has not the last dimension: its number per graph is [].
type Array struct {
	Shape []int
	Data  []float64
}

// Network is an architecture with its weights. It is safe for concurrent use.
type Network interface {
	// Forward returns the outputs for one graph by the names that the architecture gives them. It
	// fails when the arrays of the graph do not fit each other or the network.
	Forward(g *graph.Graph) (map[string]Array, error)
}

// architectures is the table: one row a file of this package.
var architectures = map[string]func(*loader) Network{
	"dmpnn":       loadDMPNN,
	"egnn":        loadEGNN,
	"gcn":         loadGCN,
	"nequip_like": loadNequIPLike,
}

// Names lists the architectures, sorted.
func Names() []string {
	var names []string
	for n := range architectures {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Spec is what a manifest says of a network.
type Spec struct {
	Architecture    string         // one of Names
	Hyperparameters map[string]any // as JSON gives them
	Elements        []uint8        // atomic number of each species; networks of feature rows need none
}

// Open loads a network with its weights, the bytes of a safetensors file. Its error lists every unknown
// or unusable hyperparameter, at its JSON pointer in a manifest, and every missing, unexpected or wrongly shaped tensor.
func Open(s Spec, weights []byte) (Network, error) {
	load, ok := architectures[s.Architecture]
	if !ok {
		return nil, fmt.Errorf("/architecture/name: there is no reference for %q; there are %v", s.Architecture, Names())
	}
	tensors, err := ReadSafetensors(weights)
	if err != nil {
		return nil, err
	}
	l := &loader{hyper: s.Hyperparameters, elements: s.Elements, tensors: tensors, asked: map[string]bool{}}
	n := load(l)
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("architecture %s: %w", s.Architecture, err)
	}
	return n, nil
}

// checkGraph tells what is wrong with the arrays of a graph for a network that takes node rows of
// width f and edge rows of width d (negative: none are read).
func checkGraph(g *graph.Graph, f, d int) error {
	switch {
	case g.N < 1:
		return fmt.Errorf("graph has no nodes")
	case g.NodeWidth != f || len(g.NodeFeatures) != g.N*f:
		return fmt.Errorf("node features are not [%d,%d]", g.N, f)
	case d >= 0 && (g.EdgeWidth != d || len(g.EdgeFeatures) != g.E*d):
		return fmt.Errorf("edge features are not [%d,%d]", g.E, d)
	}
	return checkEdges(g)
}

// checkEdges tells what is wrong with the ends of the edges.
func checkEdges(g *graph.Graph) error {
	if len(g.Src) != g.E || len(g.Dst) != g.E {
		return fmt.Errorf("src and dst have %d and %d entries for %d edges", len(g.Src), len(g.Dst), g.E)
	}
	for k := range g.E {
		if min(g.Src[k], g.Dst[k]) < 0 || int(max(g.Src[k], g.Dst[k])) >= g.N {
			return fmt.Errorf("edge %d goes from %d to %d in a graph of %d nodes", k, g.Src[k], g.Dst[k], g.N)
		}
	}
	return nil
}
