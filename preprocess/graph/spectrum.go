package graph

import (
	"errors"

	"gonum.org/v1/gonum/mat"
)

// errSpectrum: the QR iterations of gonum did not converge.
var errSpectrum = errors.New("the eigenvalues of a Laplacian were not found")

// spectrum factorizes the Laplacian of g, D − A or I − D^-½ A D^-½, whose eigenvalues the random-walk
// Laplacian I − D⁻¹ A shares. Time grows with N³; gonum allocates N² numbers.
func spectrum(g *Graph, unnormalised, vectors bool) (*mat.EigenSym, error) {
	s := borrow()
	defer s.giveBack()
	s.degrees(g, false)
	l := mat.NewSymDense(g.N, nil)
	for v, d := range s.in {
		if !unnormalised {
			d = 1
		}
		l.SetSym(v, v, d)
	}
	raise(s.in, inverseSqrt)
	for k := range g.E {
		i, j := int(g.Dst[k]), int(g.Src[k])
		if i > j {
			continue // its opposite writes both halves
		}
		w := s.in[i] * s.in[j]
		if unnormalised {
			w = 1
		}
		l.SetSym(i, j, l.At(i, j)-w)
	}
	e := new(mat.EigenSym)
	if !e.Factorize(l, vectors) {
		return nil, errSpectrum
	}
	return e, nil
}

// laplacianMaxEigenvalue writes λ_max of each graph's Laplacian (PyG's LaplacianLambdaMax with
// normalization sym, rw, None), for ChebNet's L̂ = 2L/λ_max − I. Of one atom alone it is 1, for D − A too,
// whose λ_max is 0 there: L̂ must be finite. A ghost has 2.
func laplacianMaxEigenvalue(p *part) error {
	switch {
	case p.ghost:
		p.set(0, 2)
		return nil
	case p.g.E == 0:
		p.set(0, 1)
		return nil
	}
	e, err := spectrum(p.g, p.f.Normalisation == "none", false)
	if err != nil {
		return err
	}
	values := e.Values(nil) // ascending
	p.set(0, values[len(values)-1])
	return nil
}

// laplacianEncoding writes the eigenvectors of I − D^-½ A D^-½ with the 2nd to (k+1)-th lowest eigenvalue, one a
// column, zeros where there are fewer atoms (Dwivedi et al. 2020; PyG's AddLaplacianEigenvectorPE, whose
// signs are random). Signs, and the basis of an eigenvalue that several vectors share, are fixed by
// eigenbasis: wherever the symmetry of the molecule leaves a choice that does not depend on the order of
// the atoms.
func laplacianEncoding(p *part) error {
	n, k := p.g.N, p.width
	if n < 2 {
		return nil
	}
	vectors, err := eigenbasis(p.g, min(n, k+1))
	if err != nil {
		return err
	}
	for c, v := range vectors[1:] {
		for i, x := range v {
			p.set(i*k+c, x)
		}
	}
	return nil
}

// randomWalkEncoding writes, for t = 1 … k, the probability that a walk from node i is back at i after
// t steps, each along one of the edges of its place with equal chance: diag((D⁻¹A)^t) (Dwivedi et al. 2022;
// PyG's AddRandomWalkPE). A node without edges has zeros. Time grows with N·E·k.
func randomWalkEncoding(p *part) error {
	s := borrow()
	defer s.giveBack()
	g, k := p.g, p.width
	s.degrees(g, false)
	raise(s.out, inverse)
	for i := range g.N {
		here := zeros(s.walk[0], g.N)
		there := zeros(s.walk[1], g.N)
		s.walk = [2][]float64{here, there}
		here[i] = 1
		for t := range k {
			clear(there)
			for e, v := range g.Src {
				there[g.Dst[e]] += here[v] * s.out[v]
			}
			p.set(i*k+t, there[i])
			here, there = there, here
		}
	}
	return nil
}
