package reference

import (
	"fmt"
	"math"
	"slices"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// species turns atomic numbers into rows of an embedding.
type species []uint8 // atomic number of each row

func loadSpecies(l *loader) species {
	if n := l.integer("species", len(l.elements), maxSpecies); n != len(l.elements) {
		l.constant("species", "and there are %d elements", len(l.elements))
	}
	return l.elements
}

// of returns the rows of the atoms of a structure, after it has looked whether its arrays fit.
func (s species) of(g *graph.Graph) ([]int32, error) {
	if len(g.Numbers) != g.N || g.N < 1 {
		return nil, fmt.Errorf("structure has %d atomic numbers for %d atoms", len(g.Numbers), g.N)
	}
	if len(g.Vectors) != g.E {
		return nil, fmt.Errorf("structure has %d vectors for %d edges", len(g.Vectors), g.E)
	}
	rows := make([]int32, g.N)
	for i, z := range g.Numbers {
		k := slices.Index(s, z)
		if k < 0 {
			return nil, fmt.Errorf("atom %d has number %d, none of %v", i, z, []uint8(s))
		}
		rows[i] = int32(k)
	}
	return rows, checkEdges(g)
}

// radial is what depends on the length of an edge alone: Bessel functions √(2/rc) sin(nπd/rc)/d for
// n = 1 … K, and the polynomial envelope, which is 0 from rc on (DimeNet, arXiv:2003.03123, eq. 7, 8).
type radial struct {
	bessel   *geometry.Radial
	envelope geometry.Envelope
}

func loadRadial(l *loader) radial {
	rc := l.number("cutoff", maxLength)
	basis := geometry.Basis{Kind: geometry.Bessel, N: l.integer("radial", 8, maxWidth), Cutoff: rc, Prefactor: geometry.PrefactorSqrt}
	r := radial{envelope: geometry.Envelope{Kind: geometry.Polynomial, P: l.integer("envelope_p", 6, maxPower), Cutoff: rc}}
	var err error
	if r.bessel, err = geometry.NewRadial(basis); err != nil {
		l.fault("radial basis: %v", err)
	} else if err := r.envelope.Validate(); err != nil {
		l.fault("envelope: %v", err)
	}
	return r
}

// of returns the functions [E,K] and the envelope [E] of edge vectors.
func (r radial) of(vectors [][3]float64) (basis matrix, envelope []float64) {
	basis, envelope = newMatrix(len(vectors), r.bessel.N), make([]float64, len(vectors))
	d := make([]float64, len(vectors))
	for k, v := range vectors {
		d[k] = norm(v)
	}
	r.bessel.Rows(basis.Data, d)
	r.envelope.Rows(envelope, d)
	return basis, envelope
}

func norm(v [3]float64) float64 { return math.Sqrt(v[0]*v[0] + v[1]*v[1] + v[2]*v[2]) }

// numbered is a name of torch's ModuleList.
func numbered(list string, i int) string { return fmt.Sprintf("%s.%d", list, i) }
