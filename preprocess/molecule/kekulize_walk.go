package molecule

import "slices"

// kekulizeWalk goes through a fused system and gives double bonds to pairs of candidates; where it
// finds an atom left alone it goes back to its last choice.
type kekulizeWalk struct {
	k          *kekulizer
	system     []int32 // in the order to start from
	candidate  []bool  // [n], its own copy
	done       []int32 // in the order of the walk
	isDone     []bool  // [n]
	stack      []int32 // atoms to go to, the next one first
	onStack    []uint8 // [n] how often an atom is on it: once, and once for each time that the walk went back
	room       []int32 // where stack begins
	options    []int32 // [2n] where in partners the bonds begin and end that an atom with a choice has not tried
	choices    []int32 // the atoms with options, latest last
	doubled    []int32 // bonds made double and not undone
	partners   []int32 // bonds to partners
	backtracks int
}

// startWalk makes the walk ready for a system. Of what has a place for each atom only the system's are in use.
func (k *kekulizer) startWalk(system, done []int32) *kekulizeWalk {
	w, work, n := &k.walk, k.m.work, len(k.candidate)
	if w.k == nil {
		*w = kekulizeWalk{k: k, candidate: work.bools(n), isDone: work.bools(n), options: work.int32s(2 * n), onStack: work.uint8s(n),
			partners: w.partners, choices: w.choices}
	}
	if k.rank != nil {
		system = slices.SortedFunc(slices.Values(system), func(i, j int32) int { return int(k.rank[i] - k.rank[j]) })
	}
	w.system, w.backtracks = system, maxBacktracks
	if cap(w.room) < 2*len(system) {
		w.done, w.doubled, w.room = work.int32s(len(system))[:0], work.int32s(len(system))[:0], work.int32s(2 * len(system))[:0]
	}
	w.done, w.doubled, w.choices, w.partners = append(w.done[:0], done...), w.doubled[:0], w.choices[:0], w.partners[:0]
	w.stack = w.room[:0]
	for _, i := range system {
		w.candidate[i], w.isDone[i], w.onStack[i] = k.candidate[i], false, 0
		w.options[2*i], w.options[2*i+1] = 0, 0
	}
	for _, i := range done {
		w.isDone[i] = true
	}
	return w
}

// run is the walk; false means that no form was found, and then all bonds are single again.
func (w *kekulizeWalk) run() bool {
	start := 0
	for len(w.done) < len(w.system) || len(w.stack) > 0 {
		i := w.next(&start)
		w.done = append(w.done, i)
		w.isDone[i] = true
		from, to := w.options[2*i], w.options[2*i+1]
		again := from < to
		if !again {
			from, to = w.lookAround(i)
		}
		switch {
		case !w.candidate[i]:
		case from < to:
			w.join(i, from, to, again)
		case w.k.m.Atoms[i].Z != 0:
			if len(w.choices) == 0 || w.backtracks == 0 {
				w.undoAll()
				return false
			}
			w.backtracks--
			w.back(w.choices[len(w.choices)-1])
			start = 0
		}
	}
	return true
}

// next takes the next atom off the stack, or the lowest that is not done.
func (w *kekulizeWalk) next(start *int) int32 {
	if len(w.stack) > 0 {
		i := w.stack[0]
		w.stack = w.stack[1:]
		w.onStack[i]--
		return i
	}
	for w.isDone[w.system[*start]] {
		*start++
	}
	return w.system[*start]
}

// neighbour is an atom next to another one, and the bond between them.
type neighbour struct{ atom, bond int32 }

// lookAround puts the neighbours of atom i on the stack, in the order of the walk, and returns where in
// partners the bonds lie that it could make double.
func (w *kekulizeWalk) lookAround(i int32) (from, to int32) {
	m := w.k.m
	var near [8]neighbour
	neighbours := near[:0]
	for _, l := range m.incident[i] {
		if j := int32(m.Other(int(l), int(i))); w.k.inSystem[j] && !w.isDone[j] {
			neighbours = append(neighbours, neighbour{j, l})
		}
	}
	w.k.sort(neighbours)
	from = int32(len(w.partners))
	for _, n := range neighbours {
		j := n.atom
		if w.onStack[j] == 0 {
			w.stack = append(w.stack, j)
			w.onStack[j]++
		}
		if w.candidate[i] && w.candidate[j] && (m.Bonds[n.bond].Aromatic || m.Atoms[i].Z == 0 || m.Atoms[j].Z == 0) {
			w.partners = append(w.partners, n.bond)
		}
	}
	return from, int32(len(w.partners))
}

// before tells whether the walk goes to atom i before atom j.
func (k *kekulizer) before(i, j int32) bool {
	if k.rank == nil {
		return i < j
	}
	return k.rank[i] < k.rank[j]
}

// sort orders neighbours by atom, by insertion where they are few.
func (k *kekulizer) sort(list []neighbour) {
	if len(list) > 8 {
		slices.SortFunc(list, func(a, b neighbour) int {
			if k.before(a.atom, b.atom) {
				return -1
			}
			return 1
		})
		return
	}
	for x := 1; x < len(list); x++ {
		for y := x; y > 0 && k.before(list[y].atom, list[y-1].atom); y-- {
			list[y], list[y-1] = list[y-1], list[y]
		}
	}
}

// join double-bonds atom i over the first of the bonds from … to-1 of partners and remembers the others.
func (w *kekulizeWalk) join(i, from, to int32, again bool) {
	m := w.k.m
	l := w.partners[from]
	j := int32(m.Other(int(l), int(i)))
	m.Bonds[l].Type, m.Bonds[l].Dir = Double, DirNone
	w.candidate[i], w.candidate[j] = false, false
	w.doubled = append(w.doubled, l)
	from++
	w.options[2*i], w.options[2*i+1] = from, to
	switch {
	case from < to && !again:
		w.choices = append(w.choices, i)
	case from == to && again:
		w.choices = w.choices[:len(w.choices)-1]
	}
}

// back undoes everything since the choice at atom i, and puts what was done on the stack again.
func (w *kekulizeWalk) back(i int32) {
	m := w.k.m
	at := slices.Index(w.done, i)
	undone := w.done[at:]
	w.stack = append(slices.Clone(undone), w.stack...) // rare
	for _, j := range undone {
		w.isDone[j] = false
		w.onStack[j]++
	}
	w.done = w.done[:at]
	for _, j := range w.done { // an atom may have been done twice
		w.isDone[j] = true
	}
	w.doubled = slices.DeleteFunc(w.doubled, func(l int32) bool {
		b := &m.Bonds[l]
		if w.isDone[b.Begin] || w.isDone[b.End] {
			return false
		}
		b.Type = Single
		w.candidate[b.Begin], w.candidate[b.End] = true, true
		return true
	})
}

func (w *kekulizeWalk) undoAll() {
	for _, l := range w.doubled {
		w.k.m.Bonds[l].Type = Single
	}
}
