package molecule

import (
	"math"
	"slices"
)

// Ring perception after Figueras (J. Chem. Inf. Comput. Sci. 1996, 36, 986) with RDKit's changes:
// chew degree-two atoms off the graph, keep the smallest rings through them, and where none are left
// take the rings of a degree-three atom. What is found above the cyclomatic number and could stand in
// for a kept ring of its size goes into the symmetrized set.
//
// Searches stay inside one biconnected component (rings_blocks.go). Where every component is a single ring,
// as in most drugs, its atoms are all that need be looked at.

// ringFinder is the state of ring perception of one molecule.
type ringFinder struct {
	m       *Molecule
	active  []bool // [nb] bonds not yet trimmed
	degrees []int32
	block   []int32 // [nb] biconnected component of each bond, from 1; 0 = in no ring
	blocks  int
	plain   bool   // every component is one ring
	met     []bool // [blocks+1] see findPlain

	found         []foundRing // of the current fragment
	kept          []foundRing // of the fragments before
	extras        []foundRing // rings that removeExtra took out, of all fragments
	seen          atomSets    // of the rings of all fragments
	ringAtoms     []bool      // atoms and bonds of rings through degree-two atoms
	ringBonds     []bool
	duplicates    []duplicate // of the current round
	round         atomSets    // their sets
	twins         [][]int32   // [n] of an atom of this round, others that led to the same ring; nil: there were none yet
	spanned       []bool      // [nb] see selection; nil: not needed yet
	cutBonds      []int32     // bonds that were trimmed since undoing began
	undoing       bool
	taken         []bool  // [n] atoms that are off
	covered       []bool  // [n] see pickDegreeTwo, as the next three
	twos          []int32 // atoms that came to have two bonds
	picked, stack []int32
	changed       []int32 // queue of atoms to trim
	chain         []int32 // the same of trimChain
	bfs           searchState
	steps, budget int
}

// foundRing is one ring: bond x joins atoms x and x+1, the last one closes it.
type foundRing struct {
	atoms, bonds []int32
	set          atomSet // empty where rings are not compared
}

// findRings fills m.Rings.
func (m *Molecule) findRings() error {
	m.resetRings()
	fragment, count := m.fragments(m.work.int32s(len(m.Atoms)))
	if len(m.Bonds) <= len(m.Atoms)-count { // a forest
		return nil
	}
	defer m.work.dropGiant(len(m.Atoms), func(a *arena) { a.rings = ringFinder{} })
	f := m.newRingFinder()
	f.findBlocks()
	for _, atoms := range m.groupAtoms(fragment, count) {
		done, err := f.findInFragment(atoms)
		if err != nil {
			return err
		}
		if !done {
			if f.kept, err = f.fastRings(); err != nil {
				return err
			}
			break
		}
		f.kept = append(f.kept, f.found...)
	}
	m.storeRings(f.kept, f.extras)
	return nil
}

func (m *Molecule) newRingFinder() *ringFinder {
	n, nb := len(m.Atoms), len(m.Bonds)
	f := &m.work.rings
	f.m, f.steps, f.budget = m, 0, m.Budget.Of(ringSteps)
	f.active, f.degrees, f.block = m.work.bools(nb), m.work.int32s(n), m.work.int32s(nb)
	f.taken = m.work.bools(n)
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

// prepareSearch makes the room that only the search for fused rings needs.
func (f *ringFinder) prepareSearch() {
	if f.ringBonds != nil {
		return
	}
	n, work := len(f.m.Atoms), f.m.work
	f.ringBonds, f.ringAtoms, f.covered = work.bools(len(f.m.Bonds)), work.bools(n), work.bools(n)
	f.bfs.nodes, f.bfs.queue = cut(&work.nodes, n), work.int32s(n)[:0]
}

// forget drops what refers to a molecule and keeps the room; what is left in it lies in the arena.
func (f *ringFinder) forget() {
	f.seen.empty()
	f.round.empty()
	*f = ringFinder{found: f.found[:0], kept: f.kept[:0], extras: f.extras[:0], seen: f.seen, duplicates: f.duplicates[:0],
		round: f.round, cutBonds: f.cutBonds[:0], changed: f.changed[:0], chain: f.chain[:0], twos: f.twos[:0], picked: f.picked[:0], stack: f.stack[:0], bfs: searchState{rings: f.bfs.rings[:0]}}
}

// groupAtoms lists the atoms of each fragment in ascending order.
func (m *Molecule) groupAtoms(fragment []int32, count int) [][]int32 {
	groups, room := m.work.slices(count), m.work.int32s(len(fragment))
	sizes := m.work.int32s(count)
	for _, f := range fragment {
		sizes[f]++
	}
	for g, size := range sizes {
		groups[g], room = room[:0:size], room[size:]
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
	bonds := activeEnds / 2
	expected := bonds - len(atoms) + 1
	off := f.takeChanged()
	if f.plain && f.findPlain(atoms, expected) {
		return true, nil
	}
	if f.steps > f.budget {
		return false, f.refuse()
	}
	f.prepareSearch()
	f.twos = f.twos[:0]
	for _, i := range atoms {
		if f.degrees[i] == 2 {
			f.twos = append(f.twos, i)
		}
	}
	if err := f.chew(atoms, off); err != nil {
		return false, err
	}
	if len(f.found) < expected {
		if err := f.findMissed(bonds); err != nil {
			return false, err
		}
		if len(f.found) < expected {
			return false, nil
		}
	}
	if len(f.found) > expected {
		return true, f.removeExtra()
	}
	return true, nil
}

// take cuts atom i off.
func (f *ringFinder) take(i int32) {
	f.taken[i] = true
	f.trim(i, &f.changed)
}

// takeChanged cuts off the atoms that have fewer than two bonds left, and those that this leaves with
// fewer, and counts them.
func (f *ringFinder) takeChanged() (count int) {
	for head := 0; head < len(f.changed); head++ {
		if i := f.changed[head]; !f.taken[i] {
			f.take(i)
			count++
		}
	}
	f.changed = f.changed[:0]
	return count
}

// chew takes atoms off the fragment, in rounds, until at most two are left. count are off already.
func (f *ringFinder) chew(atoms []int32, count int) error {
	for count <= len(atoms)-3 {
		count += f.takeChanged()
		if twos := f.pickDegreeTwo(); len(twos) > 0 {
			if err := f.ringsOfDegreeTwo(twos); err != nil {
				return err
			}
			for _, i := range twos {
				f.take(i)
				count++
			}
		} else if count <= len(atoms)-3 {
			at := slices.IndexFunc(atoms, func(i int32) bool { return f.degrees[i] == 3 })
			if at < 0 {
				return nil
			}
			if f.steps += at; f.steps > f.budget {
				return f.refuse()
			}
			if err := f.ringsOfDegreeThree(atoms[at]); err != nil {
				return err
			}
			f.take(atoms[at])
			count++
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
		if f.undoing {
			f.cutBonds = append(f.cutBonds, k)
		}
		f.degrees[i]--
		if f.degrees[j]--; f.degrees[j] == 2 {
			f.twos = append(f.twos, j)
		}
	}
}

// pickDegreeTwo picks one atom of each chain of degree-two atoms: the lowest. What was picked before is
// off by now, and its chain with it.
func (f *ringFinder) pickDegreeTwo() []int32 {
	picked, stack := f.picked[:0], f.stack[:0]
	covered := f.covered
	slices.Sort(f.twos)
	for _, i := range f.twos {
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
	f.picked, f.stack, f.twos = picked, stack, f.twos[:0]
	return picked
}

// wasSeen tells whether a ring of these atoms was found before.
func (f *ringFinder) wasSeen(set *atomSet) bool {
	f.steps += min(len(f.seen.list), fewSets)
	return f.seen.index(set) >= 0
}

// keptRing is what a ring that is kept counts for, in steps: they bound memory too.
const keptRing = 100

// keep adds a ring that was not seen before.
func (f *ringFinder) keep(ring foundRing) {
	f.steps += keptRing
	f.found = append(f.found, ring)
	f.seen.add(ring.set)
}

// keepNew adds those of the rings that were not seen before.
func (f *ringFinder) keepNew(rings []foundRing) {
	for _, ring := range rings {
		if !f.wasSeen(&ring.set) {
			f.keep(ring)
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
	return RefuseWork(CodeUnsupported, "the ring system takes more than %d steps to perceive", f.budget)
}

// noLimit stands for the size of a ring that is not found yet.
const noLimit = math.MaxInt32
