package smiles

import (
	"slices"

	"molserve/preprocess/molecule"
)

// remember keeps the symmetry that maps an earlier order on the present one.
func (l *labelling) remember(earlier []int32) {
	var s symmetry
	for at, x := range earlier {
		if y := l.p.element[at]; y != x {
			s.from, s.to = append(s.from, x), append(s.to, y)
		}
	}
	l.add(s)
}

func (l *labelling) add(s symmetry) {
	for at, x := range s.from {
		union(l.orbits, x, s.to[at])
	}
	if l.kept+len(s.from) <= maxMoved {
		l.kept += len(s.from)
		l.symmetries = append(l.symmetries, s)
	}
}

// parting is the level at which the present path left the first one: the symmetry just found covers all
// that lies below.
func (l *labelling) parting() int {
	for level, x := range l.path[:min(len(l.path), len(l.firstPath))] {
		if l.firstPath[level] != x {
			return level
		}
	}
	return len(l.path)
}

// covered tells whether a symmetry that fixes the path maps an atom that was tried on x.
func (l *labelling) covered(tried []int32, x int32, onFirst bool) bool {
	orbits := l.orbits // all symmetries were found below here and fix the first path
	if !onFirst {
		orbits = l.orbitsFixing()
	}
	root := find(orbits, x)
	return slices.ContainsFunc(tried, func(y int32) bool { return find(orbits, y) == root })
}

// orbitsFixing joins the orbits of the symmetries that fix all atoms of the path.
func (l *labelling) orbitsFixing() []int32 {
	orbits := make([]int32, len(l.orbits))
	for x := range orbits {
		orbits[x] = int32(x)
	}
	for _, s := range l.symmetries {
		l.p.work += len(s.from)
		if slices.ContainsFunc(s.from, func(x int32) bool { return l.onPath[x] }) {
			continue
		}
		for at, x := range s.from {
			union(orbits, x, s.to[at])
		}
	}
	l.p.work += len(orbits)
	return orbits
}

func find(orbits []int32, x int32) int32 {
	for orbits[x] != x {
		orbits[x] = orbits[orbits[x]]
		x = orbits[x]
	}
	return x
}

func union(orbits []int32, x, y int32) { orbits[find(orbits, y)] = find(orbits, x) }

// joinTwins adds the symmetries that swap two equal end atoms of one atom. It must have no stereo that their
// order could matter for.
func (l *labelling) joinTwins() {
	g := l.g
	for x := range g.atoms {
		if g.w.stereo[g.atoms[x]] || g.w.m.Atoms[g.atoms[x]].Chiral != molecule.ChiralNone {
			continue
		}
		ends := map[[2]int32]int32{} // by kind of bond and colour
		for e := g.start[x]; e < g.start[x+1]; e++ {
			y := g.to[e]
			if g.start[y+1]-g.start[y] != 1 || g.w.m.Atoms[g.atoms[y]].Chiral != molecule.ChiralNone {
				continue
			}
			what := [2]int32{int32(g.kind[e]), g.colour[y]}
			if twin, ok := ends[what]; ok {
				l.add(symmetry{from: []int32{twin, y}, to: []int32{y, twin}})
			}
			ends[what] = y
		}
	}
}

// certificate is all that an order of the atoms leaves of the fragment: for each atom its bonds to earlier
// ones, then what tags and double bonds say. Fragments with equal certificates and colours are the same.
func (p *partition) certificate() []int32 {
	g := p.g
	certificate := make([]int32, 0, len(g.to)+2*len(g.atoms))
	for at, x := range p.element {
		start := len(certificate)
		for e := g.start[x]; e < g.start[x+1]; e++ {
			if y := p.place[g.to[e]]; y < int32(at) {
				certificate = append(certificate, y<<8|int32(g.kind[e]))
			}
		}
		slices.Sort(certificate[start:])
		certificate = append(certificate, -1)
	}
	centres := slices.Clone(g.centres)
	slices.SortFunc(centres, func(x, y int32) int { return int(p.place[x] - p.place[y]) })
	for _, x := range centres {
		certificate = append(certificate, p.centreSays(x))
	}
	doubles := make([][3]int32, len(g.doubles))
	for k := range g.doubles {
		d := &g.doubles[k]
		a, b := p.place[d.ends[0]], p.place[d.ends[1]]
		doubles[k] = [3]int32{min(a, b), max(a, b), p.doubleSays(d)}
	}
	slices.SortFunc(doubles, func(a, b [3]int32) int { return slices.Compare(a[:], b[:]) })
	for _, d := range doubles {
		certificate = append(certificate, d[:]...)
	}
	p.work += len(certificate)
	return certificate
}
