package molecule

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
)

// element is one row of RDKit's periodic table.
type element struct {
	symbol      string
	outer       int8    // outer-shell electrons
	weight      float64 // standard atomic weight, u
	mostCommon  float64 // mass of the most common isotope, u
	valenceList []int8  // allowed valences, the default first; -1 = any (last) or none known (alone)
}

// MaxZ is the highest atomic number that is known.
const MaxZ = len(elements) - 1

// Symbol returns the symbol of atomic number z, "*" for 0.
func Symbol(z uint8) string { return elements[z].symbol }

// AtomicNumber returns the atomic number of a symbol ("Cl"), or false.
func AtomicNumber(symbol string) (uint8, bool) {
	z, ok := numberOf()[symbol]
	return z, ok
}

// AtomicWeight returns the standard atomic weight of element z in u, 0 for the dummy atom.
func AtomicWeight(z uint8) float64 { return elements[z].weight }

// OuterElectrons returns the number of outer-shell electrons of element z.
func OuterElectrons(z uint8) int { return int(factsOf[z].outer) }

// numberOf maps symbols to atomic numbers, the systematic names that RDKit reads included.
var numberOf = sync.OnceValue(func() map[string]uint8 {
	numbers := make(map[string]uint8, MaxZ+10)
	for z := 1; z <= MaxZ; z++ {
		numbers[elements[z].symbol] = uint8(z)
	}
	for i, name := range []string{"Uun", "Uuu", "Uub", "Uut", "Uuq", "Uup", "Uuh", "Uus", "Uuo"} {
		numbers[name] = uint8(110 + i)
	}
	return numbers
})

//go:embed isotopes.tsv
var isotopeTable string // lines of atomic number, mass number, mass in u

type isotope struct {
	z     uint8
	label uint16
}

// isotopeMasses is read only when the first labelled atom asks for it.
var isotopeMasses = sync.OnceValue(func() map[isotope]float64 {
	masses := make(map[isotope]float64, 3200)
	for line := range strings.Lines(isotopeTable) {
		fields := strings.Fields(line)
		z, _ := strconv.ParseUint(fields[0], 10, 8)
		label, _ := strconv.ParseUint(fields[1], 10, 16)
		mass, _ := strconv.ParseFloat(fields[2], 64)
		masses[isotope{uint8(z), uint16(label)}] = mass
	}
	return masses
})

// valences returns the allowed valences of element z, the default first.
func valences(z int) []int8 { return elements[z].valenceList }

// valenceFacts is what the valence model asks of an element all the time, side by side.
type valenceFacts struct {
	first, last int8 // first and last entry of the valence list; -1 = none known, any
	outer       int8 // outer-shell electrons
	free        bool // nothing is known about its valence
}

var factsOf = func() (facts [len(elements)]valenceFacts) {
	for z := range elements {
		e := &elements[z]
		v := e.valenceList
		facts[z] = valenceFacts{first: v[0], last: v[len(v)-1], outer: e.outer, free: len(v) == 1 && v[0] == -1}
	}
	return facts
}()

// defaultValence returns the first allowed valence of element z, -1 = none known.
func defaultValence(z int) int { return int(factsOf[z].first) }

// highestValence returns the last entry of the valence list of element z, -1 = any.
func highestValence(z int) int { return int(factsOf[z].last) }

// freeValence tells that nothing is known about the valence of element z.
func freeValence(z int) bool { return factsOf[z].free }

// isMetal follows the M of Marvin's queries: what is not listed is a metal.
func isMetal(z uint8) bool {
	switch z {
	case 0, 1, 2, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 33, 34, 35, 36, 52, 53, 54, 85, 86:
		return false
	}
	return true
}

// moreElectronegative compares outer-shell electrons and then rows, as RDKit does.
func moreElectronegative(a, b uint8) bool {
	if elements[a].outer != elements[b].outer {
		return elements[a].outer > elements[b].outer
	}
	return a < b
}

// isEarly tells that element z stands left of carbon, where a positive charge lowers the valence.
func isEarly(z uint8) bool {
	switch {
	case z >= 3 && z <= 5, z >= 11 && z <= 13, z >= 19 && z <= 22, z >= 30 && z <= 32, z >= 37 && z <= 41,
		z >= 48 && z <= 51, z >= 55 && z <= 61, z >= 72 && z <= 73, z >= 80 && z <= 83, z >= 87 && z <= 93, z >= 104:
		return true
	}
	return false
}

// CommonIsotope returns the mass number of the most common isotope of element z, 0 for the dummy atom.
func CommonIsotope(z uint8) int { return int(math.Round(elements[z].mostCommon)) }
