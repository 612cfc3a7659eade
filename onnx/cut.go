package onnx

import (
	"fmt"
	"slices"
	"strings"

	"molserve/preprocess/graph"
)

// Cut is a request of many graphs, cut between them into requests of the size of run that costs least. The
// inverse of merging: the graphs of a request answer the same whichever others stand beside them.
type Cut struct {
	// Requests share the memory of the request that was cut.
	Requests [][]graph.Tensor

	network *network
	rows    []int64           // rows of output k in request r: rows[r*outputs+k]
	order   []int             // of the graphs in Requests; nil: as they were
	memory  *[][]graph.Tensor // of Requests, nil when they have none of their own
}

// Cut is nil when the request should run as it is: it is no larger than a run should be, or its graphs do not
// stand one after the other in all of its tensors.
func (n *network) Cut(in []graph.Tensor) *Cut {
	switch {
	case !n.cuttable || n.Fits(n.LoadOf(in)):
		return nil
	case n.manifest.Layout == graph.Padded:
		return n.cutPadded(in)
	}
	return n.cutPacked(in)
}

// cutPacked cuts between graphs whose rows stand one after the other.
func (n *network) cutPacked(in []graph.Tensor) *Cut {
	p := n.partition(in)
	if p == nil {
		return nil
	}
	perRow := p.widths()
	at := n.fill(p.graphs, func(g int) Load { return p.load(g, perRow) })
	if len(at) <= 2 {
		return nil
	}
	c := &Cut{network: n}
	for r := range at[1:] {
		part := p.slice(at[r], at[r+1])
		if part == nil {
			return nil
		}
		c.Requests = append(c.Requests, part)
		for _, name := range n.outputs {
			c.rows = append(c.rows, p.count(n.ownerOf(name), at[r], at[r+1]))
		}
	}
	return c
}

// fill puts graphs, in order, into runs and returns where each begins, and the end. A graph without atoms stays with
// those before it: what has no atom at all is no run that anybody proved. A rest of less than half a run is not worth
// one of its own.
func (n *network) fill(graphs int, load func(k int) Load) []int {
	at := []int{0}
	var sum Load
	for k := range graphs {
		one := load(k)
		next := sum.Plus(one)
		if sum.Atoms > 0 && one.Atoms > 0 && !n.Fits(next) {
			at, next = append(at, k), one
		}
		sum = next
	}
	if len(at) > 1 && n.Fits(sum.Plus(sum)) {
		at = at[:len(at)-1]
	}
	return append(at, graphs)
}

// Join puts the outputs of Requests together: what the request has as a whole. It fails when one has not the rows of
// its graphs.
func (c *Cut) Join(outputs [][]graph.Tensor) ([]graph.Tensor, error) {
	names := c.network.outputs
	joined, parts := make([]graph.Tensor, len(names)), make([]graph.Tensor, len(outputs))
	for k, name := range names {
		for r := range outputs {
			parts[r] = outputs[r][k]
			first, t, rows := &parts[0], &parts[r], c.rows[r*len(names)+k]
			if len(t.Shape) == 0 || t.Shape[0] != rows || t.DType != first.DType || !slices.Equal(t.Shape[1:], first.Shape[1:]) {
				return nil, fmt.Errorf("output %s is %s, %d rows are wanted as wide as those of %s", name, t, rows, first)
			}
		}
		joined[k] = c.inOrder(join(parts, 0))
	}
	return joined, nil
}

// inOrder puts rows of graphs where the request had them.
func (c *Cut) inOrder(t graph.Tensor) graph.Tensor {
	if c.order == nil {
		return t
	}
	place := make([]int, len(c.order))
	for k, g := range c.order {
		place[g] = k
	}
	out := graph.Tensor{}
	gatherSlots(&out, &t, place, 0, 1, 1)
	return out
}

// Release gives the memory of Requests back, which nobody may read any more. A cut whose runs may not be over is
// left to the collector instead.
func (c *Cut) Release() {
	if c != nil && c.memory != nil {
		c.network.cuts.Put(c.memory)
		c.Requests, c.memory = nil, nil
	}
}

// mayCut holds the manifest against what Cut needs of it.
func (m *Model) mayCut() bool {
	if m.manifest.Layout == graph.Packed {
		return m.mergeable() && (m.binds("graph_index") || m.binds("graph_offsets") || m.binds("atoms_per_graph"))
	}
	for i := range m.manifest.Inputs {
		in := &m.manifest.Inputs[i]
		info, err := graph.Describe(graph.Padded, in.Field)
		if err != nil || len(info.Shape) != len(in.Shape) || in.Shape[0].Symbol != "B" {
			return false
		}
	}
	return !slices.ContainsFunc(m.outputs, func(name string) bool { return !strings.Contains("GNP", m.ownerOf(name)) || m.ownerOf(name) == "" })
}

// binds tells whether an input has a field.
func (m *Model) binds(field string) bool {
	return slices.ContainsFunc(m.manifest.Inputs, func(in Input) bool { return in.Field == field })
}
