package molecule

import "slices"

// surroundings appends the vector by which atom i is compared with its class: the ranks of its
// neighbours, highest first, each twice its bond order times, then a zero for every hydrogen.
func (r *ranker) surroundings(i int32) {
	start := len(r.vectors)
	r.at[i] = int32(start)
	if r.m.Degree(int(i)) > manyLigands {
		r.manySurroundings(i)
		return
	}
	for _, k := range r.m.incident[i] {
		j := r.m.Other(int(k), int(i))
		v, count := r.rank[j]+1, r.m.cipWeight(k, j)
		p := len(r.vectors)
		for range count {
			r.vectors = append(r.vectors, v)
		}
		for p > start && count > 0 && r.vectors[p-1] < v {
			p--
			r.vectors[p], r.vectors[p+count] = v, r.vectors[p]
		}
	}
	for range r.m.TotalHs(int(i)) {
		r.vectors = append(r.vectors, 0)
	}
	r.end[i] = int32(len(r.vectors))
}

// manySurroundings is surroundings for an atom of many neighbours, of which each cannot be put in its place.
func (r *ranker) manySurroundings(i int32) {
	start := len(r.vectors)
	for _, k := range r.m.incident[i] {
		j := r.m.Other(int(k), int(i))
		for range r.m.cipWeight(k, j) {
			r.vectors = append(r.vectors, r.rank[j]+1)
		}
	}
	slices.SortFunc(r.vectors[start:], func(a, b int32) int { return int(b - a) })
	for range r.m.TotalHs(int(i)) {
		r.vectors = append(r.vectors, 0)
	}
	r.end[i] = int32(len(r.vectors))
}

// cipWeight is how often the neighbour j across bond k counts: twice the bond order, so that
// aromatic bonds are whole numbers; d orbitals of three- and four-ligand phosphorus do not count
// (Cahn, Ingold and Prelog 1966, paragraph 2.2, convention b).
func (m *Molecule) cipWeight(k int32, j int) int {
	switch m.Bonds[k].Type {
	case Single, Dative, DativeOne:
		return 2
	case Double:
		if d := m.Degree(j); m.Atoms[j].Z == 15 && (d == 3 || d == 4) {
			return 1
		}
		return 4
	case AromaticBond, OneAndAHalf:
		return 3
	case Triple:
		return 6
	case Quadruple:
		return 8
	case Quintuple:
		return 10
	case Hextuple:
		return 12
	case TwoAndAHalf:
		return 5
	case ThreeAndAHalf:
		return 7
	case FourAndAHalf:
		return 9
	case FiveAndAHalf:
		return 11
	}
	return 0
}

// gather brings the listed atoms of one class to its front and computes their vectors. If others
// are left, the first of them gets a vector and stands for all: they were equal in the last
// round, and nothing near them has moved since.
func (r *ranker) gather(atoms []int32) {
	rank := r.rank[atoms[0]]
	start := r.first[rank]
	p := start
	for _, i := range atoms {
		r.swap(p, r.pos[i])
		r.surroundings(i)
		p++
	}
	if p < start+r.size[rank] {
		r.surroundings(r.order[p])
	}
}

// split sorts the class of the listed atoms, which are at its front, and makes a class of each
// run of equals. What is not listed equals the first atom behind the listed ones.
func (r *ranker) split(atoms []int32) {
	rank, n := r.rank[atoms[0]], len(atoms)
	start := int(r.first[rank])
	stop := start + int(r.size[rank])
	front := r.order[start : start+n]
	slices.SortFunc(front, r.compare)
	for x, i := range front {
		r.pos[i] = int32(start + x)
	}
	r.cuts = append(r.cuts[:0], start)
	if start+n == stop {
		r.cut(start, stop)
		r.adopt(rank)
		return
	}
	rest := r.order[start+n]
	lower, _ := slices.BinarySearchFunc(front, rest, r.compare)
	upper := n
	for upper > lower && r.compare(front[upper-1], rest) > 0 {
		upper--
	}
	for k := range n - upper { // the higher ones go behind the rest, their order kept
		r.swap(int32(start+n-1-k), int32(stop-1-k))
	}
	r.cut(start, start+lower)
	r.cuts = append(r.cuts, stop-(n-upper))
	r.cut(stop-(n-upper), stop)
	r.adopt(rank)
}

// cut appends to cuts where the runs of equals in the sorted order[start:stop] end.
func (r *ranker) cut(start, stop int) {
	for p := start + 1; p <= stop; p++ {
		if p == stop || r.compare(r.order[p-1], r.order[p]) != 0 {
			r.cuts = append(r.cuts, p)
		}
	}
}

// adopt makes classes of the parts between cuts, of the class with a rank. The largest part does not count
// as moved: atoms that were equal and have no neighbour in the other parts are equal still. It keeps the
// rank if that lies in it; where it does not, the part is no larger than half of the class.
func (r *ranker) adopt(rank int32) {
	largest := 1
	for c := 2; c < len(r.cuts); c++ {
		if r.cuts[c]-r.cuts[c-1] > r.cuts[largest]-r.cuts[largest-1] {
			largest = c
		}
	}
	for c := 1; c < len(r.cuts); c++ {
		from, to := r.cuts[c-1], r.cuts[c]
		if c == largest && from <= int(rank) && int(rank) < to {
			r.first[rank], r.size[rank] = int32(from), int32(to-from)
			continue
		}
		r.class(from, to)
		if c != largest {
			r.moved = append(r.moved, r.order[from:to]...)
		}
	}
}

func (r *ranker) swap(p, q int32) {
	i, j := r.order[p], r.order[q]
	r.order[p], r.order[q] = j, i
	r.pos[i], r.pos[j] = q, p
}

func (r *ranker) compare(i, j int32) int {
	return slices.Compare(r.vectors[r.at[i]:r.end[i]], r.vectors[r.at[j]:r.end[j]])
}
