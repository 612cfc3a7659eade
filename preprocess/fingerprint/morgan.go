// Package fingerprint computes fingerprints of molecules, bit for bit those of RDKit.
package fingerprint

import (
	"cmp"
	"slices"

	"molserve/preprocess/molecule"
)

// Morgan makes circular fingerprints (Rogers and Hahn, J. Chem. Inf. Model. 2010, 50, 742) as RDKit's
// rdFingerprintGenerator.GetMorganGenerator(radius, fpSize) does with its other defaults: bond types count,
// chirality does not, ring membership does, no environment counts twice. The zero value is ECFP4 of 2,048 bits.
type Morgan struct {
	Radius int // bonds around an atom; default 2; -1: the atoms alone
	Size   int // bits; default 2,048
}

const (
	defaultRadius = 2
	defaultSize   = 2048
)

// maxWords bounds the sets of bonds that are kept, one for each atom, in 64-bit words.
const maxWords = 1 << 24

func (f Morgan) radius() int {
	switch {
	case f.Radius == 0:
		return defaultRadius
	case f.Radius < 0:
		return 0
	}
	return f.Radius
}

func (f Morgan) size() int {
	if f.Size <= 0 {
		return defaultSize
	}
	return f.Size
}

// Counts is GetCountFingerprint: how often each bit below Size was found; bits that were not are absent. What is too large is
// refused.
func (f Morgan) Counts(m *molecule.Molecule) (map[int]int, error) {
	counts := make(map[int]int)
	err := f.environments(m, func(code uint32) { counts[int(code)%f.size()]++ })
	return counts, err
}

// Bits is GetFingerprint: the bits that were found, in words of 64, the lowest first.
func (f Morgan) Bits(m *molecule.Molecule) (Bits, error) {
	bits := make(Bits, (f.size()+63)/64)
	err := f.environments(m, func(code uint32) {
		bit := int(code) % f.size()
		bits[bit/64] |= 1 << (bit % 64)
	})
	return bits, err
}

// environments calls found with the code of every environment that counts.
func (f Morgan) environments(m *molecule.Molecule, found func(code uint32)) error {
	n, width := len(m.Atoms), (len(m.Bonds)+63)/64
	if n > 0 && width > maxWords/n {
		return molecule.Refuse(molecule.CodeTooLarge, -1, "%d atoms and %d bonds are more than fingerprints are made of", n, len(m.Bonds))
	}
	g := growth{m: m, codes: make([]uint32, n), next: make([]uint32, n), dead: make([]bool, n), seen: map[string]bool{},
		inner: bondSets(n, width), outer: bondSets(n, width)}
	for i := range g.codes {
		g.codes[i] = invariant(m, i)
		found(g.codes[i])
	}
	for layer := range f.radius() {
		if g.grow(uint32(layer)); len(g.round) == 0 {
			return nil // all atoms are dead
		}
		g.report(found)
		g.codes, g.next = g.next, g.codes
		clear(g.next) // a dead atom counts as 0 from now on
	}
	return nil
}

// growth is the state of one molecule: the environments of all atoms, a bond larger in each round.
type growth struct {
	m            *molecule.Molecule
	codes, next  []uint32        // [n] of the round before and of this one
	dead         []bool          // [n] the atom's environment was one that had been seen
	seen         map[string]bool // environments, as sets of bonds
	inner, outer []bondSet       // [n] the environment of the round before and of this one
	near         [][2]uint32     // bond type and code of an atom's neighbours
	round        []environment
}

// environment is what an atom has around it in this round.
type environment struct {
	bonds string
	code  uint32
	atom  int
}

// grow makes the codes of a round.
func (g *growth) grow(layer uint32) {
	for i := range g.outer {
		copy(g.inner[i], g.outer[i])
	}
	g.round = g.round[:0]
	for i := range g.m.Atoms {
		if g.m.Degree(i) == 0 {
			g.dead[i] = true
		}
		if g.dead[i] {
			continue
		}
		code := combine(layer, g.codes[i])
		for _, pair := range g.neighbours(i) {
			code = combine(code, combine(combine(0, pair[0]), pair[1]))
		}
		g.next[i] = code
		g.round = append(g.round, environment{g.outer[i].key(), code, i})
	}
}

// neighbours adds the surroundings of atom i's neighbours to its own, and lists them sorted.
func (g *growth) neighbours(i int) [][2]uint32 {
	g.near = g.near[:0]
	for _, k := range g.m.Incident(i) {
		j := g.m.Other(int(k), i)
		g.outer[i].add(k)
		g.outer[i].join(g.inner[j])
		g.near = append(g.near, [2]uint32{uint32(g.m.Bonds[k].Type), g.codes[j]})
	}
	slices.SortFunc(g.near, func(a, b [2]uint32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return g.near
}

// report calls found for each environment that is new, with the lowest code that the round has for it. The other atoms that
// have it are dead.
func (g *growth) report(found func(code uint32)) {
	slices.SortFunc(g.round, func(a, b environment) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.atom, b.atom)) })
	for _, e := range g.round {
		if g.seen[e.bonds] {
			g.dead[e.atom] = true
			continue
		}
		g.seen[e.bonds] = true
		found(e.code)
	}
}
