package molecule

import (
	"cmp"
	"slices"
)

// nearby is a bond as its atom sees it.
type nearby struct {
	key  uint64 // bond type, stereo and class of the neighbour, as last looked at
	atom int32
}

// describeAtoms ranks the atoms by all that does not change while classes split.
func (c *canonizer) describeAtoms() {
	atoms := c.m.Atoms
	byWhat := slices.Clone(c.order)
	for i := range atoms {
		c.tagged = c.tagged || atoms[i].Chiral != ChiralNone
		c.ringStereo = c.ringStereo || atoms[i].hasRingStereo()
	}
	slices.SortFunc(byWhat, c.compareWhat)
	rank := int32(0)
	for x, i := range byWhat {
		if x > 0 && c.compareWhat(byWhat[x-1], i) != 0 {
			rank++
		}
		c.static[i] = rank
	}
}

// compareWhat compares map number, degree, element, isotope, hydrogens, charge (the positive ones first)
// and whether there is a chiral tag.
func (c *canonizer) compareWhat(i, j int32) int {
	a, b := &c.m.Atoms[i], &c.m.Atoms[j]
	return cmp.Or(
		cmp.Compare(a.Map, b.Map),
		cmp.Compare(c.m.Degree(int(i)), c.m.Degree(int(j))),
		cmp.Compare(a.Z, b.Z),
		cmp.Compare(a.Isotope, b.Isotope),
		cmp.Compare(c.m.TotalHs(int(i)), c.m.TotalHs(int(j))),
		cmp.Compare(uint8(a.Charge), uint8(b.Charge)), // compared as unsigned numbers
		cmp.Compare(bit(a.Chiral != ChiralNone), bit(b.Chiral != ChiralNone)),
	)
}

// hasRingStereo tells that the tag of an atom says how it stands to others of its ring system.
func (a *Atom) hasRingStereo() bool {
	return a.ringStereo && (a.Chiral == ChiralCW || a.Chiral == ChiralCCW)
}

// listNeighbours fills near, with all neighbours in one class.
func (c *canonizer) listNeighbours() {
	c.near = make([]nearby, 0, 2*len(c.m.Bonds))
	c.nearStart = make([]int32, len(c.m.Atoms)+1)
	for i := range c.m.Atoms {
		for _, k := range c.m.incident[i] {
			b := &c.m.Bonds[k]
			kind := b.Type
			if b.Aromatic {
				kind = AromaticBond
			}
			key := uint64(kind)<<40 | uint64(b.Stereo)<<32
			c.near = append(c.near, nearby{key: key, atom: int32(c.m.Other(int(k), i))})
		}
		c.nearStart[i+1] = int32(len(c.near))
		sortNearby(c.nearOf(int32(i)))
	}
}

func (c *canonizer) nearOf(i int32) []nearby { return c.near[c.nearStart[i]:c.nearStart[i+1]] }

// lookAround brings the neighbours of atom i up to date, the highest first.
func (c *canonizer) lookAround(i int32) []nearby {
	near := c.nearOf(i)
	for x := range near {
		near[x].key = near[x].key&^0xffffffff | uint64(c.class[near[x].atom])
	}
	sortNearby(near)
	return near
}

// sortNearby sorts descending and keeps the order of equals.
func sortNearby(near []nearby) {
	if len(near) > 16 {
		slices.SortStableFunc(near, func(a, b nearby) int { return cmp.Compare(b.key, a.key) })
		return
	}
	for x := 1; x < len(near); x++ {
		for y := x; y > 0 && near[y-1].key < near[y].key; y-- {
			near[y-1], near[y] = near[y], near[y-1]
		}
	}
}

// compareAtoms compares what the atoms are, their handedness, and their neighbours.
func (c *canonizer) compareAtoms(i, j int32) int {
	if order := cmp.Compare(c.static[i], c.static[j]); order != 0 {
		return order
	}
	if c.tagged && c.m.Atoms[i].Chiral != ChiralNone && c.m.Atoms[j].Chiral != ChiralNone {
		if order := cmp.Compare(c.handedness(i), c.handedness(j)); order != 0 {
			return order
		}
	}
	if c.ringStereo {
		if order := cmp.Compare(c.ringCode(i), c.ringCode(j)); order != 0 {
			return order
		}
	}
	return c.compareNear(i, j)
}

// compareNear compares bonds and neighbours.
func (c *canonizer) compareNear(i, j int32) int {
	return slices.CompareFunc(c.lookAround(i), c.lookAround(j), func(a, b nearby) int { return cmp.Compare(a.key, b.key) })
}

// handedness tells how the classes of the neighbours run around atom i: 0 = some are equal, or no
// tetrahedral tag, 1 or 2.
func (c *canonizer) handedness(i int32) int {
	tag := c.m.Atoms[i].Chiral
	if tag != ChiralCW && tag != ChiralCCW {
		return 0
	}
	bonds := c.m.incident[i]
	odd := false
	for x, k := range bonds {
		class := c.class[c.m.Other(int(k), int(i))]
		for _, l := range bonds[:x] {
			before := c.class[c.m.Other(int(l), int(i))]
			if before == class {
				return 0
			}
			odd = odd != (before > class)
		}
	}
	if (tag == ChiralCW) != odd {
		return 2
	}
	return 1
}

// ringCode sums the classes of the neighbours with ring stereo.
func (c *canonizer) ringCode(i int32) uint32 {
	code := uint32(0)
	for _, k := range c.m.incident[i] {
		if j := c.m.Other(int(k), int(i)); c.m.Atoms[j].hasRingStereo() {
			code += uint32(c.class[j])*10_000 + 1
		}
	}
	return code
}
