package molecule

// bridgehead tells whether atom i has three ring bonds or more and every ring through it shares
// two bonds or more with another ring through it (RDKit's queryIsAtomBridgehead).
func (m *Molecule) bridgehead(i int) bool {
	ringBonds := 0
	for _, k := range m.incident[i] {
		if m.BondInRing(int(k)) {
			ringBonds++
		}
	}
	if ringBonds < 3 {
		return false
	}
	var rings [][]int32
	for _, r := range m.ringsThrough(int32(i)) {
		rings = append(rings, m.Rings.Symmetric[r])
	}
	overlaps := make([]bool, len(rings))
	for x := range rings {
		for y := x + 1; y < len(rings); y++ {
			if sharedBonds(rings[x], rings[y]) >= 2 {
				overlaps[x], overlaps[y] = true, true
			}
		}
		if !overlaps[x] {
			return false
		}
	}
	return true
}

// sharedBonds counts the bonds that two rings have in common. Neighbours in a ring are bonded,
// and two atoms have one bond at most, so pairs of atoms stand for bonds.
func sharedBonds(a, b []int32) int {
	shared := 0
	for x, i := range a {
		y := index(b, i)
		if y == len(b) {
			continue
		}
		next := a[(x+1)%len(a)]
		if b[(y+1)%len(b)] == next || b[(y+len(b)-1)%len(b)] == next {
			shared++
		}
	}
	return shared
}
