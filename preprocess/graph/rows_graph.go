package graph

// The rows of what a sender says of a whole structure, and of how its atoms move.

// velocities writes Å/fs.
func velocities(p *part) error {
	writeVectors(p, p.g.Velocities)
	return nil
}

// totalCharge writes the charge, e; of a ghost 0.
func totalCharge(p *part) error {
	p.setCount(p.g.Charge)
	return nil
}

// spinMultiplicity writes 2S + 1; 1 where nothing else is known, and of a ghost.
func spinMultiplicity(p *part) error {
	p.setCount(max(p.g.Multiplicity, 1))
	return nil
}

// setCount writes the only number of the part.
func (p *part) setCount(n int) {
	if p.DType == Int64 {
		p.I64[0] = int64(n)
		return
	}
	p.F32[0] = float32(n)
}

func auxiliary(p *part) error {
	copy(p.F32, p.g.Auxiliary)
	return nil
}
