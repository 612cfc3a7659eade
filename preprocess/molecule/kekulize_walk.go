package molecule

import "slices"

// kekulizeWalk goes through a fused system and gives double bonds to pairs of candidates; where it
// finds an atom left alone it goes back to its last choice.
type kekulizeWalk struct {
	k          *kekulizer
	system     []int32           // in the order to start from
	candidate  []bool            // [n], its own copy
	done       []int32           // in the order of the walk
	isDone     []bool            // [n]
	stack      []int32           // atoms to go to, the next one first
	options    map[int32][]int32 // partners not yet tried, for each atom where there was a choice
	choices    []int32           // the atoms with options, latest last
	doubled    []int32           // bonds made double and not undone
	partners   []int32           // where the lists of options are kept
	backtracks int
}

func (k *kekulizer) newWalk(system, done []int32) *kekulizeWalk {
	work := k.m.work
	if k.rank != nil {
		system = slices.Clone(system)
		k.sort(system)
	}
	w := &kekulizeWalk{k: k, system: system, backtracks: maxBacktracks,
		candidate: append(work.bools(len(k.candidate))[:0], k.candidate...), isDone: work.bools(len(k.candidate)),
		done: append(work.int32s(2 * len(system))[:0], done...), stack: work.int32s(2 * len(system))[:0],
		doubled: work.int32s(len(system))[:0], partners: work.int32s(16 * len(system))[:0]}
	for _, i := range done {
		w.isDone[i] = true
	}
	return w
}

// sort puts atoms into the order of the walk.
func (k *kekulizer) sort(atoms []int32) {
	if k.rank == nil {
		slices.Sort(atoms)
		return
	}
	slices.SortFunc(atoms, func(i, j int32) int { return int(k.rank[i] - k.rank[j]) })
}

// run is the walk; false means that no form was found, and then all bonds are single again.
func (w *kekulizeWalk) run() bool {
	start := 0
	for len(w.done) < len(w.system) || len(w.stack) > 0 {
		i := w.next(&start)
		w.done = append(w.done, i)
		w.isDone[i] = true
		partners, again := w.options[i]
		if !again {
			partners = w.lookAround(i)
		}
		switch {
		case !w.candidate[i]:
		case len(partners) > 0:
			w.join(i, partners, again)
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
		return i
	}
	for w.isDone[w.system[*start]] {
		*start++
	}
	return w.system[*start]
}

// lookAround puts the neighbours of atom i on the stack and returns those it could double-bond to.
func (w *kekulizeWalk) lookAround(i int32) []int32 {
	m := w.k.m
	var near [8]int32
	neighbours := near[:0]
	for _, l := range m.incident[i] {
		if j := int32(m.Other(int(l), int(i))); w.k.inSystem[j] && !w.isDone[j] {
			neighbours = append(neighbours, j)
		}
	}
	w.k.sort(neighbours)
	stacked := w.stack
	first := len(w.partners)
	for _, j := range neighbours {
		if !slices.Contains(stacked, j) {
			w.stack = append(w.stack, j)
		}
		if w.candidate[i] && w.candidate[j] && (m.Bonds[m.BondBetween(int(i), int(j))].Aromatic || m.Atoms[i].Z == 0 || m.Atoms[j].Z == 0) {
			w.partners = append(w.partners, j)
		}
	}
	return w.partners[first:len(w.partners):len(w.partners)]
}

// join double-bonds atom i to the first partner and remembers the others.
func (w *kekulizeWalk) join(i int32, partners []int32, again bool) {
	m := w.k.m
	j := partners[0]
	l := m.BondBetween(int(i), int(j))
	m.Bonds[l].Type, m.Bonds[l].Dir = Double, DirNone
	w.candidate[i], w.candidate[j] = false, false
	w.doubled = append(w.doubled, int32(l))
	rest := partners[1:]
	switch {
	case len(rest) > 0 && !again:
		w.choices = append(w.choices, i)
		fallthrough
	case len(rest) > 0:
		if w.options == nil {
			w.options = map[int32][]int32{}
		}
		w.options[i] = rest
	case again:
		delete(w.options, i)
		w.choices = w.choices[:len(w.choices)-1]
	}
}

// back undoes everything since the choice at atom i, and puts what was done on the stack again.
func (w *kekulizeWalk) back(i int32) {
	m := w.k.m
	at := slices.Index(w.done, i)
	undone := w.done[at:]
	w.stack = append(slices.Clone(undone), w.stack...)
	for _, j := range undone {
		w.isDone[j] = false
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
