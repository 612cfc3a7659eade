package molecule

// ringNeighbours lists for each ring the others that share exactly one bond with it; of rings above a
// size none. False: more pairs of rings share a bond than the work budget allows.
func (m *Molecule) ringNeighbours(bonds [][]int32, maxSize int) (neighbours [][]int32, ok bool) {
	neighbours = m.work.slices(len(bonds))
	if len(bonds) < 2 {
		return neighbours, true
	}
	pairs, most := 0, m.Budget.Of(ringPairs)
	through := m.work.int32s(len(m.Bonds)) // the newest entry of each bond, from 1; 0 = none
	entries := m.work.entries[:0]          // ring, and the entry of the same bond before
	shared := m.work.int32s(len(bonds))
	touched := m.work.int32s(len(bonds))[:0]
	for r, ring := range bonds {
		if len(ring) > maxSize {
			continue
		}
		touched = touched[:0]
		for _, k := range ring {
			if m.Rings.BondCount[k] == 1 {
				continue
			}
			for e := through[k]; e > 0; e = entries[e-1][1] {
				s := entries[e-1][0]
				if shared[s] == 0 {
					touched = append(touched, s)
				}
				shared[s]++
				pairs++
			}
			entries = append(entries, [2]int32{int32(r), through[k]})
			through[k] = int32(len(entries))
		}
		for _, s := range touched {
			if shared[s] == 1 {
				m.join(&neighbours[r], int(s))
				m.join(&neighbours[s], r)
			}
			shared[s] = 0
		}
		if pairs > most {
			return nil, false
		}
	}
	m.work.entries = entries
	return neighbours, true
}

// join appends ring r to a list, which begins with room for a few.
func (m *Molecule) join(list *[]int32, r int) {
	if *list == nil {
		*list = m.work.int32s(6)[:0]
	}
	*list = append(*list, int32(r))
}

// fusedSystems groups rings that hang together.
func (m *Molecule) fusedSystems(neighbours [][]int32) [][]int32 {
	systems := m.work.slices(len(neighbours))[:0]
	done := m.work.bools(len(neighbours))
	all := m.work.int32s(len(neighbours))[:0]
	for r := range neighbours {
		if done[r] {
			continue
		}
		done[r] = true
		start := len(all)
		all = append(all, int32(r))
		for head := start; head < len(all); head++ {
			for _, s := range neighbours[all[head]] {
				if !done[s] {
					done[s] = true
					all = append(all, s)
				}
			}
		}
		systems = append(systems, all[start:len(all):len(all)])
	}
	return systems
}

// fusion enumerates the connected sets of rings of a system, each once: a set grows from its lowest
// ring by rings that no member but the newest is a neighbour of (Wernicke 2006, ESU).
type fusion struct {
	p      *piSystem
	size   int     // of the sets at hand
	open   int     // bonds of the system
	marked int     // of these, found aromatic
	number int32   // of the system, from 1
	met    []int32 // [nb] the last system that each bond was counted in as open
	found  []int32 // [nb] and as marked
	lowest int32   // first ring of the set
	set    []int32 // rings
	near   []uint8 // [rings] members that the ring is or neighbours
	atoms  []uint8 // [n] members through each atom
	bonds  []uint8 // [nb]
}

func (p *piSystem) newFusion() *fusion {
	n, nb, rings := len(p.m.Atoms), len(p.m.Bonds), len(p.rings)
	counts, systems := p.m.work.uint8s(rings+n+nb), p.m.work.int32s(2*nb)
	f := &p.m.work.fusion
	*f = fusion{p: p, met: systems[:nb], found: systems[nb:], set: p.m.work.int32s(maxFusedRings)[:0],
		near: counts[:rings], atoms: counts[rings : rings+n], bonds: counts[rings+n:]}
	return f
}

// findAromatic looks at all connected combinations of one ring, two rings, … of a system until all its
// bonds are aromatic. False means that the budget is spent.
func (f *fusion) findAromatic(system []int32) bool {
	f.number++
	f.open, f.marked = 0, 0
	for _, r := range system {
		for _, k := range f.p.bonds[r] {
			if f.met[k] != f.number {
				f.met[k] = f.number
				f.open++
			}
		}
	}
	for f.size = 1; f.size <= min(len(system), maxFusedRings) && f.marked < f.open; f.size++ {
		if f.size == 3 && len(system) > manyRings {
			break
		}
		for _, r := range system {
			f.lowest = r
			if !f.with(r, nil) {
				return false
			}
		}
	}
	return true
}

// with adds ring r to the set, looks at the set if it is complete, else at its extensions, and takes r
// off again. The recursion is at most maxFusedRings deep.
func (f *fusion) with(r int32, extension []int32) bool {
	f.p.budget--
	if f.p.budget < 0 {
		return false
	}
	f.set = append(f.set, r)
	f.count(r, 1)
	ok := true
	if len(f.set) == f.size {
		f.look()
	} else {
		ok = f.extend(r, extension)
	}
	f.count(r, ^uint8(0)) // −1
	f.set = f.set[:len(f.set)-1]
	return ok
}

func (f *fusion) extend(r int32, extension []int32) bool {
	var room [24]int32
	rest := append(room[:0], extension...)
	for _, s := range f.p.neighbours[r] {
		if s > f.lowest && f.near[s] == 0 {
			rest = append(rest, s)
		}
	}
	f.approach(r, 1)
	ok := true
	for ok && len(rest) > 0 {
		s := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		ok = f.with(s, rest)
	}
	f.approach(r, ^uint8(0))
	return ok
}

// approach counts ring r as a member that its neighbours are near.
func (f *fusion) approach(r int32, by uint8) {
	f.near[r] += by
	for _, s := range f.p.neighbours[r] {
		f.near[s] += by
	}
}

func (f *fusion) count(r int32, by uint8) {
	for _, i := range f.p.rings[r] {
		f.atoms[i] += by
	}
	for _, k := range f.p.bonds[r] {
		f.bonds[k] += by
	}
}

// look marks the outer bonds of the set if it is aromatic.
func (f *fusion) look() {
	if !f.isHueckel() {
		return
	}
	for _, r := range f.set {
		for _, k := range f.p.bonds[r] {
			if f.bonds[k] != 1 {
				continue
			}
			if f.found[k] != f.number {
				f.found[k] = f.number
				f.marked++
			}
			f.p.aromatic[k] = true
		}
	}
}

// isHueckel tells whether the electrons can be 4n+2. Atoms inside the set, in three of its rings, do
// not count. An atom of two rings is met twice, so that all sums are doubled.
func (f *fusion) isHueckel() bool {
	low, high, dummies := 0, 0, 0
	for _, r := range f.set {
		for _, i := range f.p.rings[r] {
			if f.atoms[i] > 2 {
				continue
			}
			times := 3 - int(f.atoms[i])
			switch f.p.donors[i] {
			case oneElectron:
				low, high = low+times, high+times
			case twoElectrons:
				low, high = low+2*times, high+2*times
			case oneOrTwo:
				low, high, dummies = low+times, high+2*times, dummies+times
			}
		}
	}
	low, high, dummies = low/2, high/2, dummies/2
	switch {
	case dummies > 1:
		return false
	case high < 6:
		return high == 2
	}
	for electrons := low; electrons <= high; electrons++ {
		if electrons%4 == 2 {
			return true
		}
	}
	return false
}
