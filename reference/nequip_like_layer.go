package reference

import (
	"math"

	"molserve/preprocess/geometry"
)

// path is one coupling l₁ ⊗ l₂ → l₃ of features and harmonics to messages.
type path struct {
	l1, l2, l3 int
	at         int             // which of the paths to l₃
	terms      []geometry.Term // √(2l₃+1) C_IJM
}

// paths lists those of natural parity, by l₃, l₁, l₂.
func paths(l1max, lmax int) []path {
	var all []path
	for l3 := range lmax + 1 {
		at := 0
		for l1 := range l1max + 1 {
			for l2 := range lmax + 1 {
				if (l1+l2+l3)%2 != 0 || !geometry.Couples(l1, l2, l3) {
					continue
				}
				all = append(all, path{l1: l1, l2: l2, l3: l3, at: at, terms: scaledTerms(l1, l2, l3)})
				at++
			}
		}
	}
	return all
}

func scaledTerms(l1, l2, l3 int) []geometry.Term {
	c, err := geometry.Wigner3j(l1, l2, l3)
	if err != nil {
		panic(err) // Couples says that there is one
	}
	terms := make([]geometry.Term, len(c.Terms))
	for i, t := range c.Terms {
		t.C *= math.Sqrt(float64(2*l3 + 1))
		terms[i] = t
	}
	return terms
}

// nequipLayer is one convolution.
type nequipLayer struct {
	paths []path
	count []int      // [lmax+1] paths to each l
	phi   perceptron // b(d) → [paths·C]
	a     []linear   // [lin+1] C → C
	b     []linear   // [lmax+1] count·C → C, of l = 0 → C·(lmax+1)
	s     []linear   // [lin+1] C → as b
}

func (n *nequipLike) loadLayer(l *loader, at string, lin int) nequipLayer {
	y := nequipLayer{paths: paths(lin, n.lmax), count: make([]int, n.lmax+1)}
	for _, p := range y.paths {
		y.count[p.l3]++
	}
	hidden, c := l.integer("radial_hidden", 64, maxWidth), n.channels
	y.phi = perceptron{l.linear(at+"radial_in", l.integer("radial", 8, maxWidth), hidden),
		l.linear(at+"radial_out", hidden, len(y.paths)*c)}
	for k := range n.lmax + 1 {
		width, self := c, l.unbiased
		if k == 0 {
			width, self = c*(n.lmax+1), l.linear
		}
		y.b = append(y.b, l.unbiased(numbered(at+"after", k), y.count[k]*c, width))
		if k <= lin {
			y.a = append(y.a, l.unbiased(numbered(at+"before", k), c, c))
			y.s = append(y.s, self(numbered(at+"self_connection", k), c, width))
		}
	}
	return y
}

// sphericalEdges is what a layer reads of the edges.
type sphericalEdges struct {
	src, dst []int32
	y        matrix    // [E,(lmax+1)²] Y(r_ij)
	b        matrix    // [E,K] b(d)
	f        []float64 // [E] f(d)
}

// of returns the next features.
func (n *nequipLayer) of(e *sphericalEdges, x features, norm float64) features {
	sums := n.sums(e, x)
	y := make(features, len(n.b))
	for l := range y {
		y[l] = n.b[l].of(scaled(sums[l], norm))
		if l < len(x) {
			add(y[l].Data, n.s[l].of(x[l]).Data)
		}
	}
	return gated(y)
}

// sums returns Σ_j m^p_ij for each l₃: [N·(2l₃+1),count·C], paths outer, channels inner.
func (n *nequipLayer) sums(e *sphericalEdges, x features) features {
	atoms, c := x[0].Rows, x[0].Cols
	sent := make(features, len(x))
	for l := range x {
		sent[l] = n.a[l].of(x[l])
	}
	sums := make(features, len(n.count))
	for l := range sums {
		sums[l] = newMatrix(atoms*(2*l+1), n.count[l]*c)
	}
	w := eachRow(e.f, n.phi.of(e.b)) // [E,paths·C]
	for k := range e.f {
		for i, p := range n.paths {
			p.send(e, k, row(w, k)[i*c:(i+1)*c], sent[p.l1], sums[p.l3])
		}
	}
	return sums
}

// send adds the message of edge k to its receiver; w are the radial weights [C] of the path.
func (p *path) send(e *sphericalEdges, k int, w []float64, sent, sums matrix) {
	j, i := int(e.src[k]), int(e.dst[k])
	y := row(e.y, k)[p.l2*p.l2:]
	for _, t := range p.terms {
		x := row(sent, j*(2*p.l1+1)+t.I)
		m := row(sums, i*(2*p.l3+1)+t.K)[p.at*len(w):]
		for c, v := range w {
			m[c] += t.C * y[t.J] * x[c] * v
		}
	}
}

// gated returns SiLU(y^{0,0}) and σ(y^{0,l}) y^l.
func gated(y features) features {
	c := y[0].Cols / len(y)
	x := features{silu(columns(y[0], 0, c))}
	for l := 1; l < len(y); l++ {
		g := newMatrix(y[l].Rows, c)
		for r := range g.Rows {
			gate := row(y[0], r/(2*l+1))[l*c:]
			for i, v := range row(y[l], r) {
				row(g, r)[i] = v * sigmoid(gate[i])
			}
		}
		x = append(x, g)
	}
	return x
}
