package onnx

import (
	"cmp"
	"slices"

	"molserve/preprocess/graph"
)

// mayTrim tells whether slots that no graph of a run needs may be left out of it: the masks say which they are, and no
// output has rows of slots. That padding changes no answer, whatever stands in it, is proved of every model before it
// serves.
func (m *Model) mayTrim() bool {
	if m.manifest.Layout != graph.Padded || !m.mayCut() || !m.binds("atom_mask") {
		return false
	}
	for i := range m.manifest.Inputs {
		in := &m.manifest.Inputs[i]
		info, err := graph.Describe(graph.Padded, in.Field)
		for k := range in.Shape {
			if err != nil || (info.Shape[k] == "n") != (in.Shape[k].Symbol == "n") {
				return false // such as a network of a fixed number of slots
			}
		}
	}
	return !slices.ContainsFunc(m.outputs, func(name string) bool { return m.ownerOf(name) != "G" })
}

// slots is how many a request has a graph, and how many each graph needs.
func (n *network) slots(in []graph.Tensor) (each int, needed []int) {
	of := n.sizes(in)
	each, needed = int(of.of("n")), make([]int, of.of("B"))
	mask := slices.IndexFunc(n.order, func(i int) bool { return n.manifest.Inputs[i].Field == "atom_mask" })
	for g := range needed {
		needed[g] = each
		if !n.trimmable {
			continue
		}
		if atoms := slices.Index(in[mask].B[g*each:(g+1)*each], false); atoms >= 0 { // real ones come first
			needed[g] = atoms
		}
	}
	return each, needed
}

// cutPadded cuts between graphs, which each have a row in every tensor. Where padding may be trimmed, graphs of like
// size run together, with as many slots as the largest of them needs.
func (n *network) cutPadded(in []graph.Tensor) *Cut {
	each, needed := n.slots(in)
	c := &Cut{network: n, order: make([]int, len(needed))}
	for g := range c.order {
		c.order[g] = g
	}
	if n.trimmable {
		slices.SortStableFunc(c.order, func(a, b int) int { return cmp.Compare(needed[a], needed[b]) })
	}
	bytes := n.LoadOf(in).Heaviest
	at := n.fill(len(needed), func(k int) Load {
		slots := needed[c.order[k]]
		return Load{Graphs: 1, Atoms: slots, Largest: slots, Bytes: bytes, Heaviest: bytes}
	})
	if len(at) <= 2 {
		return nil
	}
	if n.trimmable {
		c.memory, _ = n.cuts.Get().(*[][]graph.Tensor)
	}
	for r := range at[1:] {
		graphs := c.order[at[r]:at[r+1]]
		if n.trimmable {
			c.Requests = append(c.Requests, c.gather(in, graphs, r, each, needed[graphs[len(graphs)-1]]))
		} else {
			c.Requests = append(c.Requests, rowsOfGraphs(in, at[r], at[r+1]))
		}
		for range n.outputs {
			c.rows = append(c.rows, int64(len(graphs)))
		}
	}
	return c
}

// rowsOfGraphs are those of graphs from … to-1, seen where they stand.
func rowsOfGraphs(in []graph.Tensor, from, to int) []graph.Tensor {
	out := make([]graph.Tensor, len(in))
	for j := range in {
		t := &in[j]
		width := t.Len() / int(t.Shape[0])
		out[j] = t.Slice(from*width, to*width)
		out[j].Shape = slices.Clone(t.Shape)
		out[j].Shape[0] = int64(to - from)
	}
	return out
}

// gather copies graphs of a request, the first of their slots, into request r of the memory of c.
func (c *Cut) gather(in []graph.Tensor, graphs []int, r, each, slots int) []graph.Tensor {
	if c.memory == nil {
		c.memory = &[][]graph.Tensor{}
	}
	for len(*c.memory) <= r {
		*c.memory = append(*c.memory, make([]graph.Tensor, len(in)))
	}
	out := (*c.memory)[r]
	for j, i := range c.network.order {
		rank := 0 // how often a slot is counted: once an atom, twice a pair
		for _, d := range c.network.manifest.Inputs[i].Shape {
			if d.Symbol == "n" {
				rank++
			}
		}
		gatherSlots(&out[j], &in[j], graphs, rank, each, slots)
	}
	return out
}

// gatherSlots copies from t to out, whose memory is used again.
func gatherSlots(out, t *graph.Tensor, graphs []int, rank, each, slots int) {
	out.DType, out.Shape = t.DType, append(out.Shape[:0], t.Shape...)
	out.Shape[0] = int64(len(graphs))
	for k := 1; k <= rank; k++ {
		out.Shape[k] = int64(slots)
	}
	row := t.Len() / int(t.Shape[0])
	lines, stride, keep := 1, row, row // of a graph: runs of elements that stay together
	switch rank {
	case 1:
		keep = row / each * slots
	case 2:
		lines, stride, keep = slots, row/each, row/each/each*slots
	}
	size := len(graphs) * lines * keep
	switch t.DType {
	case graph.Float32:
		out.F32 = gatherLines(slices.Grow(out.F32[:0], size), t.F32, graphs, row, lines, stride, keep)
	case graph.Float64:
		out.F64 = gatherLines(slices.Grow(out.F64[:0], size), t.F64, graphs, row, lines, stride, keep)
	case graph.Int64:
		out.I64 = gatherLines(slices.Grow(out.I64[:0], size), t.I64, graphs, row, lines, stride, keep)
	case graph.Bool:
		out.B = gatherLines(slices.Grow(out.B[:0], size), t.B, graphs, row, lines, stride, keep)
	}
}

func gatherLines[T any](out, from []T, graphs []int, row, lines, stride, keep int) []T {
	for _, g := range graphs {
		for i := range lines {
			at := g*row + i*stride
			out = append(out, from[at:at+keep]...)
		}
	}
	return out
}
