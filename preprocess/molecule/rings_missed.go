package molecule

import "slices"

// findMissed looks for rings through bonds between ring atoms that lie in no ring yet; highly fused
// systems need it. RDKit looks at as many bonds from the first on as the fragment has.
func (f *ringFinder) findMissed(bonds int) error {
	dead := make([]bool, len(f.m.Bonds))
	for {
		k := f.missedBond(bonds, dead)
		if k < 0 {
			return nil
		}
		ring, err := f.pathAround(k)
		if err != nil {
			return err
		}
		if ring == nil {
			dead[k] = true
			continue
		}
		f.keep(*ring)
		f.markRing(ring)
	}
}

func (f *ringFinder) missedBond(bonds int, dead []bool) int {
	for k := range bonds {
		b := &f.m.Bonds[k]
		if !f.ringBonds[k] && !dead[k] && f.ringAtoms[b.Begin] && f.ringAtoms[b.End] {
			return k
		}
	}
	return -1
}

// step is the last step of a path: its atom and where in the list the step before stands (-1 = none).
type step struct{ atom, before int32 }

// widestSearch is the number of open paths at which RDKit gives up.
const widestSearch = 200_000

// pathAround finds the shortest path over ring atoms between the ends of bond k that makes a new ring.
func (f *ringFinder) pathAround(k int) (*foundRing, error) {
	begin, end := f.m.Bonds[k].Begin, f.m.Bonds[k].End
	steps := []step{{begin, -1}}
	for head := 0; head < len(steps); head++ {
		if f.steps > ringBudget || len(steps)-head >= widestSearch {
			return nil, f.refuse()
		}
		last := steps[head].atom
		for _, l := range f.m.incident[last] {
			next := int32(f.m.Other(int(l), int(last)))
			switch {
			case next == end:
				if last == begin {
					continue
				}
				path := append(pathTo(steps, head), end)
				if set := f.setOf(path); !f.wasSeen(set) {
					return &foundRing{path, f.m.bondsOf(path), set}, nil
				}
			case f.ringAtoms[next] && !f.passes(steps, head, next):
				steps = append(steps, step{next, int32(head)})
			}
		}
	}
	return nil, nil
}

// passes tells whether the path that ends with a step goes through an atom.
func (f *ringFinder) passes(steps []step, at int, atom int32) bool {
	for ; at >= 0; at = int(steps[at].before) {
		f.steps++
		if steps[at].atom == atom {
			return true
		}
	}
	return false
}

// pathTo lists the atoms of the path that ends with a step.
func pathTo(steps []step, at int) []int32 {
	var path []int32
	for ; at >= 0; at = int(steps[at].before) {
		path = append(path, steps[at].atom)
	}
	slices.Reverse(path)
	return path
}

// fastRings finds the rings that a depth-first walk closes: RDKit's answer where the search for the
// smallest ones fails.
func (f *ringFinder) fastRings() []foundRing {
	w := ringWalk{m: f.m, color: make([]uint8, len(f.m.Atoms))}
	for i := range w.color {
		if w.color[i] == white {
			w.walk(int32(i))
		}
	}
	return w.rings
}

// ringWalk is a depth-first walk with its own stack.
type ringWalk struct {
	m     *Molecule
	color []uint8 // gray = on the path
	path  []int32
	next  []int // [len(path)] the next bond of each atom on the path
	rings []foundRing
}

func (w *ringWalk) walk(root int32) {
	if w.m.Degree(int(root)) < 2 {
		w.color[root] = black
		return
	}
	w.enter(root)
	for len(w.path) > 0 {
		top := len(w.path) - 1
		i := w.path[top]
		if w.next[top] == len(w.m.incident[i]) {
			w.color[i] = black
			w.path, w.next = w.path[:top], w.next[:top]
			continue
		}
		k := w.m.incident[i][w.next[top]]
		w.next[top]++
		w.visit(int32(w.m.Other(int(k), int(i))))
	}
}

func (w *ringWalk) enter(i int32) {
	w.color[i] = gray
	w.path, w.next = append(w.path, i), append(w.next, 0)
}

// visit steps to a new atom, or closes a ring with one on the path that is not the last step back.
func (w *ringWalk) visit(j int32) {
	top := len(w.path) - 1
	switch {
	case w.color[j] == white && w.m.Degree(int(j)) < 2:
		w.color[j] = black
	case w.color[j] == white:
		w.enter(j)
	case w.color[j] == gray && top > 0 && w.path[top-1] != j:
		at := slices.Index(w.path, j)
		ring := slices.Clone(w.path[at:])
		slices.Reverse(ring)
		w.rings = append(w.rings, foundRing{atoms: ring, bonds: w.m.bondsOf(ring)})
	}
}
