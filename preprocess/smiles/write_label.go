package smiles

import "slices"

// labelling searches the canonical order of the atoms of a fragment: individualization and refinement
// (McKay and Piperno, "Practical graph isomorphism, II", J. Symb. Comput. 2014). Where cells stay open, each
// atom of the first open one is tried as a cell of its own; of all orders found that way the one with the
// least traces and then the least certificate is taken. Two orders with equal certificates are a symmetry,
// and what a symmetry maps on what was tried is not tried again.
type labelling struct {
	g    *fragment
	p    *partition
	path []int32 // atoms made single, by level

	firstPath []int32 // those of the first leaf
	onPath    []bool  // [n]

	first, best leaf
	symmetries  []symmetry
	kept        int     // atoms moved by all symmetries
	orbits      []int32 // [n] union-find over all symmetries: valid on the first path
	worn        bool    // the budget is spent
}

// leaf is an order of all atoms.
type leaf struct {
	traces      []uint64 // by level
	element     []int32  // [n] atoms in order
	certificate []int32
}

// symmetry lists the atoms that it moves and where.
type symmetry struct{ from, to []int32 }

const (
	maxLabelWork = 20_000_000 // bonds and atoms looked at for one molecule: about a second
	maxMoved     = 4_000_000  // atoms moved by all symmetries that are remembered
)

// rankCanonically ranks the atoms of a fragment.
func (w *writer) rankCanonically(atoms []int32) {
	if len(atoms) == 1 {
		w.rank[atoms[0]] = 0
		return
	}
	g := w.newFragment(atoms)
	l := labelling{g: g, p: newPartition(g)}
	l.p.refine()
	order := l.p.element
	if l.p.open > 0 {
		l.orbits, l.onPath = make([]int32, len(atoms)), make([]bool, len(atoms))
		for x := range l.orbits {
			l.orbits[x] = int32(x)
		}
		l.joinTwins()
		l.explore(0, true, true, 0)
		order = l.best.element
	}
	w.labelled += l.p.work
	for at, x := range order {
		w.rank[atoms[x]] = int32(at)
	}
}

// explore goes through all orders below the present partition. onFirst: all that was made single so far is
// on the first path; likeFirst: the traces so far are those of the first leaf; ahead: they are less than
// those of the best leaf (−1) or equal (0), or more (1), which only a symmetry of the first leaf can excuse.
// It returns the level to go on at.
func (l *labelling) explore(from int32, onFirst, likeFirst bool, ahead int) int {
	level := len(l.path)
	if l.p.open == 0 {
		return l.leaf(likeFirst, ahead)
	}
	target := from
	for l.p.size[target] == 1 {
		target++
	}
	cell := slices.Clone(l.p.element[target : target+l.p.size[target]])
	mark := len(l.p.splits)
	for at, x := range cell {
		if at > 0 && (l.worn || l.covered(cell[:at], x, onFirst)) {
			continue
		}
		l.p.trace = uint64(target)
		l.p.single(x)
		l.path = append(l.path, x)
		l.onPath[x] = true
		like, order := l.judge(level, likeFirst, ahead)
		back := level
		if like || order <= 0 {
			back = l.explore(target, onFirst && at == 0, like, order)
		}
		l.path = l.path[:level]
		l.onPath[x] = false
		l.p.undo(mark)
		l.worn = l.g.w.labelled+l.p.work > maxLabelWork
		if back < level {
			return back
		}
		if l.best.element != nil && ahead < 0 {
			ahead = 0 // a leaf below here is the best now
		}
	}
	return level
}

// judge compares the trace of the level with those of the first and the best leaf, and keeps it on the way
// to a new one.
func (l *labelling) judge(level int, likeFirst bool, ahead int) (like bool, order int) {
	trace := l.p.trace
	if l.first.element == nil {
		l.first.traces = append(l.first.traces, trace)
		return true, -1
	}
	like = likeFirst && level < len(l.first.traces) && l.first.traces[level] == trace
	order = ahead
	if order == 0 {
		switch {
		case level >= len(l.best.traces) || trace > l.best.traces[level]:
			order = 1
		case trace < l.best.traces[level]:
			order = -1
		}
	}
	if order < 0 {
		l.best.traces = append(l.best.traces[:level], trace)
	}
	return like, order
}

// leaf looks at an order of all atoms and returns the level to go on at.
func (l *labelling) leaf(likeFirst bool, ahead int) int {
	certificate := l.p.certificate()
	if l.first.element == nil {
		l.first.element, l.first.certificate, l.firstPath = slices.Clone(l.p.element), certificate, slices.Clone(l.path)
		l.best = leaf{slices.Clone(l.first.traces), l.first.element, certificate}
		return len(l.path)
	}
	if likeFirst && slices.Equal(certificate, l.first.certificate) {
		l.remember(l.first.element)
		return l.parting()
	}
	if ahead == 0 {
		if ahead = slices.Compare(certificate, l.best.certificate); ahead == 0 {
			l.remember(l.best.element)
		}
	}
	if ahead < 0 {
		l.best.element, l.best.certificate = slices.Clone(l.p.element), certificate
		l.best.traces = l.best.traces[:len(l.path)]
	}
	return len(l.path)
}
