package smiles

import (
	"cmp"
	"slices"

	"molserve/preprocess/molecule"
)

// The marks / and \ of double bonds. Each end of a double bond with stereo chooses one of its other bonds to
// bear a mark; that two ligands lie on one side or not relates the marks of two bonds, and a bond between
// two double bonds hands the relation on. All that is related hangs together up to one sign.

// marking finds the marks of one fragment.
type marking struct {
	w      *writer
	root   map[int32]int32 // bond → bond that it is related to
	flip   map[int32]bool  // whether its mark, as written, is the other one than its root's
	bearer map[int32]bool
}

// directions returns the marks of the bonds, as they are written from the earlier atom to the later.
func (w *writer) directions() map[int32]molecule.BondDir {
	mk := marking{w: w, root: map[int32]int32{}, flip: map[int32]bool{}, bearer: map[int32]bool{}}
	doubles := mk.doubles()
	for _, k := range doubles {
		mk.relate(k)
	}
	for _, k := range doubles {
		mk.relateSisters(k)
	}
	marks := mk.signs()
	w.markHydrogens(marks)
	return marks
}

// doubles lists the double bonds with stereo in the order of the text.
func (mk *marking) doubles() []int32 {
	w := mk.w
	var doubles []int32
	for _, i := range w.tree.order {
		if !w.stereo[i] {
			continue
		}
		for _, k := range w.m.Incident(int(i)) {
			b := &w.m.Bonds[k]
			if hasSides(b) && w.first(k) == i {
				doubles = append(doubles, k)
			}
		}
	}
	slices.SortFunc(doubles, func(k, l int32) int { return cmp.Compare(w.textPlace(k), w.textPlace(l)) })
	return doubles
}

// first is the atom of bond k that is written first.
func (w *writer) first(k int32) int32 {
	b := &w.m.Bonds[k]
	if w.tree.place[b.Begin] < w.tree.place[b.End] {
		return b.Begin
	}
	return b.End
}

// textPlace orders the bonds as their symbols stand in the text: a ring's at its first atom, another's at its second.
func (w *writer) textPlace(k int32) int {
	b := &w.m.Bonds[k]
	if i := w.tree.opening[k]; i >= 0 {
		return (2*int(w.tree.place[i])+1)<<16 | min(slices.Index(w.tree.rings[i], k), 1<<16-1)
	}
	return 2 * int(max(w.tree.place[b.Begin], w.tree.place[b.End])) << 16
}

// relate chooses the bearers of double bond k and relates them.
func (mk *marking) relate(k int32) {
	b := &mk.w.m.Bonds[k]
	x, y := mk.choose(b.Begin, k), mk.choose(b.End, k)
	if x < 0 || y < 0 {
		return // no bond can bear a mark: not from SMILES
	}
	differ := !isCis(b)
	differ = differ != (int32(mk.w.m.Other(int(x), int(b.Begin))) != b.StereoAtoms[0])
	differ = differ != (int32(mk.w.m.Other(int(y), int(b.End))) != b.StereoAtoms[1])
	if mk.join(x, b.Begin, y, b.End, differ) {
		mk.bearer[x], mk.bearer[y] = true, true
	}
}

// choose returns the best bond of atom i to bear a mark for double bond k, -1 = none.
func (mk *marking) choose(i, k int32) int32 {
	best, bestCost := int32(none), 0
	for _, l := range mk.w.m.Incident(int(i)) {
		if l == k || !mk.w.canBear(l) {
			continue
		}
		if cost := mk.cost(l, i); best < 0 || cost < bestCost {
			best, bestCost = l, cost
		}
	}
	return best
}

// canBear tells whether a mark leaves the type of bond k as it is.
func (w *writer) canBear(k int32) bool {
	b := &w.m.Bonds[k]
	return b.Type == w.impliedType(b.Begin, b.End)
}

// cost is high for bonds whose mark would speak about another double bond, then for ring digits, then for
// what comes late in the text. A bond that bears a mark already costs least.
func (mk *marking) cost(l, i int32) int {
	w := mk.w
	cost := w.textPlace(l)
	const step = 1 << 50
	if w.tree.opening[l] >= 0 {
		cost += step
	}
	j := w.m.Other(int(l), int(i))
	for _, o := range w.m.Incident(j) {
		if o == l || w.m.Bonds[o].Type != molecule.Double {
			continue
		}
		if hasSides(&w.m.Bonds[o]) {
			cost += 2 * step
		} else {
			cost += 4 * step
		}
	}
	if mk.bearer[l] {
		cost -= 100 * step
	}
	return cost
}

// join relates the marks of two bonds, each seen from its own atom, and tells whether that agrees with what
// is related already.
func (mk *marking) join(x, atX, y, atY int32, differ bool) bool {
	rootX, flipX := mk.find(x)
	rootY, flipY := mk.find(y)
	differ = differ != (flipX != mk.turned(x, atX)) != (flipY != mk.turned(y, atY))
	if rootX == rootY {
		return !differ
	}
	mk.root[rootY], mk.flip[rootY] = rootX, differ
	return true
}

// turned tells whether bond k is written towards atom i: its mark then says the opposite, seen from i.
func (mk *marking) turned(k, i int32) bool { return mk.w.first(k) != i }

// find returns the root of a bond and whether its mark is the other one.
func (mk *marking) find(k int32) (root int32, flip bool) {
	for {
		up, ok := mk.root[k]
		if !ok {
			return k, flip
		}
		flip = flip != mk.flip[k]
		k = up
	}
}

// relateSisters relates two bearers at one end of double bond k: they lie on different sides.
func (mk *marking) relateSisters(k int32) {
	b := &mk.w.m.Bonds[k]
	for _, i := range [2]int32{b.Begin, b.End} {
		last := int32(none)
		for _, l := range mk.w.m.Incident(int(i)) {
			if l == k || !mk.bearer[l] {
				continue
			}
			if last >= 0 {
				mk.join(last, i, l, i, true)
			}
			last = l
		}
	}
}

// signs makes / of the first mark of all that hangs together.
func (mk *marking) signs() map[int32]molecule.BondDir {
	marks := make(map[int32]molecule.BondDir, len(mk.bearer))
	bearers := make([]int32, 0, len(mk.bearer))
	for k := range mk.bearer {
		bearers = append(bearers, k)
	}
	slices.SortFunc(bearers, func(k, l int32) int { return cmp.Compare(mk.w.textPlace(k), mk.w.textPlace(l)) })
	down := map[int32]bool{} // whether the root's mark is \
	for _, k := range bearers {
		root, flip := mk.find(k)
		if _, ok := down[root]; !ok {
			down[root] = flip
		}
		marks[k] = molecule.DirUp
		if down[root] != flip {
			marks[k] = molecule.DirDown
		}
	}
	return marks
}

// markHydrogens marks the bonds of hydrogen atoms that stay atoms only because of it: [H]/N=C(C)C. There is
// no stereo in it where the other end has no mark.
func (w *writer) markHydrogens(marks map[int32]molecule.BondDir) {
	for _, i := range w.tree.order {
		if a := &w.m.Atoms[i]; a.Z != 1 || a.Isotope != 0 || a.Charge == -1 || w.m.Degree(int(i)) != 1 {
			continue
		}
		k := w.m.Incident(int(i))[0]
		j := w.m.Other(int(k), int(i))
		if w.m.Degree(j) != 2 || w.m.Atoms[j].Z <= 1 || marks[k] != molecule.DirNone || !w.canBear(k) {
			continue
		}
		for _, l := range w.m.Incident(j) {
			if w.m.Bonds[l].Type == molecule.Double && !w.marked(w.m.Other(int(l), j), marks) {
				marks[k] = molecule.DirUp
			}
		}
	}
}

// marked tells whether a bond of atom i bears a mark.
func (w *writer) marked(i int, marks map[int32]molecule.BondDir) bool {
	return slices.ContainsFunc(w.m.Incident(i), func(k int32) bool { return marks[k] != molecule.DirNone })
}
