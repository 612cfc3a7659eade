package graph

// Padding asks for more room than the graphs need. The zero value asks for none. Sizes are the least
// that the tensors have: a batch that needs more has more.
//
// Packed, a ghost graph behind the real ones takes what is missing of Atoms, Edges and Graphs: at
// least two atoms and two edges. Its edges run between its first two atoms, one half each way, the
// k-th opposite to the k-th of the other half; an odd last one is a loop and its own opposite. Graphs
// still missing are empty ones behind the ghost. Padded, only Slots and Graphs count.
//
// Edges of the line graph have room of their own, for their number follows from no other: an atom with
// d neighbours has d(d−1). Those of the ghost run between its first edge and its opposite, one half each
// way. The ghost is asked about the pair of its first two atoms, as often as pairs are missing. Bonds (M)
// need no room: they are half of the edges, rounded down.
type Padding struct {
	Slots  int     // padded: node slots n
	Atoms  int     // packed: N, ghosts included
	Edges  int     // packed: E
	Graphs int     // G or B
	Lines  int     // packed: L
	Pairs  int     // packed: P
	Cutoff float64 // Å, ghost edges are twice as long; 0: the cutoff of the graphs' edges
	// Fill is what rows of float padding hold; a network must not see it. Rows that follow from the
	// geometry of the ghost are finite all the same, as house wants them: positions, cell, edge vectors
	// and lengths, radial basis, harmonics; the envelope of a ghost edge is 0. Ghosts have zeros where
	// integers are, the masks false.
	Fill float32
}

// packed tells whether a packed batch has a ghost.
func (p *Padding) packed() bool {
	return p.Atoms > 0 || p.Edges > 0 || p.Graphs > 0 || p.Lines > 0 || p.Pairs > 0
}

const (
	ghostAtoms = 2 // least number of atoms and edges of a ghost
	ghostEdges = 2
	// farAway is a length of ghost edges beyond every customary cutoff, Å.
	farAway = 20
)

// addGhost appends a ghost graph, and empty ones, so that the sizes of pad are reached.
func (b *Batch) addGhost(pad Padding) {
	atoms, edges := max(pad.Atoms-b.N, ghostAtoms), max(pad.Edges-b.E, ghostEdges)
	length := 2 * pad.Cutoff
	g := &b.ghost
	g.N, g.E = atoms, edges
	g.Numbers, g.Positions = sized(g.Numbers, atoms), g.Positions[:0]
	g.Vectors, g.Lengths, g.Shifts = g.Vectors[:0], g.Lengths[:0], g.Shifts[:0]
	z, geometric := uint8(6), false
	for i, real := range b.Graphs {
		if pad.Cutoff == 0 {
			length = max(length, 2*real.Cutoff)
		}
		geometric = geometric || real.Positions != nil
		if i == 0 && len(real.Numbers) > 0 {
			z = real.Numbers[0] // an element that the model knows
		}
	}
	for i := range g.Numbers {
		g.Numbers[i] = z
	}
	g.ghostEdges()
	g.Pairs = sized(g.Pairs, max(pad.Pairs-b.P, 0))
	for k := range g.Pairs {
		g.Pairs[k] = [2]int32{0, 1}
	}
	if geometric {
		g.ghostGeometry(max(length, farAway))
	}
	b.add(g)
	for b.G < pad.Graphs {
		b.add(&nothing)
	}
}

// ghostEdges draws the edges, sorted by Dst.
func (g *Graph) ghostEdges() {
	e := g.E
	g.Src, g.Dst, g.Reverse = sized(g.Src, e), sized(g.Dst, e), sized(g.Reverse, e)
	for k := range e / 2 {
		g.Src[k], g.Dst[k], g.Reverse[k] = 1, 0, int32(k+e/2)
		g.Src[k+e/2], g.Dst[k+e/2], g.Reverse[k+e/2] = 0, 1, int32(k)
	}
	if e%2 == 1 {
		g.Src[e-1], g.Dst[e-1], g.Reverse[e-1] = 1, 1, int32(e-1)
	}
}

// ghostGeometry puts the atoms on a line, far from each other. Edges are as long as atoms 0 and 1 are
// apart, Å.
func (g *Graph) ghostGeometry(length float64) {
	g.Positions, g.Vectors = sized(g.Positions, g.N), sized(g.Vectors, g.E)
	g.Lengths, g.Shifts = sized(g.Lengths, g.E), sized(g.Shifts, g.E)
	for i := range g.Positions {
		g.Positions[i] = [3]float64{length * float64(i)}
	}
	for k := range g.Vectors {
		g.Vectors[k], g.Lengths[k], g.Shifts[k] = [3]float64{length}, length, [3]int32{}
		if g.Dst[k] == 1 {
			g.Vectors[k][0] = -length
		}
	}
}

// Waste is the part of the rows of atoms and of edges that is padding, 0 to 1.
func (b *Batch) Waste() (atoms, edges float64) {
	n, e, rows := 0, 0, b.N
	for _, g := range b.Graphs {
		n, e = n+g.N, e+g.E
	}
	if b.Layout == Padded {
		rows = b.G * b.Slots
	}
	return missing(n, rows), missing(e, b.E)
}

// missing is what is missing of n in rows.
func missing(n, rows int) float64 {
	if rows == 0 {
		return 0
	}
	return 1 - float64(n)/float64(rows)
}

// sized is s with length n; what it holds is unspecified.
func sized[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}
