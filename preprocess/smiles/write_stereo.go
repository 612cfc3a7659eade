package smiles

import (
	"slices"

	"molserve/preprocess/molecule"
)

// What a tag or a double bond says in terms of a partition of the atoms: only where its ligands lie in
// different cells does it say anything.

// centreSays reads the tag of atom x: 0 where ligands are tied, else how the ligands run by ascending cell.
func (p *partition) centreSays(x int32) int32 {
	m := p.g.w.m
	i := p.g.atoms[x]
	near := p.g.to[p.g.start[x]:p.g.start[x+1]]
	for at, y := range near {
		for _, z := range near[:at] {
			if p.cell[y] == p.cell[z] {
				return 0
			}
		}
	}
	now := m.Incident(int(i)) // in the order of near
	sorted := make([]int32, 0, 8)
	for at := range near {
		sorted = append(sorted, int32(at))
	}
	slices.SortFunc(sorted, func(a, b int32) int { return int(p.cell[near[a]] - p.cell[near[b]]) })
	a := &m.Atoms[i]
	switch a.Chiral {
	case molecule.ChiralSquarePlanar, molecule.ChiralTrigonalBipyramidal, molecule.ChiralOctahedral:
		return p.g.w.arrangement(a, sorted)
	}
	for at, from := range sorted {
		sorted[at] = now[from]
	}
	switch a.Chiral {
	case molecule.ChiralCW, molecule.ChiralCCW:
		if molecule.OddPermutation(sorted, now) != (a.Chiral == molecule.ChiralCW) {
			return 2
		}
		return 1
	}
	return 1
}

// arrangement is what the tag of a polyhedral centre says of its ligands in an order, places in its list of bonds: the least
// of its numbers, from 1. A search asks the same again and again.
func (w *writer) arrangement(a *molecule.Atom, order []int32) int32 {
	if len(order) > ligandCount(a.Chiral) {
		return 1
	}
	key := uint64(a.Chiral)<<16 | uint64(a.Permutation)<<8 | uint64(len(order))
	for _, place := range order {
		key = key<<4 | uint64(place)
	}
	known, found := w.arrangements[key]
	if !found {
		asListed := []int32{0, 1, 2, 3, 4, 5}[:len(order)]
		known = 1 + int32(slices.Min(equivalents(a.Chiral, a.Permutation, asListed, order)))
		w.arrangements[key] = known
	}
	return known
}

// withMissing lists the ligands of a polyhedral class, those that are no atoms last.
func withMissing(bonds []int32, class molecule.Chirality) []int32 {
	list := slices.Clone(bonds)
	for x := len(list); x < ligandCount(class); x++ {
		list = append(list, int32(-2-x))
	}
	return list
}

// equivalents lists the permutation numbers that say of the ligands listed as in sorted what number says of
// them listed as in now. Ligands that are no atoms are alike, so that there is one for each of their orders.
func equivalents(class molecule.Chirality, number uint8, now, sorted []int32) []uint8 {
	from, to := withMissing(now, class), withMissing(sorted, class)
	if len(now) > ligandCount(class) {
		return []uint8{0}
	}
	var numbers []uint8
	permute(from[len(now):], func() {
		if n := class.Relist(number, from, to, false); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	})
	return numbers
}

// permute calls f with every order of a short list.
func permute(list []int32, f func()) {
	if len(list) < 2 {
		f()
		return
	}
	for x := range list {
		list[0], list[x] = list[x], list[0]
		permute(list[1:], f)
		list[0], list[x] = list[x], list[0]
	}
}

func ligandCount(class molecule.Chirality) int {
	switch class {
	case molecule.ChiralSquarePlanar:
		return 4
	case molecule.ChiralTrigonalBipyramidal:
		return 5
	}
	return 6
}

// doubleSays reads a double bond: 0 where ligands are tied, else whether those in the higher cells lie on
// one side (2) or not (1).
func (p *partition) doubleSays(d *twoEnds) int32 {
	cis := d.cis
	for _, ligands := range d.ligands {
		if ligands[1] < 0 {
			continue
		}
		first, second := p.cell[ligands[0]], p.cell[ligands[1]]
		if first == second {
			return 0
		}
		cis = cis != (second > first)
	}
	if cis {
		return 2
	}
	return 1
}
