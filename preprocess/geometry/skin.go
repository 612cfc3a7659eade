package geometry

// Skin is a neighbour list for the frames of a trajectory (L. Verlet 1967). It finds the candidates
// within cutoff + skin once and keeps them while they must hold all neighbours: two atoms that each
// moved at most skin/2 came at most skin closer.
//
// The list is the one that Neighbours.Build makes of each frame, bit for bit. The zero value has no
// skin and builds every frame.
type Skin struct {
	Options
	Skin float64 // Å; 1 to 2 suits molecular dynamics

	candidates Neighbours   // within Cutoff + Skin at the reference
	reference  [][3]float64 // [N,3] Å, where the atoms were then
	cell       Cell         // Å
	hasCell    bool
	pbc        [3]bool
	options    Options
	skin       float64 // Å, Skin at the reference; 0: no candidates
}

// Update makes n the list of s, and says whether the candidates were found anew. After a refusal n
// is empty.
func (k *Skin) Update(n *Neighbours, s Structure) (rebuilt bool, err error) {
	if !(k.Skin > 0) {
		return true, n.Build(s, k.Options)
	}
	rebuilt = !k.holds(s)
	if rebuilt {
		if err := k.rebuild(s); err != nil {
			n.clear()
			return true, err
		}
	}
	return rebuilt, k.filter(n, s)
}

// holds says whether the candidates hold all neighbours of s. The factor outweighs the rounding of
// distances. A coordinate that is not finite is no short way: it does not hold and is refused anew.
func (k *Skin) holds(s Structure) bool {
	if k.skin == 0 || k.skin != k.Skin || k.options != k.Options || len(s.Positions) != len(k.reference) ||
		s.PBC != k.pbc || (s.Cell != nil) != k.hasCell || k.hasCell && *s.Cell != k.cell {
		return false
	}
	most := k.skin / 2 * (1 - 1e-9)
	for i, p := range s.Positions {
		r := &k.reference[i]
		if !(distance(p[0]-r[0], p[1]-r[1], p[2]-r[2]) <= most) {
			return false
		}
	}
	return true
}

// rebuild finds the candidates of s and makes it the reference.
func (k *Skin) rebuild(s Structure) error {
	k.skin = 0
	if err := checkCutoff(k.Cutoff); err != nil {
		return err
	}
	// Candidates fill a larger ball than neighbours: they get their share, and the list is held to
	// its limit in filter.
	wide, grow := k.Options, 1+k.Skin/k.Cutoff
	wide.Cutoff += k.Skin
	wide.MaxEdges = int(min(float64(k.maxEdges())*grow*grow*grow, 1<<30))
	if err := k.candidates.Build(s, wide); err != nil {
		return err
	}
	k.reference = append(k.reference[:0], s.Positions...)
	k.hasCell, k.pbc = s.Cell != nil, s.PBC
	if k.hasCell {
		k.cell = *s.Cell
	}
	k.options, k.skin = k.Options, k.Skin
	return nil
}

// filter makes n the candidates that are neighbours in s. Their order is that of a list already.
func (k *Skin) filter(n *Neighbours, s Structure) error {
	c, lattice := &k.candidates, &k.candidates.search.images.lattice
	n.resize(0)
	n.resize(min(c.Len(), k.maxEdges()+1))
	n.First = append(n.First[:0], 0)
	e := 0
	for i := range s.Positions {
		for at := c.First[i]; at < c.First[i+1]; at++ {
			from, to, shift := &s.Positions[c.Src[at]], &s.Positions[i], c.Shift[at]
			x, y, z := lattice.translate(from[0]-to[0], from[1]-to[1], from[2]-to[2], shift[0], shift[1], shift[2])
			d := distance(x, y, z)
			if d >= k.Cutoff {
				continue
			}
			if e == k.maxEdges() {
				n.clear()
				return tooManyEdges("more than", float64(e), e)
			}
			n.Src[e], n.Dst[e], n.Shift[e], n.Vec[e], n.Dist[e] = c.Src[at], int32(i), shift, [3]float64{x, y, z}, d
			e++
		}
		n.First = append(n.First, int32(e))
	}
	n.resize(e)
	return nil
}
