package molfile

import (
	"cmp"
	"math"
	"slices"

	"molserve/preprocess/molecule"
)

// Handedness from a drawing. Wedged bonds get a height, and the sign of the volume that the bonds span
// gives the tag, as the rules of IUPAC for stereo drawings have it (Brecher, Pure Appl. Chem. 2006, 78,
// 1897; ST-1.1 and ST-1.2), with RDKit's tolerances (atomChiralTypeFromBondDirPseudo3D).
const (
	wedgeHeight   = 0.1     // of a wedged bond's end, in lengths of the bond
	nearZero      = 1e-3    // of lengths², products of coordinates of unit vectors
	flatHeight    = 1e-4    // of a bond on paper
	tShape        = 0.00031 // of lengths²: two bonds at more than 179° are one line
	leastVolume   = 0.00174 // of a centre with handedness: a T just over 178° wide
	alongOneLine  = 10 * nearZero
	opposedWedges = 0.01 // of lengths²: two wedges on one line
)

// tagFromWedges gives tags to the narrow ends of wedges. The first wedge of an atom that makes sense
// counts; a wavy bond takes the tag and any later wedge's right.
func (d *draft) tagFromWedges() {
	settled, valued := make([]bool, len(d.m.Atoms)), make([]bool, len(d.m.Atoms))
	for k := range d.m.Bonds {
		b := &d.m.Bonds[k]
		a := &d.m.Atoms[b.Begin]
		switch {
		case b.Dir == molecule.DirUnknown:
			a.Chiral, settled[b.Begin] = molecule.ChiralNone, true
		case isWedge(b.Dir) && !settled[b.Begin]:
			if !valued[b.Begin] {
				valued[b.Begin] = true
				d.m.UpdateValence(int(b.Begin))
			}
			a.Chiral = d.wedgeTag(int32(k))
			settled[b.Begin] = a.Chiral != molecule.ChiralNone
			// The implicit hydrogen of a stereocentre is stated; perception takes it back from false ones.
			if d.m.Degree(int(b.Begin)) == 3 && a.ExplicitHs == 0 && a.ImplicitHs == 1 {
				a.ExplicitHs = 1
				d.m.UpdateValence(int(b.Begin))
			}
		}
	}
}

// wedgeTag is the tag that wedge k gives to its narrow end.
func (d *draft) wedgeTag(k int32) molecule.Chirality {
	c, ok := d.wedgeCentre(k)
	if !ok {
		return molecule.ChiralNone
	}
	c.arrange()
	if c.opposed() || c.n == 3 && c.between() {
		return molecule.ChiralNone
	}
	volume := c.volume()
	if c.odd {
		volume = -volume
	}
	switch {
	case volume > leastVolume:
		return molecule.ChiralCCW
	case volume < -leastVolume:
		return molecule.ChiralCW
	}
	return molecule.ChiralNone
}

// wedgeCentre is an atom with three or four bonds, one of them wedged.
type wedgeCentre struct {
	n     int
	bond  [4]vec // unit vectors to the neighbours, in the order of the atom's bonds
	order [4]int // of the bonds: the wedge first, then around
	odd   bool   // order is an odd permutation
}

func (c *wedgeCentre) at(x int) *vec { return &c.bond[c.order[x]] }

func (c *wedgeCentre) swap(x, y int) {
	if x != y {
		c.order[x], c.order[y] = c.order[y], c.order[x]
		c.odd = !c.odd
	}
}

// wedgeCentre collects the bonds around the narrow end of wedge k. !ok: none can be a stereocentre, or
// two neighbours stand at one place.
func (d *draft) wedgeCentre(k int32) (c wedgeCentre, ok bool) {
	i := int(d.m.Bonds[k].Begin)
	bonds := d.m.Incident(i)
	if len(bonds) < 3 || len(bonds) > 4 || !d.bondsMayWedge(i) {
		return c, false
	}
	c = wedgeCentre{n: len(bonds), order: [4]int{0, 1, 2, 3}}
	height := wedgeHeight
	if length := d.at(d.m.Other(int(k), i)).minus(d.at(i).flat()).length(); length != 0 {
		height *= length // drawings come in all scales
	}
	for x, l := range bonds {
		end := d.at(d.m.Other(int(l), i)).flat()
		if int(d.m.Bonds[l].Begin) == i {
			end[2] = heightOf(d.m.Bonds[l].Dir, height)
		}
		v := end.minus(d.at(i).flat())
		if l != k && v.length2() < nearZero {
			return c, false
		}
		c.bond[x] = v.unit()
	}
	c.swap(0, slices.Index(bonds, k))
	return c, !c.overlaps()
}

// bondsMayWedge: only at P and S a stereocentre has other than single bonds.
func (d *draft) bondsMayWedge(i int) bool {
	if z := d.m.Atoms[i].Z; z == 15 || z == 16 {
		return true
	}
	return !slices.ContainsFunc(d.m.Incident(i), func(k int32) bool { return d.m.Bonds[k].Type != molecule.Single })
}

func heightOf(dir molecule.BondDir, height float64) float64 {
	switch dir {
	case molecule.DirWedge:
		return height
	case molecule.DirDash:
		return -height
	}
	return 0
}

func (c *wedgeCentre) overlaps() bool {
	for x := range c.n {
		for y := range x {
			if c.bond[x].minus(c.bond[y]).length2() < nearZero {
				return true
			}
		}
	}
	return false
}

// arrange puts the bonds behind the wedge in their order around the centre.
func (c *wedgeCentre) arrange() {
	if c.n == 3 {
		if c.secondBeforeFirst() {
			c.swap(1, 2)
		}
		return
	}
	line := c.at(1).cross(*c.at(2)).length2() < alongOneLine
	if line && c.at(1).cross(*c.at(0)).length2() > alongOneLine {
		c.at(1)[2] = -c.at(0)[2] // the bonds across the wedge point the other way
	}
	around := slices.Clone(c.order[1:])
	slices.SortFunc(around, func(x, y int) int {
		sideX, cosX := c.turn(x)
		sideY, cosY := c.turn(y)
		return cmp.Or(cmp.Compare(sideY, sideX), cmp.Compare(cosY, cosX), y-x)
	})
	for x, bond := range around {
		c.swap(x+1, slices.Index(c.order[:], bond))
	}
}

// turn tells on which side of the wedge a bond lies, 1 or -1, and how far: on the left from beside the
// wedge to behind it, on the right back again.
func (c *wedgeCentre) turn(bond int) (side, cos float64) {
	side = 1
	if c.at(0).cross(c.bond[bond])[2] < -nearZero {
		side = -1
	}
	return side, side * c.at(0).dot(c.bond[bond])
}

// secondBeforeFirst tells whether, of two bonds beside a wedge, the second comes before the first.
func (c *wedgeCentre) secondBeforeFirst() bool {
	left1, left2 := c.at(0).cross(*c.at(1))[2], c.at(0).cross(*c.at(2))[2]
	cos1, cos2 := c.at(0).dot(*c.at(1)), c.at(0).dot(*c.at(2))
	switch {
	case math.Abs(cos1)-1 > -nearZero: // on a line with the wedge
		return left2 < 0
	case math.Abs(cos2)-1 > -nearZero && left1 < 0:
		return true
	case left1*left2 < -nearZero:
		return left1 < left2
	case cos1*cos2 < -nearZero:
		return cos1 < cos2
	}
	return math.Abs(cos1) > math.Abs(cos2)
}

// opposed tells whether two bonds on one line are wedged against each other. Sugars are drawn so with
// four bonds, neighbours up and down at 180°: then the later wedge does not count.
func (c *wedgeCentre) opposed() bool {
	for x := range c.n {
		for y := x + 1; y < c.n; y++ {
			v, w := c.at(x), c.at(y)
			if v[2]*w[2] >= -nearZero || v.cross(*w).length2() >= opposedWedges {
				continue
			}
			neighbours := y-x == 1 || x == 0 && y == 3
			if c.n != 4 || math.Abs(v.dot(*w)+1) >= nearZero || !neighbours {
				return true
			}
			w[2] = 0
		}
	}
	return false
}

// between tells whether the one bond on paper lies between two that are wedged against each other
// (ST-1.2.10).
func (c *wedgeCentre) between() bool {
	for x := 1; x <= 2; x++ {
		wedged, paper := c.at(x), c.at(3-x)
		if wedged[2]*c.at(0)[2] < -flatHeight && math.Abs(paper[2]) < flatHeight {
			return paper.cross(*c.at(0))[2]*paper.cross(*wedged)[2] < -flatHeight
		}
	}
	return false
}

// volume is the volume, with sign, that the wedge spans with two others; c.odd changes with those.
func (c *wedgeCentre) volume() float64 {
	first, second := c.at(1).flat(), c.at(2).flat()
	plane := first.cross(second)
	if c.n == 3 {
		if plane.length2() < tShape { // a T: the bonds across the wedge point the other way
			first[2], second[2] = -c.at(0)[2], -c.at(0)[2]
			plane = first.cross(second)
		}
		return plane.dot(*c.at(0))
	}
	if plane.length2() < alongOneLine && math.Abs(c.at(3)[2]) < flatHeight {
		c.at(3)[2] = -c.at(0)[2]
	}
	volume := plane.dot(*c.at(0))
	other := first.cross(c.at(3).flat()).dot(*c.at(0))
	return c.better(volume, other)
}

// better chooses between the volume with the bonds 1 and 2, and the one with 1 and 3.
func (c *wedgeCentre) better(volume, other float64) float64 {
	wider := c.at(1).dot(*c.at(2)) < c.at(1).dot(*c.at(3))
	switch {
	case math.Abs(volume) < nearZero:
		if math.Abs(other) < nearZero {
			return 0
		}
		c.odd = !c.odd
		return other
	case volume*other > 0 && math.Abs(other) > leastVolume && wider:
		c.odd = !c.odd
		return other
	case math.Abs(volume) < leastVolume && math.Abs(other) > leastVolume:
		if volume*other < 0 {
			c.odd = !c.odd
		}
		return other
	}
	return volume
}
