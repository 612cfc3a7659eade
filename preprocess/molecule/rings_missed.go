package molecule

import "slices"

// findMissed looks for rings through bonds between ring atoms that lie in no ring yet; highly fused
// systems need it. RDKit looks at as many bonds from the first on as the fragment has.
func (f *ringFinder) findMissed(bonds int) error {
	dead := make([]bool, bonds)
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
			f.steps += k
			return k
		}
	}
	return -1
}

// step is the last step of a path: its atom and where in the list the step before stands (-1 = none).
type step struct{ atom, before int32 }

// widestSearch is the number of open paths at which RDKit gives up.
const widestSearch = 200_000

// openPath is what a step of a path counts for: they bound memory too.
const openPath = 16

// pathAround finds the shortest path over ring atoms between the ends of bond k that makes a new ring.
func (f *ringFinder) pathAround(k int) (*foundRing, error) {
	begin, end := f.m.Bonds[k].Begin, f.m.Bonds[k].End
	steps := []step{{begin, -1}}
	for head := 0; head < len(steps); head++ {
		if f.steps > f.budget {
			return nil, f.refuse()
		}
		if len(steps)-head >= widestSearch {
			return nil, Refuse(CodeUnsupported, -1, "the ring system has more than %d open paths, at which RDKit gives up too", widestSearch)
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
				if set := f.setOf(path); !f.wasSeen(&set) {
					return &foundRing{path, f.m.bondsOf(path), set}, nil
				}
			case f.ringAtoms[next] && !f.passes(steps, head, next):
				f.steps += openPath
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
func (f *ringFinder) fastRings() ([]foundRing, error) {
	n := len(f.m.Atoms)
	w := ringWalk{m: f.m, color: make([]uint8, n), place: make([]int32, n), most: f.m.Budget.Of(walkedAtoms)}
	for i := range w.color {
		if w.color[i] == white {
			w.walk(int32(i))
		}
		if w.walked > w.most {
			return nil, f.refuse()
		}
	}
	return w.rings, nil
}

// ringWalk is a depth-first walk with its own stack.
type ringWalk struct {
	m      *Molecule
	color  []uint8 // gray = on the path
	place  []int32 // [n] where an atom stands on the path
	path   []int32
	via    []int32 // [len(path)] the bond by which the walk came to each atom
	next   []int   // [len(path)] the next bond of each atom on the path
	rings  []foundRing
	walked int // atoms of the rings
	most   int // of them
}

func (w *ringWalk) walk(root int32) {
	if w.m.Degree(int(root)) < 2 {
		w.color[root] = black
		return
	}
	w.enter(root, -1)
	for len(w.path) > 0 && w.walked <= w.most {
		top := len(w.path) - 1
		i := w.path[top]
		if w.next[top] == len(w.m.incident[i]) {
			w.color[i] = black
			w.path, w.via, w.next = w.path[:top], w.via[:top], w.next[:top]
			continue
		}
		k := w.m.incident[i][w.next[top]]
		w.next[top]++
		w.visit(int32(w.m.Other(int(k), int(i))), k)
	}
}

func (w *ringWalk) enter(i, via int32) {
	w.color[i], w.place[i] = gray, int32(len(w.path))
	w.path, w.via, w.next = append(w.path, i), append(w.via, via), append(w.next, 0)
}

// visit steps over bond k to a new atom, or closes a ring with one on the path that is not the last step back.
func (w *ringWalk) visit(j, k int32) {
	top := len(w.path) - 1
	switch {
	case w.color[j] == white && w.m.Degree(int(j)) < 2:
		w.color[j] = black
	case w.color[j] == white:
		w.enter(j, k)
	case w.color[j] == gray && top > 0 && w.path[top-1] != j:
		w.close(int(w.place[j]), k)
	}
}

// close makes a ring of the path from a place on, from its end back, and bond k.
func (w *ringWalk) close(at int, k int32) {
	size := len(w.path) - at
	room := make([]int32, 2*size)
	ring := foundRing{atoms: room[:size:size], bonds: room[size:]}
	copy(ring.atoms, w.path[at:])
	copy(ring.bonds, w.via[at+1:])
	ring.bonds[size-1] = k
	slices.Reverse(ring.atoms)
	slices.Reverse(ring.bonds[:size-1])
	w.rings = append(w.rings, ring)
	w.walked += size
}
