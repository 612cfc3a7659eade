package reference

import (
	"fmt"
	"math"

	"molserve/preprocess/graph"
)

// gcn is the graph convolutional network (Kipf & Welling 2017, arXiv:1609.02907, eq. 2 and 9), with the
// bias after propagation as PyG's GCNConv has it, and a head on the mean of the node states:
//
//	Â = D̃^-½ (A + I) D̃^-½,  D̃_ii = Σ_j (A + I)_ij
//	H^(l+1) = ReLU(Â H^(l) W^(l) + b^(l)),  H^(0) = X
//	y = W₂ ReLU(W₁ mean_i H_i + b₁) + b₂
//
// y is [tasks], the standardised label.
type gcn struct {
	w    []matrix    // [layers] of [in,hidden]
	b    [][]float64 // [layers] of [hidden]
	head [2]linear
}

func loadGCN(l *loader) Network {
	hidden := l.integer("hidden", 128, maxWidth)
	layers := l.integer("layers", 4, maxLayers)
	headHidden := l.integer("head_hidden", 128, maxWidth)
	n := &gcn{}
	in := anySize // width of X
	for i := range layers {
		n.w = append(n.w, l.weight(fmt.Sprintf("convs.%d.lin", i), in, hidden))
		n.b = append(n.b, l.tensor(fmt.Sprintf("convs.%d.bias", i), hidden).Data)
		in = hidden
	}
	n.head = [2]linear{l.linear("head.0", hidden, headHidden), l.linear("head.2", headHidden, anySize)}
	return n
}

// Forward returns y.
func (n *gcn) Forward(g *graph.Graph) (map[string]Array, error) {
	f := n.w[0].Rows
	if err := checkGraph(g, f, -1); err != nil {
		return nil, err
	}
	a := normalisedAdjacency(g)
	h := widened(g.NodeFeatures, g.N, f)
	for l := range n.w {
		h = times(a, times(h, n.w[l]))
		addRow(h, n.b[l])
		h = relu(h)
	}
	z := n.head[0].of(scaled(sumRows(h), 1/float64(g.N)))
	y := n.head[1].of(relu(z))
	return map[string]Array{"y": {Shape: []int{y.Cols}, Data: y.Data}}, nil
}

// normalisedAdjacency returns Â [N,N]: row i receives, column j sends.
func normalisedAdjacency(g *graph.Graph) matrix {
	a := newMatrix(g.N, g.N)
	for i := range g.N {
		a.Data[i*g.N+i] = 1
	}
	for k := range g.E {
		a.Data[int(g.Dst[k])*g.N+int(g.Src[k])] = 1
	}
	d := make([]float64, g.N)
	for i := range g.N {
		for _, v := range row(a, i) {
			d[i] += v
		}
	}
	for i := range g.N {
		for j := range g.N {
			a.Data[i*g.N+j] /= math.Sqrt(d[i]) * math.Sqrt(d[j])
		}
	}
	return a
}
