package reference

import (
	"fmt"

	"molserve/preprocess/graph"
)

// dmpnn is directed message passing (Yang et al. 2019, arXiv:1904.01561, eq. 4–8), with the head of
// chemprop 2 (nn/message_passing/base.py, nn/agg.py, nn/ffn.py). Edge k goes from v to w:
//
//	h⁰_vw = W_i [x_v ‖ e_vw]                            τ = ReLU, and τ(h⁰) starts the recursion
//	m_vw  = Σ_{u ∈ N(v)\w} h_uv                         depth − 1 times
//	h_vw  = τ(h⁰_vw + W_h m_vw)
//	h_v   = τ(W_o [x_v ‖ Σ_{u ∈ N(v)} h_uv] + b_o)
//	z     = Σ_v h_v / s                                 s: N (mean), a constant (norm) or 1 (sum)
//	y     = Linear z, then (ReLU, Linear) × (ffn_layers − 1)
//
// The graph is simple, so that N(v)\w is all that w's own edge does not bring.
// y is [tasks], the standardised label.
type dmpnn struct {
	f, d  int      // widths of x_v and e_vw
	depth int      // 1: no message is passed
	s     float64  // z's divisor; 0: N
	wI    matrix   // [f+d,hidden]
	wH    matrix   // [hidden,hidden]
	wO    linear   // [f+hidden,hidden]
	ffn   []linear // ffn_layers
}

func loadDMPNN(l *loader) Network {
	h := l.integer("hidden", 300, maxWidth)
	wI := l.weight("message_passing.W_i", anySize, h)
	wO := l.linear("message_passing.W_o", anySize, h)
	n := &dmpnn{
		depth: l.integer("depth", 3, maxLayers),
		s:     divisor(l),
		wI:    wI,
		wH:    l.weight("message_passing.W_h", h, h),
		wO:    wO,
		f:     wO.wt.Rows - h, // W_o takes [x_v ‖ h]
		d:     wI.Rows - (wO.wt.Rows - h),
		ffn:   loadFFN(l, h),
	}
	if len(l.faults) == 0 && (n.f < 1 || n.d < 0) {
		l.fault("W_i takes %d numbers and W_o %d, which leaves %d for a node and %d for an edge", wI.Rows, wO.wt.Rows, n.f, n.d)
	}
	return n
}

// divisor reads the aggregation: 0 stands for the number of atoms.
func divisor(l *loader) float64 {
	norm := l.integer("aggregation_norm", 100, maxWidth)
	switch l.choice("aggregation", "mean", "norm", "sum") {
	case "norm":
		return float64(norm)
	case "sum":
		return 1
	}
	return 0
}

// loadFFN reads the head under chemprop's names: block 0 is [Linear], later ones are [ReLU, Dropout, Linear].
func loadFFN(l *loader, in int) []linear {
	width := l.integer("ffn_hidden", 300, maxWidth)
	layers := l.integer("ffn_layers", 2, maxLayers)
	var ffn []linear
	for i := range layers {
		out, name := width, fmt.Sprintf("predictor.ffn.%d.2", i)
		if i == 0 {
			name = "predictor.ffn.0.0"
		}
		if i == layers-1 {
			out = anySize // tasks
		}
		ffn = append(ffn, l.linear(name, in, out))
		in = width
	}
	return ffn
}

// Forward returns y.
func (n *dmpnn) Forward(g *graph.Graph) (map[string]Array, error) {
	if err := checkGraph(g, n.f, n.d); err != nil {
		return nil, err
	}
	x := widened(g.NodeFeatures, g.N, n.f) // [N,f]
	in := incoming(g)
	h0 := times(n.bonds(g, x), n.wI) // [E,hidden]
	h := relu(h0)
	for range n.depth - 1 {
		wm := times(messages(g, in, h), n.wH)
		add(wm.Data, h0.Data)
		h = relu(wm)
	}
	m := newMatrix(g.N, h.Cols) // [N,hidden]
	for v := range g.N {
		for _, k := range in[v] {
			add(row(m, v), row(h, k))
		}
	}
	hv := relu(n.wO.of(beside(x, m)))
	return map[string]Array{"y": n.head(sumRows(hv), g.N)}, nil
}

// bonds returns the rows [x_v ‖ e_vw] of all edges: [E,f+d].
func (n *dmpnn) bonds(g *graph.Graph, x matrix) matrix {
	rows := newMatrix(g.E, n.f+n.d)
	for k := range g.E {
		r := row(rows, k)
		copy(r, row(x, int(g.Src[k])))
		for j, v := range g.EdgeFeatures[k*n.d : (k+1)*n.d] {
			r[n.f+j] = float64(v)
		}
	}
	return rows
}

// incoming lists, for each node, the edges that it receives.
func incoming(g *graph.Graph) [][]int {
	in := make([][]int, g.N)
	for k, v := range g.Dst {
		in[v] = append(in[v], k)
	}
	return in
}

// messages returns m_vw of all edges: [E,hidden].
func messages(g *graph.Graph, in [][]int, h matrix) matrix {
	m := newMatrix(g.E, h.Cols)
	for k := range g.E {
		v, w := g.Src[k], g.Dst[k]
		for _, uv := range in[v] {
			if g.Src[uv] != w {
				add(row(m, k), row(h, uv))
			}
		}
	}
	return m
}

// head returns y for the sum of the node states over n nodes.
func (n *dmpnn) head(sum matrix, nodes int) Array {
	s := n.s
	if s == 0 {
		s = float64(nodes)
	}
	z := n.ffn[0].of(scaled(sum, 1/s))
	for _, l := range n.ffn[1:] {
		z = l.of(relu(z))
	}
	return Array{Shape: []int{z.Cols}, Data: z.Data}
}
