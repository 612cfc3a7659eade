package graph

import "fmt"

// Layout says how graphs lie in a batch.
type Layout string

// The layouts of house.
const (
	Packed Layout = "packed"
	Padded Layout = "padded"
)

// Padding asks for more room than the graphs need. The zero value asks for none.
type Padding struct {
	Slots int     // padded: least number of node slots n
	Fill  float32 // what float padding holds; a network must not see it
}

// Batch is G graphs side by side: N nodes, E edges in all.
type Batch struct {
	Layout  Layout
	Graphs  []*Graph // [G]
	N, E    int
	Slots   int     // padded: n, nodes a graph has room for
	Fill    float32 // padded: value of float padding
	offsets []int   // [G+1] first node of each graph when packed
}

// Collate joins graphs, in order, into a batch. It keeps the graphs; it copies when a field is filled.
func Collate(graphs []*Graph, layout Layout, pad Padding) *Batch {
	b := &Batch{Layout: layout, Graphs: graphs, Slots: max(pad.Slots, 1), Fill: pad.Fill}
	b.offsets = make([]int, len(graphs)+1)
	for i, g := range graphs {
		b.N, b.E = b.N+g.N, b.E+g.E
		b.offsets[i+1] = b.N
		b.Slots = max(b.Slots, g.N)
	}
	return b
}

// Rows returns where the nodes of graph i lie in the first dimension of a packed array, or in
// dimension one of a padded array.
func (b *Batch) Rows(i int) (from, to int) {
	if b.Layout == Padded {
		return 0, b.Graphs[i].N
	}
	return b.offsets[i], b.offsets[i+1]
}

// FillField writes the array that f names into t, reusing t's memory.
// It fails when the layout does not have the field or an option is unknown.
func (b *Batch) FillField(f Field, t *Tensor) error {
	info, err := Describe(b.Layout, f.Name)
	if err != nil {
		return err
	}
	if err := info.check(f); err != nil {
		return fmt.Errorf("field %s: %w", f.Name, err)
	}
	info.fill(b, f, t)
	return nil
}
