package graph

import "math"

// Degrees and the normalisations made of them. Edges count once each, also between the same two
// nodes. Values of both directions that a Laplacian needs are computed in float64 and rounded once.

func inverse(d float64) float64     { return 1 / d }
func inverseSqrt(d float64) float64 { return 1 / math.Sqrt(d) }

// degree writes d_i, the number of edges that node i receives (plus one with self_loops); 1/d or d^-½
// with the normalisations inverse and inverse_sqrt, 0 for a node without edges.
func degree(p *part) error {
	s := borrow()
	defer s.giveBack()
	s.degrees(p.g, p.f.SelfLoops)
	switch p.f.Normalisation {
	case "inverse":
		raise(s.in, inverse)
	case "inverse_sqrt":
		raise(s.in, inverseSqrt)
	}
	for i, d := range s.in {
		p.set(i, d)
	}
	return nil
}

// gcnNorm writes the weight of the message on each edge j → i, d^in received and d^out sent edges:
//
//	gcn_sym  (d^in_j d^in_i)^-½   PyG's gcn_norm (add_self_loops = self_loops): both by the receivers;
//	                              Kipf & Welling 2017, eq. 2, with self_loops
//	both     (d^out_j d^in_i)^-½  DGL's GraphConv, norm="both", which adds no self-loops
//	right    1/d^in_i             DGL's norm="right", a mean over the neighbours
//	left     1/d^out_j            DGL's norm="left"
//
// With self_loops every degree is one more. The loops themselves are no edges of the graph: their
// weight is 1/d_i, field degree with normalisation inverse. Where both directions of every edge are
// present, gcn_sym and both are the same.
func gcnNorm(p *part) error {
	s := borrow()
	defer s.giveBack()
	g := p.g
	s.degrees(g, p.f.SelfLoops)
	switch p.f.Normalisation {
	case "right", "left":
		raise(s.in, inverse)
		raise(s.out, inverse)
	default:
		raise(s.in, inverseSqrt)
		raise(s.out, inverseSqrt)
	}
	for k := range g.E {
		p.set(k, gcnWeight(s, p.f.Normalisation, g.Src[k], g.Dst[k]))
	}
	return nil
}

// gcnWeight is the weight of edge j → i by the degrees that were raised to their powers.
func gcnWeight(s *scratch, normalisation string, j, i int32) float64 {
	switch normalisation {
	case "both":
		return s.out[j] * s.in[i]
	case "right":
		return s.in[i]
	case "left":
		return s.out[j]
	}
	return s.in[j] * s.in[i]
}

// laplacianNorm writes what stands in the Laplacian beside its diagonal, by PyG's get_laplacian
// (entry [src, dst]):
//
//	laplacian_sym  −(d_src d_dst)^-½   L = I − D^-½ A D^-½
//	rw             −1/d_src            L = I − D⁻¹ A
//	none           −1                  L = D − A
//
// The diagonal is 1, 1 and d. With self_loops, which PyG does not have, A + I takes the place of A: the
// diagonal is 1 − 1/d, 1 − 1/d and d − 1.
func laplacianNorm(p *part) error {
	s := borrow()
	defer s.giveBack()
	g := p.g
	s.degrees(g, p.f.SelfLoops)
	power := inverseSqrt
	if p.f.Normalisation == "rw" {
		power = inverse
	}
	raise(s.out, power)
	for k := range g.E {
		switch j, i := g.Src[k], g.Dst[k]; p.f.Normalisation {
		case "none":
			p.set(k, -1)
		case "rw":
			p.set(k, -s.out[j])
		default:
			p.set(k, -s.out[j]*s.out[i])
		}
	}
	return nil
}

// pseudoCoordinates writes u = (d_i^-½, d_j^-½) of each edge j → i (Monti et al. 2017, section 4.2), i first:
// order dst_src. DGL's example of GMMConv has j first and one more in each degree: order src_dst,
// self_loops.
func pseudoCoordinates(p *part) error {
	s := borrow()
	defer s.giveBack()
	g := p.g
	s.degrees(g, p.f.SelfLoops)
	raise(s.in, inverseSqrt)
	first, second := g.Dst, g.Src
	if p.f.Order == "src_dst" {
		first, second = second, first
	}
	for k := range g.E {
		p.set(2*k, s.in[first[k]])
		p.set(2*k+1, s.in[second[k]])
	}
	return nil
}

// adjacency writes A[receiver, sender], D the row sums (of A + I with self_loops), D^-½ of an isolated
// node 0:
//
//	none           A                 (+ I)
//	gcn_sym        D^-½ A D^-½       Kipf & Welling 2017, eq. 2, with self_loops
//	rw             D⁻¹ A             a mean over the neighbours
//	laplacian_sym  I − D^-½ A D^-½   PyG's get_laplacian: 1 on the diagonal of an isolated node too
func adjacency(p *part) error {
	s := borrow()
	defer s.giveBack()
	g, kind := p.g, p.f.Normalisation
	s.degrees(g, p.f.SelfLoops)
	if kind == "rw" {
		raise(s.in, inverse)
	} else {
		raise(s.in, inverseSqrt)
	}
	for v := range int32(g.N) {
		loop, eye := 0.0, 0.0
		if p.f.SelfLoops {
			loop = adjacencyEntry(s.in, kind, v, v)
		}
		if kind == "laplacian_sym" {
			eye = 1
		}
		p.F32[p.pair(v, v)] = float32(eye + loop)
	}
	for k := range g.E {
		i, j := g.Dst[k], g.Src[k]
		p.F32[p.pair(i, j)] += float32(adjacencyEntry(s.in, kind, i, j))
	}
	return nil
}

// adjacencyEntry is what an edge j → i adds, by the degrees raised to their powers.
func adjacencyEntry(d []float64, kind string, i, j int32) float64 {
	switch kind {
	case "gcn_sym":
		return d[i] * d[j]
	case "rw":
		return d[i]
	case "laplacian_sym":
		return -d[i] * d[j]
	}
	return 1
}
