package molecule

import (
	"slices"
	"sync"
)

// The square planar, trigonal bipyramidal and octahedral classes of SMILES (@SP1 … @OH30). A
// permutation number says where the ligands sit, in the order in which they are listed
// (OpenSMILES specification, "Chirality").

// squarePlanar lists, by permutation number, the ligands around the square.
var squarePlanar = []string{1: "0123", 2: "0213", 3: "0132"}

// trigonalBipyramidal and octahedral list the near and the far end of the axis, then the other
// ligands counterclockwise as seen from the near end.
var trigonalBipyramidal = []string{
	1: "04123", "04132", "03124", "03142", "02134", "02143", "01234", "01243", "14023", "13024",
	"14032", "13042", "12034", "12043", "24013", "23014", "34012", "34021", "23041", "24031"}

var octahedral = []string{
	1: "051234", "051432", "041235", "051243", "041253", "031245", "031254", "051324", "041325", "051423",
	"041523", "031425", "031524", "051342", "041352", "041532", "031452", "031542", "021345", "021354",
	"021435", "021534", "021453", "021543", "012345", "012354", "012435", "012534", "012453", "012543"}

// seats says where the ligands of a list sit: in seat s of the strings above sits ligand seats[s].
// Two of them are one arrangement when a rotation of the polyhedron turns one into the other.
type seats [6]uint8

// polyhedron is one class.
type polyhedron struct {
	lists     []string
	rotations []string        // where each seat goes: the whole group
	numbers   map[seats]uint8 // permutation number by canonical seats
}

// polyhedra is built when the first such mark is read.
var polyhedra = sync.OnceValue(func() map[Chirality]*polyhedron {
	return map[Chirality]*polyhedron{
		ChiralSquarePlanar:        newPolyhedron(squarePlanar, "1230", "0321"),
		ChiralTrigonalBipyramidal: newPolyhedron(trigonalBipyramidal, "01342", "10243"),
		ChiralOctahedral:          newPolyhedron(octahedral, "013452", "245130"),
	}
})

// newPolyhedron numbers the arrangements; the rotations are all products of the two turns.
func newPolyhedron(lists []string, turns ...string) *polyhedron {
	p := &polyhedron{lists: lists, numbers: map[seats]uint8{}, rotations: turns[:1:1]}
	for x := 0; x < len(p.rotations); x++ {
		for _, turn := range turns {
			product := []byte(turn)
			for s := range product {
				product[s] = p.rotations[x][turn[s]-'0']
			}
			if !slices.Contains(p.rotations, string(product)) {
				p.rotations = append(p.rotations, string(product))
			}
		}
	}
	for number := 1; number < len(lists); number++ {
		p.numbers[p.canonical(p.seats(uint8(number)))] = uint8(number)
	}
	return p
}

// seats returns the arrangement of a permutation number.
func (p *polyhedron) seats(number uint8) (s seats) {
	for x, ligand := range []byte(p.lists[number]) {
		s[x] = ligand - '0'
	}
	return s
}

// canonical returns the first of all the seatings that are the same arrangement.
func (p *polyhedron) canonical(s seats) seats {
	first := seats{255}
	for _, rotation := range p.rotations {
		turned := seats{}
		for x, y := range []byte(rotation) {
			turned[y-'0'] = s[x]
		}
		if slices.Compare(turned[:], first[:]) < 0 {
			first = turned
		}
	}
	return first
}

// ligands is how many ligands the class has at most, 0 for classes without permutation numbers.
func (c Chirality) ligands() int {
	switch c {
	case ChiralSquarePlanar:
		return 4
	case ChiralTrigonalBipyramidal:
		return 5
	case ChiralOctahedral:
		return 6
	}
	return 0
}

// Permutations is the highest permutation number of the class in SMILES, 0 if it has none.
func (c Chirality) Permutations() int32 {
	switch c {
	case ChiralTetrahedral, ChiralAllene:
		return 2
	case ChiralSquarePlanar:
		return 3
	case ChiralTrigonalBipyramidal:
		return 20
	case ChiralOctahedral:
		return 30
	}
	return 0
}
