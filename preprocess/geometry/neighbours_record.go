package geometry

// NeighboursRecord is a list as `molserve inspect --neighbours` prints it.
type NeighboursRecord struct {
	N         int          `json:"n"`         // atoms
	Cutoff    float64      `json:"cutoff"`    // Å
	Edges     [][5]int32   `json:"edges"`     // [E,5] src, dst, shift
	Vectors   [][3]float64 `json:"vectors"`   // [E,3] Å
	Distances []float64    `json:"distances"` // [E] Å
}

// Record is n, built with the cutoff, for printing. It shares the memory of n.
func (n *Neighbours) Record(cutoff float64) *NeighboursRecord {
	r := &NeighboursRecord{N: max(0, len(n.First)-1), Cutoff: cutoff, Edges: make([][5]int32, n.Len()),
		Vectors: n.Vec, Distances: n.Dist}
	for k, s := range n.Shift {
		r.Edges[k] = [5]int32{n.Src[k], n.Dst[k], s[0], s[1], s[2]}
	}
	if n.Len() == 0 { // [] and not null
		r.Vectors, r.Distances = [][3]float64{}, []float64{}
	}
	return r
}
