package featurize

import (
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// hotTable writes rows of ones and zeros as the columns of the ones, see graph.Hot.
type hotTable struct {
	atomOnes, bondOnes int // columns named a row

	// atom names the columns of atom i and returns what the last column of its row holds.
	atom func(m *molecule.Molecule, i int, columns []uint8) (last float32)
	// bond names the columns of bond k.
	bond func(m *molecule.Molecule, k int, columns []uint8)
}

// Compact is Graph with the rows as graph.Hot where the table has that form: a tenth of the memory, for a
// graph that goes into a batch and nowhere else. Graph.Dense turns it into the other.
func (f *Featurizer) Compact(m *molecule.Molecule) (*graph.Graph, error) {
	if f.hot == nil {
		return f.Graph(m)
	}
	return f.hot.graph(m, f), nil
}

// compactGraph is a graph with its rows in one piece of memory.
type compactGraph struct {
	graph.Graph
	nodes, edges graph.Hot
}

func (h *hotTable) graph(m *molecule.Molecule, f *Featurizer) *graph.Graph {
	n, nb := len(m.Atoms), len(m.Bonds)
	e := 2 * nb
	index, bytes := make([]int32, 3*e), make([]uint8, n*(h.atomOnes+1)+nb*h.bondOnes)
	numbers, atoms, bonds := bytes[:n:n], bytes[n:n*(h.atomOnes+1)], bytes[n*(h.atomOnes+1):]
	g := &compactGraph{
		Graph: graph.Graph{N: n, E: e, NodeWidth: f.AtomWidth, EdgeWidth: f.BondWidth, Numbers: numbers,
			Src: index[:e:e], Dst: index[e : 2*e : 2*e], Reverse: index[2*e:]},
		nodes: graph.Hot{Ones: h.atomOnes, Columns: atoms, Last: make([]float32, n)},
		edges: graph.Hot{Ones: h.bondOnes, Columns: bonds, Twice: true},
	}
	g.HotNodes, g.HotEdges = &g.nodes, &g.edges
	for i := range m.Atoms {
		numbers[i] = m.Atoms[i].Z
		g.nodes.Last[i] = h.atom(m, i, atoms[i*h.atomOnes:(i+1)*h.atomOnes])
	}
	for k := range m.Bonds {
		setEnds(&g.Graph, k, &m.Bonds[k])
		h.bond(m, k, bonds[k*h.bondOnes:(k+1)*h.bondOnes])
	}
	return &g.Graph
}
