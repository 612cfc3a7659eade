package graph

import (
	"molserve/preprocess/geometry"
	"molserve/preprocess/molecule"
)

// The rows of structures with coordinates: computed in float64, rounded once.

func positions(p *part) error {
	writeVectors(p, p.g.Positions)
	return nil
}

// cell writes the lattice vectors of the graph in rows, Å; zeros where there is no cell.
func cell(p *part) error {
	if p.g.Cell != nil {
		writeVectors(p, p.g.Cell[:])
	}
	return nil
}

// edgeVectors writes r(Src) + Shift·Cell − r(Dst), Å, or its negative.
func edgeVectors(p *part) error {
	writeVectors(p, p.g.Vectors)
	p.turnColumns(0, 3)
	return nil
}

// edgeUnitVectors writes the vectors divided by their lengths.
func edgeUnitVectors(p *part) error {
	for k, v := range p.g.Vectors {
		r := p.g.Lengths[k]
		for a, x := range v {
			p.set(3*k+a, x/r)
		}
	}
	p.turnColumns(0, 3)
	return nil
}

func edgeLengths(p *part) error {
	for k, r := range p.g.Lengths {
		p.set(k, r)
	}
	return nil
}

// edgeShifts writes S of Vec = r(Src) + S·Cell − r(Dst); with the other sign that of
// −Vec = r(Dst) − S·Cell − r(Src), so that S stands with a plus beside Cell in both.
func edgeShifts(p *part) error {
	for k, s := range p.g.Shifts {
		for a, x := range s {
			if p.sign() < 0 {
				x = -x
			}
			p.set(3*k+a, float64(x))
		}
	}
	return nil
}

// radialBasis writes the functions of f.Basis at the lengths of the edges.
func radialBasis(p *part) error {
	basis, err := radialOf(*p.f.Basis)
	if err != nil {
		return err
	}
	s := borrow() // Rows32 would allocate its buffer
	defer s.giveBack()
	s.row = sized(s.row, basis.N)
	if p.DType == Float32 {
		radialRows(basis, p.g, s.row, p.F32)
	} else {
		radialRows(basis, p.g, s.row, p.F64)
	}
	return nil
}

// radialRows writes a row an edge: the opposite edge is as long, so each length is evaluated once.
func radialRows[T float32 | float64](basis *geometry.Radial, g *Graph, row []float64, to []T) {
	n, paired := len(row), len(g.Reverse) > 0
	for k, r := range g.Lengths {
		if paired {
			if back := int(g.Reverse[k]); back < k && g.Lengths[back] == r {
				copy(to[k*n:(k+1)*n], to[back*n:(back+1)*n])
				continue
			}
		}
		basis.Eval(row, r)
		to := to[k*n : (k+1)*n]
		for c, v := range row {
			to[c] = T(v)
		}
	}
}

// cutoffEnvelope writes the envelope at the lengths of the edges; a ghost's is 0 whatever its length.
func cutoffEnvelope(p *part) error {
	switch {
	case p.ghost:
	case p.DType == Float32:
		p.f.Envelope.Rows32(p.F32, p.g.Lengths)
	default:
		p.f.Envelope.Rows(p.F64, p.g.Lengths)
	}
	return nil
}

// harmonics are those of a field.
func (f *Field) harmonics() geometry.Harmonics {
	return geometry.Harmonics{LMax: f.LMax, Normalisation: geometry.Normalisation(f.Normalisation), Order: f.Order}
}

// sphericalHarmonics writes Y_lm of the unit vectors of the edges, in e3nn's order. The opposite
// vector has the opposite sign where l is odd.
func sphericalHarmonics(p *part) error {
	if p.DType == Float32 {
		p.f.harmonics().Rows32(p.F32, p.g.Vectors)
	} else {
		p.f.harmonics().Rows(p.F64, p.g.Vectors)
	}
	for l := 1; l <= p.f.LMax; l += 2 {
		p.turnColumns(l*l, (l+1)*(l+1))
	}
	return nil
}

// sign is −1 where the field's vectors end at the sending atom.
func (p *part) sign() float64 {
	if p.f.Sign == "dst_minus_src" {
		return -1
	}
	return 1
}

// turnColumns multiplies columns from to to of each row by the sign; a zero stays +0.
func (p *part) turnColumns(from, to int) {
	if p.sign() > 0 {
		return
	}
	for row := 0; row < p.size(); row += p.width {
		for k := row + from; k < row+to; k++ {
			if p.DType == Float32 {
				p.F32[k] = 0 - p.F32[k]
			} else {
				p.F64[k] = 0 - p.F64[k]
			}
		}
	}
}

// writeVectors writes rows of three.
func writeVectors(p *part, rows [][3]float64) {
	if p.DType == Float64 {
		for k := range rows {
			copy(p.F64[3*k:3*k+3], rows[k][:])
		}
		return
	}
	for k := range rows {
		to, v := p.F32[3*k:3*k+3], &rows[k]
		to[0], to[1], to[2] = float32(v[0]), float32(v[1]), float32(v[2])
	}
}

// distances writes |r_i − r_j|, Å. A structure that repeats has more than one distance between two
// atoms and is refused.
func distances(p *part) error {
	r := p.g.Positions
	if p.g.Periodic != [3]bool{} {
		return molecule.Refuse(molecule.CodeUnsupported, -1, "a periodic structure has no matrix of distances")
	}
	for i := range r {
		for j := range r {
			p.set(p.pair(int32(i), int32(j)), distance(&r[i], &r[j]))
		}
	}
	return nil
}
