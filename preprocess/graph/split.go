package graph

import "fmt"

// What a row of a tensor can belong to, by the words of the manifest.
const (
	PerGraph = "graph"
	PerAtom  = "atom"
	PerEdge  = "edge"
	PerPair  = "pair"
	PerBatch = "batch" // the whole tensor; a batch of one graph alone can give it to somebody
)

// Split gives the rows of t back to the real graphs: one tensor a graph that shares t's memory, [N,…]
// per atom, [E,…] per edge, [P,…] per pair and […] per graph and per batch, all in the order of their Graph. Rows of
// padding belong to nobody. It fails when t has not the rows of the batch, or is of a whole batch of several graphs.
func (b *Batch) Split(t *Tensor, per string) ([]Tensor, error) {
	parts := make([]Tensor, len(b.Graphs))
	for i := range parts {
		if err := b.Part(i, t, per, &parts[i]); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// Part makes part the rows of graph i in t, as Split does, reusing the memory of its shape.
func (b *Batch) Part(i int, t *Tensor, per string, part *Tensor) error {
	var lead [2]int
	rows, err := b.leading(per, &lead)
	if err != nil {
		return err
	}
	if !t.leads(lead[:rows]) {
		return fmt.Errorf("%v has not the rows %v that the batch has per %s", t, lead[:rows], per)
	}
	from, to := i, i+1
	switch {
	case per == PerAtom && b.Layout == Padded:
		from, to = i*b.Slots, i*b.Slots+b.Graphs[i].N
	case per == PerAtom:
		from, to = b.atoms[i], b.atoms[i+1]
	case per == PerEdge:
		from, to = b.edges[i], b.edges[i+1]
	case per == PerPair:
		from, to = b.pairs[i], b.pairs[i+1]
	}
	shape := part.Shape[:0]
	if per != PerGraph && per != PerBatch {
		shape = append(shape, int64(to-from))
	}
	width := 1
	for _, d := range t.Shape[rows:] {
		width *= int(d)
		shape = append(shape, d)
	}
	*part = t.Slice(from*width, to*width)
	part.Shape = shape
	return nil
}

// leading writes the first dimensions of a tensor with a row per what, and returns how many they are.
func (b *Batch) leading(per string, lead *[2]int) (int, error) {
	switch {
	case per == PerBatch && b.G != 1:
		return 0, fmt.Errorf("what is per batch belongs to no graph of a batch of %d", b.G)
	case per == PerBatch:
		return 0, nil
	case per == PerGraph:
		lead[0] = b.G
		return 1, nil
	case per == PerAtom && b.Layout == Padded:
		lead[0], lead[1] = b.G, b.Slots
		return 2, nil
	case per == PerAtom:
		lead[0] = b.N
		return 1, nil
	case per == PerEdge && b.Layout == Packed:
		lead[0] = b.E
		return 1, nil
	case per == PerPair && b.Layout == Packed:
		lead[0] = b.P
		return 1, nil
	}
	return 0, fmt.Errorf("a %s batch has no rows per %q", b.Layout, per)
}

// leads tells whether t begins with these dimensions.
func (t *Tensor) leads(lead []int) bool {
	if len(t.Shape) < len(lead) {
		return false
	}
	for d, n := range lead {
		if t.Shape[d] != int64(n) {
			return false
		}
	}
	return true
}

// Slice is elements from…to-1 of t, without a shape. It shares t's memory.
func (t *Tensor) Slice(from, to int) Tensor {
	r := Tensor{DType: t.DType}
	switch t.DType {
	case Float32:
		r.F32 = t.F32[from:to:to]
	case Float64:
		r.F64 = t.F64[from:to:to]
	case Int64:
		r.I64 = t.I64[from:to:to]
	case Bool:
		r.B = t.B[from:to:to]
	}
	return r
}
