// Package featurize writes the feature rows of molecules as the libraries that models were
// trained with write them. Each featurizer is one table in one file.
package featurize

import (
	"fmt"
	"slices"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// Featurizer is one library's table of atom and bond features.
type Featurizer struct {
	Name      string
	AtomWidth int  // F
	BondWidth int  // D
	Integer   bool // the library's rows are int64; here they are whole numbers below 2^24, which float32 holds

	// refuse tells what the library raises on, as a *molecule.Error; nil: nothing.
	refuse func(m *molecule.Molecule) error
	// atom writes features of atom i into row [F], which is zero.
	atom func(m *molecule.Molecule, i int, row []float32)
	// bond writes features of bond k into row [D], which is zero.
	bond func(m *molecule.Molecule, k int, row []float32)
	// finish changes the graph of bonds into the library's: other order, loops, columns that need the
	// whole molecule; nil: nothing.
	finish func(m *molecule.Molecule, g *graph.Graph)
	// pairs makes a graph whose edges are no bonds; nil: they are.
	pairs func(m *molecule.Molecule) (*graph.Graph, error)
	// hot is the same as columns of ones, where the rows are of that kind; nil elsewhere.
	hot *hotTable
}

var featurizers = byName(
	&chempropV2, &chempropV1, &chempropOrganic, &chempropRIGR,
	&ogb, &pyg,
	&dgllifeCanonical, &dgllifeAttentiveFP, &dgllifePretrain, &dgllifeWeave,
	&dgllifeCanonicalLoops, &dgllifeAttentiveFPLoops, &dgllifePretrainLoops,
	multifidelityDefault, multifidelity53, multifidelity35,
)

func byName(tables ...*Featurizer) map[string]*Featurizer {
	named := make(map[string]*Featurizer, len(tables))
	for _, f := range tables {
		named[f.Name] = f
	}
	return named
}

// Named returns the featurizer of that name; the error lists those there are.
func Named(name string) (*Featurizer, error) {
	f, ok := featurizers[name]
	if !ok {
		return nil, fmt.Errorf("no featurizer %q; there are %v", name, Names())
	}
	return f, nil
}

// Names lists the featurizers, sorted.
func Names() []string {
	var names []string
	for n := range featurizers {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Graph returns m's rows and edges as the library has them: bond k as the edges 2k (begin → end) and
// 2k+1 (end → begin) unless the table says else. What the library raises on is refused.
func (f *Featurizer) Graph(m *molecule.Molecule) (*graph.Graph, error) {
	if f.refuse != nil {
		if err := f.refuse(m); err != nil {
			return nil, err
		}
	}
	if f.pairs != nil {
		return f.pairs(m)
	}
	g := f.bonds(m)
	if f.finish != nil {
		f.finish(m, g)
	}
	return g, nil
}

// bonds makes the graph of m's bonds.
func (f *Featurizer) bonds(m *molecule.Molecule) *graph.Graph {
	n, e := len(m.Atoms), 2*len(m.Bonds)
	nodes, edges := n*f.AtomWidth, e*f.BondWidth
	rows, index := make([]float32, nodes+edges), make([]int32, 3*e)
	g := &graph.Graph{N: n, E: e, NodeWidth: f.AtomWidth, EdgeWidth: f.BondWidth,
		NodeFeatures: rows[:nodes:nodes], EdgeFeatures: rows[nodes:], Numbers: make([]uint8, n),
		Src: index[:e:e], Dst: index[e : 2*e : 2*e], Reverse: index[2*e:]}
	for i := range m.Atoms {
		g.Numbers[i] = m.Atoms[i].Z
		f.atom(m, i, g.NodeFeatures[i*f.AtomWidth:(i+1)*f.AtomWidth])
	}
	for k := range m.Bonds {
		f.edges(m, k, g)
	}
	return g
}

func (f *Featurizer) edges(m *molecule.Molecule, k int, g *graph.Graph) {
	d := f.BondWidth
	rows := g.EdgeFeatures[2*k*d : (2*k+2)*d]
	f.bond(m, k, rows[:d:d])
	copy(rows[d:], rows[:d])
	setEnds(g, k, &m.Bonds[k])
}

// setEnds draws bond k as its two edges.
func setEnds(g *graph.Graph, k int, b *molecule.Bond) {
	there, back := 2*k, 2*k+1
	g.Src[there], g.Dst[there], g.Reverse[there] = b.Begin, b.End, int32(back)
	g.Src[back], g.Dst[back], g.Reverse[back] = b.End, b.Begin, int32(there)
}
