package molecule

import (
	"math"
	"slices"
)

// Ring perception after Figueras (J. Chem. Inf. Comput. Sci. 1996, 36, 986) with RDKit's changes:
// chew degree-two atoms off the graph, keep the smallest rings through them, and where none are left
// take the rings of a degree-three atom. What is found above the cyclomatic number and could stand in
// for a kept ring of its size goes into the symmetrized set.

// ringBudget bounds the steps of ring perception; drug-like molecules take a few thousand.
const ringBudget = 100_000_000

// ringFinder is the state of ring perception of one molecule.
type ringFinder struct {
	m       *Molecule
	words   int    // of an atom set
	active  []bool // [nb] bonds not yet trimmed
	degrees []int32

	found         []foundRing // of the current fragment
	extras        [][]int32   // rings that removeExtra took out, of all fragments
	seen          []atomSet   // of all fragments
	ringAtoms     []bool      // atoms and bonds of rings through degree-two atoms
	ringBonds     []bool
	duplicates    []duplicate // of the current round
	taken         []bool      // [n] atoms that are off
	covered       []bool      // [n] see pickDegreeTwo, as the next two
	picked, stack []int32
	changed       []int32 // queue of atoms to trim
	bfs           searchState
	steps         int
}

type foundRing struct {
	atoms []int32
	set   atomSet
}

// atomSet is a bit set of atoms.
type atomSet []uint64

func (s atomSet) add(i int32) { s[i>>6] |= 1 << (i & 63) }

// findRings fills m.Rings.
func (m *Molecule) findRings() error {
	m.Rings = Rings{}
	n, nb := len(m.Atoms), len(m.Bonds)
	counts := make([]int32, 2*n+nb)
	m.Rings.AtomCount, m.Rings.MinSize, m.Rings.BondCount = counts[:n:n], counts[n:2*n:2*n], counts[2*n:]
	fragment, count := m.fragments(m.work.int32s(n))
	if nb <= n-count { // a forest
		return nil
	}
	f := m.newRingFinder()
	for _, atoms := range m.groupAtoms(fragment, count) {
		done, err := f.findInFragment(atoms)
		if err != nil {
			return err
		}
		if !done {
			m.Rings.SSSR = f.fastRings()
			break
		}
		for _, r := range f.found {
			m.Rings.SSSR = append(m.Rings.SSSR, r.atoms)
		}
	}
	m.storeRings(f.extras)
	return nil
}

func (m *Molecule) newRingFinder() *ringFinder {
	n, nb := len(m.Atoms), len(m.Bonds)
	f := &ringFinder{}
	if m.work != nil {
		f = &m.work.rings
	}
	f.m, f.words, f.steps = m, (n+63)/64, 0
	f.active, f.ringBonds, f.ringAtoms = m.work.bools(nb), m.work.bools(nb), m.work.bools(n)
	f.taken, f.covered, f.degrees = m.work.bools(n), m.work.bools(n), m.work.int32s(n)
	f.bfs = searchState{state: m.work.uint8s(n), parents: m.work.int32s(n), depths: m.work.int32s(n), queue: m.work.int32s(n)[:0], path: m.work.int32s(2 * n), rings: f.bfs.rings[:0]}
	for k := range m.Bonds {
		b := &m.Bonds[k]
		if b.Type == ZeroBond || b.Type == HydrogenBond || isDative(b.Type) {
			continue // rings do not run through these
		}
		f.active[k] = true
		f.degrees[b.Begin]++
		f.degrees[b.End]++
	}
	return f
}

// forget drops what refers to a molecule and keeps the room.
func (f *ringFinder) forget() {
	clear(f.found[:cap(f.found)])
	clear(f.extras[:cap(f.extras)])
	clear(f.seen[:cap(f.seen)])
	clear(f.duplicates[:cap(f.duplicates)])
	clear(f.bfs.rings[:cap(f.bfs.rings)])
	*f = ringFinder{found: f.found[:0], extras: f.extras[:0], seen: f.seen[:0], duplicates: f.duplicates[:0],
		changed: f.changed[:0], picked: f.picked[:0], stack: f.stack[:0], bfs: searchState{rings: f.bfs.rings[:0]}}
}

// groupAtoms lists the atoms of each fragment in ascending order.
func (m *Molecule) groupAtoms(fragment []int32, count int) [][]int32 {
	sizes := m.work.int32s(count)
	for _, f := range fragment {
		sizes[f]++
	}
	groups := m.work.slices(count)
	for g, size := range sizes {
		groups[g] = m.work.int32s(int(size))[:0]
	}
	for i, f := range fragment {
		groups[f] = append(groups[f], int32(i))
	}
	return groups
}

// findInFragment puts the rings of one fragment into f.found; !done tells that it missed some.
func (f *ringFinder) findInFragment(atoms []int32) (done bool, err error) {
	f.found = f.found[:0]
	ends, activeEnds := 0, 0
	f.changed = f.changed[:0]
	for _, i := range atoms {
		ends += f.m.Degree(int(i))
		activeEnds += int(f.degrees[i])
		if f.degrees[i] < 2 {
			f.changed = append(f.changed, i)
		}
	}
	if len(atoms) < 3 || ends/2-len(atoms)+1 < 1 {
		return true, nil
	}
	if err := f.chew(atoms); err != nil {
		return false, err
	}
	bonds := activeEnds / 2
	expected := bonds - len(atoms) + 1
	if len(f.found) < expected {
		if err := f.findMissed(bonds); err != nil {
			return false, err
		}
		if len(f.found) < expected {
			return false, nil
		}
	}
	if len(f.found) > expected {
		f.removeExtra()
	}
	return true, nil
}

// chew takes atoms off the fragment, in rounds, until at most two are left.
func (f *ringFinder) chew(atoms []int32) error {
	count := 0
	take := func(i int32) {
		f.taken[i] = true
		count++
		f.trim(i, &f.changed)
	}
	for count <= len(atoms)-3 {
		for head := 0; head < len(f.changed); head++ {
			if i := f.changed[head]; !f.taken[i] {
				take(i)
			}
		}
		f.changed = f.changed[:0]
		if twos := f.pickDegreeTwo(atoms); len(twos) > 0 {
			if err := f.ringsOfDegreeTwo(twos); err != nil {
				return err
			}
			for _, i := range twos {
				take(i)
			}
		} else if count <= len(atoms)-3 {
			at := slices.IndexFunc(atoms, func(i int32) bool { return f.degrees[i] == 3 })
			if at < 0 {
				return nil
			}
			if err := f.ringsOfDegreeThree(atoms[at]); err != nil {
				return err
			}
			take(atoms[at])
		}
	}
	return nil
}

// trim cuts the bonds of atom i; neighbours that are left with one bond or none are queued.
func (f *ringFinder) trim(i int32, changed *[]int32) {
	for _, k := range f.m.incident[i] {
		if !f.active[k] {
			continue
		}
		j := int32(f.m.Other(int(k), int(i)))
		if f.degrees[j] <= 2 {
			*changed = append(*changed, j)
		}
		f.active[k] = false
		f.degrees[j]--
		f.degrees[i]--
	}
}

// pickDegreeTwo picks one atom of each chain of degree-two atoms: the lowest.
func (f *ringFinder) pickDegreeTwo(atoms []int32) []int32 {
	picked, stack := f.picked[:0], f.stack[:0]
	covered := f.covered
	clear(covered)
	for _, i := range atoms {
		if f.degrees[i] != 2 || covered[i] {
			continue
		}
		picked = append(picked, i)
		covered[i] = true
		for stack = append(stack[:0], i); len(stack) > 0; {
			j := int(stack[len(stack)-1])
			stack = stack[:len(stack)-1]
			for _, k := range f.m.incident[j] {
				o := f.m.Other(int(k), j)
				if f.active[k] && !covered[o] && f.degrees[o] == 2 {
					covered[o] = true
					stack = append(stack, int32(o))
				}
			}
		}
	}
	f.picked, f.stack = picked, stack
	return picked
}

// setOf makes the atom set of a ring.
func (f *ringFinder) setOf(ring []int32) atomSet {
	set := atomSet(f.m.work.uint64s(f.words))
	for _, i := range ring {
		set.add(i)
	}
	return set
}

// wasSeen tells whether a ring of these atoms was found before.
func (f *ringFinder) wasSeen(set atomSet) bool {
	f.steps += len(f.seen)
	for _, s := range f.seen {
		if slices.Equal(s, set) {
			return true
		}
	}
	return false
}

// keep adds a ring that was not seen before.
func (f *ringFinder) keep(ring []int32, set atomSet) {
	f.found = append(f.found, foundRing{ring, set})
	f.seen = append(f.seen, set)
}

// keepNew adds those of the rings that were not seen before.
func (f *ringFinder) keepNew(rings [][]int32) {
	for _, ring := range rings {
		if set := f.setOf(ring); !f.wasSeen(set) {
			f.keep(ring, set)
		}
	}
}

// bondsOf lists the bonds of a ring, that from its last atom to its first at the end.
func (m *Molecule) bondsOf(ring []int32) []int32 {
	bonds := m.work.int32s(len(ring))
	for at, i := range ring {
		bonds[at] = int32(m.BondBetween(int(i), int(ring[(at+1)%len(ring)])))
	}
	return bonds
}

// refuse is the answer when the budget is spent.
func (f *ringFinder) refuse() error {
	return Refuse(CodeUnsupported, -1, "the ring system takes more than %d steps to perceive", ringBudget)
}

// noLimit stands for the size of a ring that is not found yet.
const noLimit = math.MaxInt32
