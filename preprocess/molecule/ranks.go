package molecule

import "slices"

// ranker computes the CIP ranks of RDKit's legacy perception (iterateCIPRanks; after Labute, "An
// Efficient Algorithm for the Determination of Topological RS Chirality", J. CCG 1996, on Cahn,
// Ingold and Prelog 1966). Atoms start in classes by a key; each round sorts every class by its
// atoms' neighbour ranks, all at once, until no class splits or n/2+1 rounds are done.
//
// A rank here is a place in the order of the atoms that lies in the run of the class: its middle when the class
// was made, so that the larger part of a class that splits can mostly keep its rank. RDKit numbers the
// classes instead; only order and equality are ever used. And where RDKit compares every atom in every round, here only
// the atoms near a class that split are looked at, as in Hopcroft's partition refinement.
type ranker struct {
	m     *Molecule
	rank  []int32 // [n]
	order []int32 // [n] atoms by rank; a class is a run
	pos   []int32 // [n] place of each atom in order
	first []int32 // [n] by rank: where the class begins
	size  []int32 // [n] by rank: its atoms

	pairs  [][2]int32 // atoms that somebody asks about and that are still tied
	left   int        // rounds that may still be done
	packed []uint64   // see sortPacked

	dirty []bool  // [n] atom is in todo
	todo  []int32 // atoms that may have come to differ from their class in the last round
	moved []int32 // atoms that left the largest part of their class in this round
	cuts  []int   // where the parts of the class that is being split begin and end

	vectors []int32 // the surroundings of atoms, in this round
	at, end []int32 // [n] where an atom's vector lies in vectors
}

func newRanker(m *Molecule) *ranker {
	n := len(m.Atoms)
	ints := m.work.int32s(7 * n)
	cut := func() []int32 { s := ints[:n:n]; ints = ints[n:]; return s }
	r := new(ranker)
	if m.work != nil {
		r = &m.work.ranks
	}
	*r = ranker{m: m, rank: cut(), order: cut(), pos: cut(), first: cut(), size: cut(), at: cut(), end: cut(), dirty: m.work.bools(n),
		todo: r.todo[:0], moved: r.moved[:0], cuts: r.cuts[:0], vectors: r.vectors[:0],
		pairs: r.pairs[:0], packed: r.packed[:0]}
	for i := range r.order {
		r.order[i] = int32(i)
	}
	return r
}

// refine ranks the atoms by key, then by their surroundings.
func (r *ranker) refine(key []int32) {
	r.start(key)
	r.finish()
}

// start ranks the atoms by key alone.
func (r *ranker) start(key []int32) {
	r.sortPacked(r.order, key)
	for start := 0; start < len(r.order); {
		stop := start + 1
		for stop < len(r.order) && key[r.order[stop]] == key[r.order[start]] {
			stop++
		}
		r.class(start, stop)
		start = stop
	}
	r.todo = append(r.todo[:0], r.order...)
	r.left = len(r.order)/2 + 1
}

// finish does the rounds that are left.
func (r *ranker) finish() {
	for r.left > 0 && len(r.todo) > 0 {
		r.left--
		r.round()
		r.spread()
	}
}

// tellApart does rounds until no pair is tied any more, or none are left. A later round never changes the
// order of two atoms that one told apart.
func (r *ranker) tellApart(pairs [][2]int32) {
	for moved := len(pairs); ; moved += len(r.moved) {
		if moved >= len(pairs) { // not to look at all pairs after rounds that hardly changed anything
			tied := pairs[:0]
			for _, p := range pairs {
				if r.rank[p[0]] == r.rank[p[1]] {
					tied = append(tied, p)
				}
			}
			pairs, moved = tied, 0
		}
		if len(pairs) == 0 || r.left == 0 || len(r.todo) == 0 {
			return
		}
		r.left--
		r.round()
		r.spread()
	}
}

// sortPacked sorts atoms by their keys.
func (r *ranker) sortPacked(atoms, key []int32) {
	packed := r.packed[:0]
	for _, i := range atoms {
		packed = append(packed, uint64(uint32(key[i])^1<<31)<<32|uint64(i))
	}
	slices.Sort(packed)
	for x, p := range packed {
		atoms[x] = int32(uint32(p))
	}
	r.packed = packed
}

// class makes one class of the atoms at order[start:stop].
func (r *ranker) class(start, stop int) {
	rank := int32(start+stop) / 2
	r.first[rank], r.size[rank] = int32(start), int32(stop-start)
	for p := start; p < stop; p++ {
		i := r.order[p]
		r.rank[i], r.pos[i] = rank, int32(p)
	}
}

// round splits the tied classes that hold atoms of todo, all by the ranks of the round before.
func (r *ranker) round() {
	tied := r.todo[:0]
	for _, i := range r.todo {
		r.dirty[i] = false
		if r.size[r.rank[i]] > 1 {
			tied = append(tied, i)
		}
	}
	r.sortPacked(tied, r.rank)
	r.vectors, r.moved = r.vectors[:0], r.moved[:0]
	r.eachClass(tied, r.gather)
	r.eachClass(tied, r.split)
}

// eachClass calls f with the atoms of each class in the list, which is sorted by class. f may
// split that class.
func (r *ranker) eachClass(sorted []int32, f func(atoms []int32)) {
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && r.rank[sorted[n]] == r.rank[sorted[0]] {
			n++
		}
		f(sorted[:n])
		sorted = sorted[n:]
	}
}

// spread makes todo of the neighbours of the atoms that moved.
func (r *ranker) spread() {
	r.todo = r.todo[:0]
	for _, i := range r.moved {
		for _, k := range r.m.incident[i] {
			if j := r.m.Other(int(k), int(i)); !r.dirty[j] {
				r.dirty[j] = true
				r.todo = append(r.todo, int32(j))
			}
		}
	}
}
