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
		f.keep(ring, f.setOf(ring))
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

// pathAround finds the shortest path over ring atoms between the ends of bond k that makes a new ring.
func (f *ringFinder) pathAround(k int) ([]int32, error) {
	begin, end := f.m.Bonds[k].Begin, f.m.Bonds[k].End
	queue := [][]int32{{begin}}
	for head := 0; head < len(queue); head++ {
		path := queue[head]
		queue[head] = nil
		last := path[len(path)-1]
		for _, l := range f.m.incident[last] {
			if f.steps += len(path); f.steps > ringBudget {
				return nil, f.refuse()
			}
			next := int32(f.m.Other(int(l), int(last)))
			longer := append(slices.Clip(path), next)
			switch {
			case next == end:
				if last != begin && !f.wasSeen(f.setOf(longer)) {
					return longer, nil
				}
			case f.ringAtoms[next] && !slices.Contains(path, next):
				queue = append(queue, longer)
			}
		}
	}
	return nil, nil
}

// fastRings finds the rings that a depth-first walk closes: RDKit's answer where the search for the
// smallest ones fails.
func (f *ringFinder) fastRings() [][]int32 {
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
	rings [][]int32
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
		w.rings = append(w.rings, ring)
	}
}
