package reference

import (
	"fmt"

	"molserve/preprocess/graph"
)

// egnn is the E(n)-equivariant graph network (Satorras et al. 2021, arXiv:2102.09844, eq. 3–6) as a
// potential. Every message and every coordinate message is multiplied by the envelope f, and sums over
// neighbours are divided by a constant c, so that the energy is smooth at the cutoff rc. Coordinates are
// kept as displacements u from where the atoms are: the x_j − x_i of the paper is w_ij. Edge k sends from
// j to i, with r_ij = r_j − r_i; b(d) are Bessel functions of d = |r_ij|, the edge attributes a_ij.
//
//	h⁰_i  = Emb(species of i),  u⁰_i = 0
//	w_ij  = r_ij + u_j − u_i
//	m_ij  = φ_e(h_i, h_j, |w_ij|²/rc², b(d)) f(d)           φ_e: Linear, SiLU, Linear, SiLU
//	u_i  ← u_i − Σ_j w_ij φ_x(m_ij) f(d) / c                φ_x: Linear, SiLU, Linear; not in the last layer
//	h_i  ← h_i + φ_h(h_i, Σ_j m_ij / c)                     φ_h: Linear, SiLU, Linear
//	e_i   = s(species of i) · readout(h_i)                  readout: Linear, SiLU, Linear
//
// energy is [], Σ_i e_i; node_energy [N], e_i; edge_gradient [E,3], ∂energy/∂r_ij, all of them without
// transform.
type egnn struct {
	species species
	radial  radial
	rc, c   float64
	emb     matrix // [species,hidden]
	layers  []egnnLayer
	readout perceptron
	s       []float64 // [species]
}

func loadEGNN(l *loader) Network {
	h := l.integer("hidden", 64, maxWidth)
	n := &egnn{species: loadSpecies(l), radial: loadRadial(l), rc: l.number("cutoff", maxLength), c: l.number("neighbours", maxCount)}
	rows := len(n.species)
	n.emb = l.matrix("embedding.weight", rows, h)
	layers := l.integer("layers", 4, maxLayers)
	for i := range layers {
		n.layers = append(n.layers, loadEGNNLayer(l, fmt.Sprintf("layers.%d.", i), h, i < layers-1))
	}
	n.readout = perceptron{l.linear("readout_in", h, h), l.linear("readout_out", h, 1)}
	n.s = l.tensor("scale", rows, 1).Data
	return n
}

// Forward returns energy, node_energy and edge_gradient.
func (n *egnn) Forward(g *graph.Graph) (map[string]Array, error) {
	z, err := n.species.of(g)
	if err != nil {
		return nil, err
	}
	e := n.edges(g)
	h, u := gather(n.emb, z), newMatrix(g.N, 3)
	var back []func(gh, gu matrix) (matrix, matrix)
	for i := range n.layers {
		var b func(gh, gu matrix) (matrix, matrix)
		h, u, b = n.layers[i].forward(e, h, u)
		back = append(back, b)
	}
	y, backReadout := n.readout.forward(h)
	s := make([]float64, g.N)
	for i := range s {
		s[i] = n.s[z[i]]
	}
	energies := eachRow(s, y)

	gh, gu := backReadout(matrix{Rows: g.N, Cols: 1, Stride: 1, Data: s}), newMatrix(g.N, 3)
	for i := len(back) - 1; i >= 0; i-- {
		gh, gu = back[i](gh, gu)
	}
	return map[string]Array{
		"energy":        {Shape: []int{}, Data: sumRows(energies).Data},
		"node_energy":   {Shape: []int{g.N}, Data: energies.Data},
		"edge_gradient": {Shape: []int{g.E, 3}, Data: n.gradient(e)},
	}, nil
}

// edges is what all layers read of the edges, and the gradients that they collect on the way back.
type edges struct {
	src, dst []int32
	rc, c    float64
	r        matrix    // [E,3] r_ij, Å
	b        matrix    // [E,K] b(d)
	f        []float64 // [E] f(d)

	vectors [][3]float64 // r once more
	gr, gb  matrix       // ∂energy/∂r by way of w, ∂energy/∂b
	gf      []float64    // ∂energy/∂f
}

func (n *egnn) edges(g *graph.Graph) *edges {
	e := &edges{src: g.Src, dst: g.Dst, rc: n.rc, c: n.c, vectors: g.Vectors, r: newMatrix(g.E, 3)}
	for k, v := range g.Vectors {
		copy(row(e.r, k), v[:])
	}
	e.b, e.f = n.radial.of(g.Vectors)
	e.gr, e.gb, e.gf = newMatrix(g.E, 3), newMatrix(g.E, e.b.Cols), make([]float64, g.E)
	return e
}

// gradient joins the three ways from the energy to r: w, b and f.
func (n *egnn) gradient(e *edges) []float64 {
	by := make([][3]float64, len(e.vectors))
	n.radial.bessel.Pullback(by, e.gb.Data, e.vectors)
	n.radial.envelope.Pullback(by, e.gf, e.vectors)
	for k, v := range by {
		add(row(e.gr, k), v[:])
	}
	return e.gr.Data
}
