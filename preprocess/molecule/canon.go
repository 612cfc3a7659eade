package molecule

// Canonical ranks of the atoms, as RDKit gives them (Canon::rankMolAtoms; after Schneider, Sahnoun and
// Landrum, "Get Your Atoms in Order", J. Chem. Inf. Model. 2015, 55, 2111). Atoms start in one class,
// which is split by what the atoms are and by the classes of their neighbours until nothing splits;
// what is then tied is broken at the atom read last.
//
// The broken ties are RDKit's choice among equals and depend on the order of the atoms and on the order
// in which classes are looked at, so that order is kept here to the letter. What is different is the
// cost: RDKit walks over all atoms of a class, here only those near a change are looked at.

// CanonicalRanks returns RDKit's rank of each atom, [n], lowest first:
// Chem.CanonicalRankAtoms(mol, breakTies=breakTies) with its other defaults. Without breakTies tied atoms
// share the lowest of their ranks. A molecule not yet perceived is ranked by what was read.
// Molecules whose ranking takes too long, symmetric ones of several thousand atoms, are refused with the
// code too_large: the algorithm is quadratic for them.
func CanonicalRanks(m *Molecule, breakTies bool) ([]int32, error) {
	if len(m.Atoms) > maxRanked {
		return nil, Refuse(CodeTooLarge, -1, "%d atoms are not ranked, more than %d", len(m.Atoms), maxRanked)
	}
	c := newCanonizer(m)
	if err := c.pass(c.compareAtoms); err != nil {
		return nil, err
	}
	if c.tagged && c.ties() {
		if err := c.pass(c.compareRingTags); err != nil {
			return nil, err
		}
	}
	if c.isCage() {
		if err := c.profileRings(); err != nil {
			return nil, err
		}
		if err := c.pass(c.compareCages); err != nil {
			return nil, err
		}
	}
	if breakTies {
		c.compare = c.compareAtoms
		if err := c.breakTies(); err != nil {
			return nil, err
		}
	}
	return c.class, nil
}

// pass looks at all atoms with one comparison until no class splits.
func (c *canonizer) pass(compare func(i, j int32) int) error {
	c.compare = compare
	c.activateAll()
	return c.refine()
}

// canonizer is the ordered partition of the atoms and what is known of them.
type canonizer struct {
	m     *Molecule
	class []int32 // [n] atoms in lower classes
	order []int32 // [n] atoms by class, ascending within a class; a class is a run
	size  []int32 // [n] atoms of the class that starts at a place, 0 = none starts there

	active  []bool  // [n] the class that starts here is on the stack
	stack   []int32 // classes to sort, by where they start
	marked  []bool  // [n] a neighbour changed class since the atom was compared
	first   []int32 // [n] first marked atom of the class that starts here, -1 = none
	next    []int32 // [n] next marked atom of the same class
	touched []int32 // classes with atoms that were just marked
	isTouch []bool  // [n]

	compare func(i, j int32) int
	runs    []int32 // lengths of the runs of equals of the blocks that are being merged
	merged  []int32 // those of the block that is being written
	places  []int32 // of the marked atoms of the class that is being sorted
	spare   []int32 // [n]
	work    int     // elements looked at or moved
	most    int     // of them

	rings      []int32 // [n] rings through each atom
	static     []int32 // [n] rank by what the atom alone is
	tagged     bool    // any atom has a chiral tag
	ringStereo bool    // any atom has the stereo of a ring
	profile    []int32 // [n] rank by the levels of the ring system around the atom
	near       []nearby
	nearStart  []int32 // [n+1] where the neighbours of each atom begin in near
}

// maxRanked bounds the memory of one ranking, in atoms.
const maxRanked = 500_000

func newCanonizer(m *Molecule) *canonizer {
	n := len(m.Atoms)
	ints := make([]int32, 7*n)
	cut := func() []int32 { s := ints[:n:n]; ints = ints[n:]; return s }
	bits := make([]bool, 3*n)
	c := &canonizer{m: m, class: cut(), order: cut(), size: cut(), first: cut(), next: cut(), spare: cut(), static: cut(),
		active: bits[:n:n], marked: bits[n : 2*n : 2*n], isTouch: bits[2*n:], rings: m.Rings.AtomCount, most: m.Budget.Of(rankedElements)}
	for i := range c.order {
		c.order[i] = int32(i)
	}
	if n > 0 {
		c.size[0] = int32(n)
	}
	if len(c.rings) != n {
		c.rings = fastRingCounts(m)
	}
	c.describeAtoms()
	c.listNeighbours()
	return c
}

// ties tells whether any class has two atoms or more.
func (c *canonizer) ties() bool {
	for p := 0; p < len(c.order); p += int(c.size[p]) {
		if c.size[p] > 1 {
			return true
		}
	}
	return false
}

func (c *canonizer) tooMuchWork() error {
	return RefuseWork(CodeTooLarge, "canonical ranks of %d atoms this symmetric take too long", len(c.order))
}
