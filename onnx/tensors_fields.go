package onnx

import (
	"slices"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// checkField wants a tensor to mean what its field says.
func (c *tensorCheck) checkField(in *Input, t *graph.Tensor) {
	atoms, edges := c.size("N", c.limits.Atoms), c.size("E", c.limits.Edges)
	switch in.Field {
	case "graph_index":
		c.inRange(in, t, c.size("G", c.limits.Graphs), "graphs")
		if !slices.IsSorted(t.I64) {
			c.fail(in, "decreases: the atoms of a graph stand together, graph after graph")
		}
		c.inhabited(in, t)
	case "edge_graph_index":
		c.inRange(in, t, c.size("G", c.limits.Graphs), "graphs")
		c.edgesOfGraphs(in, t)
	case "edge_index", "edge_list", "edge_src", "edge_dst", "pair_index":
		c.inRange(in, t, atoms, "atoms")
	case "reverse_edge":
		c.inRange(in, t, edges, "edges")
		c.opposite(in, t)
	case "line_graph_index":
		c.inRange(in, t, edges, "edges")
	case "edge_bond_index":
		c.inRange(in, t, edges/2, "bonds")
	case "graph_ones":
		c.ones(in, t)
	case "atoms_per_graph":
		c.counts(in, t)
	case "graph_offsets":
		c.offsets(in, t)
	case "atom_mask", "pair_mask":
		c.masks(in, t)
	case "species":
		c.inRange(in, t, int64(len(c.manifest.Chemistry.Elements)), "species")
	case "atomic_numbers":
		c.inRange(in, t, int64(molecule.MaxZ)+1, "atomic numbers")
	case "node_features", "edge_features", "bond_features":
		if t.DType == graph.Int64 {
			c.inRange(in, t, maxCategory, "categories")
		}
	}
	if t.DType == graph.Float32 || t.DType == graph.Float64 {
		c.finite(in, t)
	}
}

// inhabited wants each graph to have an atom, by an index that does not decrease. A run may be cut between graphs,
// and of some networks one without atoms would end the process (package scan: GRU).
func (c *tensorCheck) inhabited(in *Input, t *graph.Tensor) {
	next := int64(0)
	for _, g := range t.I64 {
		if g > next {
			break
		}
		next = g + 1
	}
	if graphs, ok := c.sizes.find("G"); next < graphs || !ok && len(t.I64) > 0 && next <= t.I64[len(t.I64)-1] {
		c.fail(in, "graph %d has no atom", next)
	}
}

// maxCategory bounds integer features, which networks look up in tables of their own size.
const maxCategory = 1 << 20

// ends are the atoms of edge k, in whichever order, or false when the model has no indices of edges.
func (c *tensorCheck) ends() (at func(k int) (i, j int64), ok bool) { return endsOf(c.field) }

// endsOf is ends of the tensors that field finds.
func endsOf(field func(name string) *graph.Tensor) (at func(k int) (i, j int64), ok bool) {
	if t := field("edge_index"); t != nil {
		return columns(t), true
	}
	if t := field("edge_list"); t != nil {
		return func(k int) (i, j int64) { return t.I64[2*k], t.I64[2*k+1] }, true
	}
	src, dst := field("edge_src"), field("edge_dst")
	if src == nil || dst == nil {
		return nil, false
	}
	return func(k int) (i, j int64) { return src.I64[k], dst.I64[k] }, true
}

// columns are those of a tensor [2,·] of indices.
func columns(t *graph.Tensor) func(k int) (i, j int64) {
	n := len(t.I64) / 2
	return func(k int) (i, j int64) { return t.I64[k], t.I64[n+k] }
}

// opposite wants reverse_edge to pair (i,j) with (j,i).
func (c *tensorCheck) opposite(in *Input, t *graph.Tensor) {
	if c.err != nil {
		return
	}
	ends, known := c.ends()
	for k, r := range t.I64 {
		if t.I64[r] != int64(k) {
			c.fail(in, "the opposite of edge %d is %d, whose opposite is %d", k, r, t.I64[r])
			return
		}
		if !known {
			continue
		}
		i, j := ends(k)
		if a, b := ends(int(r)); a != j || b != i {
			c.fail(in, "edge %d is (%d,%d), its opposite %d is (%d,%d)", k, i, j, r, a, b)
			return
		}
	}
}

// edgesOfGraphs wants an edge to be of the graph of its first atom.
func (c *tensorCheck) edgesOfGraphs(in *Input, t *graph.Tensor) {
	ends, ok := c.ends()
	of := c.field("graph_index")
	if !ok || of == nil {
		return
	}
	for k, g := range t.I64 {
		i, _ := ends(k)
		if i < 0 || i >= int64(len(of.I64)) || of.I64[i] != g {
			c.fail(in, "edge %d is of graph %d, its atom %d is not", k, g, i)
			return
		}
	}
}

func (c *tensorCheck) ones(in *Input, t *graph.Tensor) {
	for k := range t.Len() {
		if t.At(k) != 1 {
			c.fail(in, "element %d is %v; all are 1", k, t.At(k))
			return
		}
	}
}

// members are the atoms of each graph by graph_index or atom_mask, nil when the model has neither.
func (c *tensorCheck) members() []int64 {
	if t := c.field("graph_index"); t != nil {
		out := make([]int64, c.size("G", c.limits.Graphs))
		for _, g := range t.I64 {
			if g >= 0 && g < int64(len(out)) {
				out[g]++
			}
		}
		return out
	}
	t := c.field("atom_mask")
	if t == nil {
		return nil
	}
	out := make([]int64, t.Shape[0])
	for k, real := range t.B {
		if real {
			out[int64(k)/t.Shape[1]]++
		}
	}
	return out
}

// counts wants atoms_per_graph to be the sizes of the graphs.
func (c *tensorCheck) counts(in *Input, t *graph.Tensor) {
	members, sum := c.members(), int64(0)
	slots, padded := c.sizes.find("n")
	for g, n := range t.I64 {
		if n < 1 || n > c.limits.Atoms || padded && n > slots || members != nil && members[g] != n {
			c.fail(in, "graph %d has not %d atoms", g, n)
			return
		}
		sum += n
	}
	if n, ok := c.sizes.find("N"); ok && sum != n {
		c.fail(in, "the graphs have %d atoms, there are %d", sum, n)
	}
}

// offsets wants graph_offsets to be where each graph begins, and behind them the number of atoms.
func (c *tensorCheck) offsets(in *Input, t *graph.Tensor) {
	last := len(t.I64) - 1
	if last < 0 || t.I64[0] != 0 {
		c.fail(in, "begins with another number than 0")
		return
	}
	members := c.members()
	for g := range last {
		n := t.I64[g+1] - t.I64[g]
		if n < 1 || t.I64[g+1] > c.size("N", c.limits.Atoms) || members != nil && members[g] != n {
			c.fail(in, "graph %d is not from atom %d to %d", g, t.I64[g], t.I64[g+1])
			return
		}
	}
	if n, ok := c.sizes.find("N"); ok && t.I64[last] != n {
		c.fail(in, "ends with %d, there are %d atoms", t.I64[last], n)
	}
}

// masks wants real atoms, one at least, before padding, and pairs of real atoms only.
func (c *tensorCheck) masks(in *Input, t *graph.Tensor) {
	graphs, slots := int(t.Shape[0]), int(t.Shape[1])
	atom := func(g, i int) bool { return t.B[g*slots+i] }
	if in.Field == "pair_mask" {
		atom = func(g, i int) bool { return t.B[(g*slots+i)*slots+i] }
		if m := c.field("atom_mask"); m != nil {
			atom = func(g, i int) bool { return m.B[g*slots+i] }
		}
	}
	for g := range graphs {
		if !atom(g, 0) {
			c.fail(in, "graph %d has no atom in its first place", g)
			return
		}
		for i := range slots {
			if i > 0 && atom(g, i) && !atom(g, i-1) {
				c.fail(in, "atom %d of graph %d follows padding", i, g)
				return
			}
			for j := 0; in.Field == "pair_mask" && j < slots; j++ {
				if t.B[(g*slots+i)*slots+j] != (atom(g, i) && atom(g, j)) {
					c.fail(in, "pair (%d,%d) of graph %d is not that of its atoms", i, j, g)
					return
				}
			}
		}
	}
}
