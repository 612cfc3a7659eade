package molfile

import (
	"slices"

	"molserve/preprocess/molecule"
)

// polyhedron is an atom with its ligands, by number in the order of its bonds.
type polyhedron struct {
	n       int
	v       [mostLigands]vec // unit vectors to the ligands
	partner [mostLigands]int // the ligand across, noPartner = none
	pairs   int
}

// pair finds the pairs; !ok: a ligand is across from two.
func (p *polyhedron) pair() (ok bool) {
	for x := range p.partner {
		p.partner[x] = noPartner
	}
	for x := range p.n {
		for y := x + 1; y < p.n; y++ {
			if p.v[x].dot(p.v[y]) >= across {
				continue
			}
			if p.partner[x] != noPartner || p.partner[y] != noPartner {
				return false
			}
			p.partner[x], p.partner[y] = y, x
			p.pairs++
		}
	}
	return true
}

// class tells the shape by the numbers of ligands and of pairs.
func (p *polyhedron) class() molecule.Chirality {
	switch [2]int{p.n, p.pairs} {
	case [2]int{3, 1}, [2]int{4, 2}: // T, square
		return molecule.ChiralSquarePlanar
	case [2]int{4, 1}: // see-saw
		if beside := p.beside(p.axis()); p.v[beside[0]].angle(p.v[beside[1]]) < octahedral {
			return molecule.ChiralOctahedral
		}
		return molecule.ChiralTrigonalBipyramidal
	case [2]int{5, 1}:
		return molecule.ChiralTrigonalBipyramidal
	case [2]int{5, 2}, [2]int{6, 3}: // square pyramid, octahedron
		return molecule.ChiralOctahedral
	}
	return molecule.ChiralNone
}

// axis is the first pair.
func (p *polyhedron) axis() (near, far int) {
	near = slices.IndexFunc(p.partner[:], func(y int) bool { return y != noPartner })
	return near, p.partner[near]
}

// beside lists the ligands that are not on the axis.
func (p *polyhedron) beside(near, far int) (list []int) {
	for x := range p.n {
		if x != near && x != far {
			list = append(list, x)
		}
	}
	return list
}

// seats places the ligands, see PermutationOf. Places without ligand take the last numbers.
func (p *polyhedron) seats(c molecule.Chirality) [6]uint8 {
	near, far := p.axis()
	beside := p.beside(near, far)
	if len(beside) == 1 {
		beside = append(beside, p.n)
	}
	first, second := beside[0], beside[1]
	switch {
	case c == molecule.ChiralSquarePlanar:
		return seated(near, first, far, second)
	case c == molecule.ChiralTrigonalBipyramidal || p.pairs == 1:
		if !p.left(near, first, second) {
			beside[0], beside[1] = second, first
		}
		for x := p.n; x < mostLigands; x++ {
			beside = append(beside, x)
		}
		return seated(append([]int{near, far}, beside...)...)
	}
	first = beside[slices.IndexFunc(beside, func(x int) bool { return p.partner[x] != noPartner })]
	second = beside[slices.IndexFunc(beside, func(x int) bool { return x != first && x != p.partner[first] })]
	opposite := p.partner[second]
	if opposite == noPartner {
		opposite = p.n
	}
	if !p.left(near, first, second) {
		second, opposite = opposite, second
	}
	return seated(near, far, first, second, p.partner[first], opposite)
}

// left tells whether, as seen from ligand near, y comes after x counterclockwise.
func (p *polyhedron) left(near, x, y int) bool { return p.v[near].dot(p.v[x].cross(p.v[y])) >= 0 }

func seated(ligands ...int) (s [6]uint8) {
	for x, ligand := range ligands {
		s[x] = uint8(ligand)
	}
	return s
}
