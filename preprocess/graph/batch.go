package graph

import "fmt"

// Layout says how graphs lie in a batch.
type Layout string

// The layouts of house.
const (
	Packed Layout = "packed"
	Padded Layout = "padded"
)

// Batch is graphs side by side, with room for more of them when padding asked for it. N, E and G count
// the rows of its tensors, padding included; without padding G is len(Graphs).
type Batch struct {
	Layout  Layout
	Graphs  []*Graph // the real ones; they come first in every tensor
	N, E, G int      // atoms, edges, graphs
	Slots   int      // padded: n, nodes a graph has room for
	P       int      // pairs that are asked about
	Fill    float32  // value of float padding

	atoms, edges, pairs  []int // [G+1] first atom, edge and pair of each graph when packed
	lines                int   // least L
	nodeWidth, edgeWidth int   // F, D
	auxWidth             int   // A
	widths, auxWidths    error // rows of different widths
	ghost                Graph // packed: takes the padding; it stands behind the real graphs
}

// Collate joins graphs, in order, into a batch. It keeps the graphs; it copies when a field is filled.
func Collate(graphs []*Graph, layout Layout, pad Padding) *Batch {
	b := new(Batch)
	b.Reset(graphs, layout, pad)
	return b
}

// Reset makes b the batch of graphs, reusing its memory.
func (b *Batch) Reset(graphs []*Graph, layout Layout, pad Padding) {
	b.Layout, b.Graphs, b.Fill, b.Slots = layout, graphs, pad.Fill, max(pad.Slots, 1)
	b.N, b.E, b.G, b.P, b.lines = 0, 0, 0, 0, pad.Lines
	b.atoms, b.edges, b.pairs = append(b.atoms[:0], 0), append(b.edges[:0], 0), append(b.pairs[:0], 0)
	for _, g := range graphs {
		b.add(g)
		b.Slots = max(b.Slots, g.N)
	}
	b.setWidths()
	switch {
	case layout == Padded:
		b.G = max(b.G, pad.Graphs)
	case pad.packed():
		b.addGhost(pad)
	}
}

// add counts one graph more.
func (b *Batch) add(g *Graph) {
	b.N, b.E, b.G, b.P = b.N+g.N, b.E+g.E, b.G+1, b.P+len(g.Pairs)
	b.atoms, b.edges, b.pairs = append(b.atoms, b.N), append(b.edges, b.E), append(b.pairs, b.P)
}

// setWidths finds F, D and A. A batch without rows keeps the widths of its graphs.
func (b *Batch) setWidths() {
	b.nodeWidth, b.edgeWidth, b.auxWidth, b.widths, b.auxWidths = 0, 0, 0, nil, nil
	for _, g := range b.Graphs {
		b.nodeWidth, b.edgeWidth = max(b.nodeWidth, g.NodeWidth), max(b.edgeWidth, g.EdgeWidth)
		b.auxWidth = max(b.auxWidth, len(g.Auxiliary))
	}
	for i, g := range b.Graphs {
		if n, e := g.nodeRows(), g.edgeRows(); n != g.N*b.nodeWidth && n > 0 || e != g.E*b.edgeWidth && e > 0 {
			b.widths = fmt.Errorf("graph %d has feature rows of %d and %d numbers, another of the batch %d and %d",
				i, g.NodeWidth, g.EdgeWidth, b.nodeWidth, b.edgeWidth)
		}
		if len(g.Auxiliary) != b.auxWidth {
			b.auxWidths = fmt.Errorf("graph %d has %d auxiliary numbers, another of the batch %d", i, len(g.Auxiliary), b.auxWidth)
		}
	}
}

// graph is graph i of the tensors: a real one, the ghost, or an empty one behind it.
func (b *Batch) graph(i int) *Graph {
	switch real := len(b.Graphs); {
	case i < real:
		return b.Graphs[i]
	case i == real && b.Layout == Packed:
		return &b.ghost
	}
	return &nothing
}

var nothing Graph

// Rows returns where the nodes of graph i lie in the first dimension of a packed array, or in
// dimension one of a padded array.
func (b *Batch) Rows(i int) (from, to int) {
	if b.Layout == Padded {
		return 0, b.Graphs[i].N
	}
	return b.atoms[i], b.atoms[i+1]
}

// FillField writes the array that f names into t, reusing t's memory. It fails when the layout does
// not have the field, when an option is unknown, and when a graph has not what the field is made of.
func (b *Batch) FillField(f Field, t *Tensor) error {
	info, err := lookUp(b.Layout, f.Name)
	if err != nil {
		return err
	}
	p := parts.Get().(*part)
	defer func() {
		*p = part{}
		parts.Put(p)
	}()
	p.b, p.f = b, f
	if err := p.fill(info, t); err != nil {
		return fmt.Errorf("field %s: %w", f.Name, err)
	}
	return nil
}
