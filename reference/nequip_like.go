package reference

import (
	"fmt"
	"math"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// nequipLike is the simplified NequIP-like network of arXiv:2410.08131, with what a served model needs
// besides: a smooth envelope, a gate, and a readout of every irrep. Edge k sends from j to i, with
// r_ij = r_j − r_i, d = |r_ij|; f is the envelope, b(d) are Bessel functions, Y the real spherical
// harmonics of e3nn (component). x^l_i is [C,2l+1], natural parity (−1)^l.
//
//	x⁰_i      = Emb(species of i)                                        l = 0 alone
//	m^p_ij,M  = √(2l₃+1) Σ_IJ C^{l₁l₂l₃}_IJM (A^{l₁} x^{l₁}_j)_I Y^{l₂}_J(r_ij) · φ_p(b(d)) f(d)
//	y^l_i     = B^l ‖_{p: l₃=l} Σ_j m^p_ij / √c + S^l x^l_i              p: paths (l₁,l₂,l₃), l₁+l₂+l₃ even
//	x^0_i     ← SiLU(y^{0,0}_i),  x^l_i ← σ(y^{0,l}_i) y^l_i             y^0 has C·(lmax+1) channels
//	e_i, ε_i  = readout(x^0_i ‖ |x^1_i|² ‖ … ‖ |x^lmax_i|²)             Linear, SiLU, Linear
//
// φ is Linear, SiLU, Linear with one weight a path and channel; A, B, S mix channels, S^0 has a bias.
// energy is [], Σ_i e_i; gap [], mean_i ε_i, both without transform; features [N,C·(lmax+1)²], the x of
// the last layer in e3nn's layout.
type nequipLike struct {
	species  species
	radial   radial
	lmax     int
	channels int     // C
	norm     float64 // 1/√c
	emb      matrix  // [species,C]
	layers   []nequipLayer
	readout  perceptron
}

func loadNequIPLike(l *loader) Network {
	n := &nequipLike{species: loadSpecies(l), radial: loadRadial(l), lmax: l.integer("lmax", 2, geometry.LMax),
		channels: l.integer("channels", 16, maxWidth), norm: 1 / math.Sqrt(l.number("neighbours", maxCount))}
	n.emb = l.matrix("embedding.weight", len(n.species), n.channels)
	in := 0 // highest degree of the features
	for i := range l.integer("layers", 3, maxLayers) {
		n.layers = append(n.layers, n.loadLayer(l, fmt.Sprintf("layers.%d.", i), in))
		in = n.lmax
	}
	hidden := l.integer("readout_hidden", 32, maxWidth)
	n.readout = perceptron{l.linear("readout_in", n.channels*(n.lmax+1), hidden), l.linear("readout_out", hidden, 2)}
	return n
}

// Forward returns energy, gap and features.
func (n *nequipLike) Forward(g *graph.Graph) (map[string]Array, error) {
	z, err := n.species.of(g)
	if err != nil {
		return nil, err
	}
	y := geometry.Harmonics{LMax: n.lmax, Normalisation: geometry.Component}
	e := &sphericalEdges{src: g.Src, dst: g.Dst, y: newMatrix(g.E, y.Width())}
	y.Rows(e.y.Data, g.Vectors)
	e.b, e.f = n.radial.of(g.Vectors)

	x := features{gather(n.emb, z)}
	for i := range n.layers {
		x = n.layers[i].of(e, x, n.norm)
	}
	total := sumRows(n.readout.of(x.invariants(g.N)))
	return map[string]Array{
		"energy":   {Shape: []int{}, Data: total.Data[:1]},
		"gap":      {Shape: []int{}, Data: []float64{total.Data[1] / float64(g.N)}},
		"features": {Shape: []int{g.N, n.channels * (n.lmax + 1) * (n.lmax + 1)}, Data: x.rows(g.N)},
	}, nil
}

// features are x^l, l = 0 … : [N·(2l+1),C], the component M of atom i in row i·(2l+1)+M.
type features []matrix

// invariants returns x^0 ‖ |x^1|² ‖ … : [N,C·(lmax+1)].
func (x features) invariants(atoms int) matrix {
	v := x[0]
	for l := 1; l < len(x); l++ {
		squares := newMatrix(atoms, x[l].Cols)
		for r := range x[l].Rows {
			for c, a := range row(x[l], r) {
				row(squares, r/(2*l+1))[c] += a * a
			}
		}
		v = beside(v, squares)
	}
	return v
}

// rows returns the features in e3nn's layout: for each l, channels outer, components inner.
func (x features) rows(atoms int) []float64 {
	var out []float64
	for i := range atoms {
		for l := range x {
			for c := range x[l].Cols {
				for m := range 2*l + 1 {
					out = append(out, row(x[l], i*(2*l+1)+m)[c])
				}
			}
		}
	}
	return out
}
