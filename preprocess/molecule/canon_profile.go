package molecule

import (
	"cmp"
	"slices"
)

// ringProfile is what the ring system looks like from one of its atoms, level by level.
type ringProfile struct {
	sizes   []int32 // atoms of each level, and −1
	returns []int32 // of each level, how often its atoms and the last ones are neighbours again, ascending, and −1
}

// profileRings ranks the atoms by their profiles; atoms outside rings have empty ones.
func (c *canonizer) profileRings() error {
	n := len(c.order)
	profiles := make([]ringProfile, n)
	w := levelWalk{c: c, seen: make([]int32, n), level: make([]int32, n), returns: make([]int32, n)}
	total, most := 0, c.m.Budget.Of(profileNumbers)
	for i := range profiles {
		if c.rings[i] == 0 {
			continue
		}
		profiles[i] = w.from(int32(i))
		total += len(profiles[i].sizes) + len(profiles[i].returns)
		if total > most {
			return c.tooMuchWork()
		}
	}
	compare := func(i, j int32) int {
		return cmp.Or(slices.Compare(profiles[i].sizes, profiles[j].sizes), slices.Compare(profiles[i].returns, profiles[j].returns))
	}
	order := slices.Clone(c.order)
	slices.SortFunc(order, compare)
	c.profile = make([]int32, n)
	for x := 1; x < n; x++ {
		c.profile[order[x]] = c.profile[order[x-1]]
		if compare(order[x-1], order[x]) != 0 {
			c.profile[order[x]]++
		}
	}
	return nil
}

// levelWalk goes through a ring system in levels of equal distance; it passes no atom outside rings.
type levelWalk struct {
	c       *canonizer
	walk    int32   // number of the walk
	seen    []int32 // [n] the last walk that came here
	level   []int32 // [n] which level of which walk, counted through
	levels  int32
	returns []int32 // [n]
}

func (w *levelWalk) from(root int32) (p ringProfile) {
	w.walk++
	w.levels += 2 // no level of this walk neighbours one of the walk before
	w.seen[root] = w.walk
	for last := []int32{root}; len(last) > 0; {
		last = slices.DeleteFunc(last, func(i int32) bool { return w.c.rings[i] == 0 && i != root })
		next := w.step(last)
		p.sizes = append(p.sizes, int32(len(next)), -1)
		p.returns = append(w.countReturns(next, p.returns), -1)
		last = next
	}
	return p
}

// step marks the last level and returns the next one.
func (w *levelWalk) step(last []int32) (next []int32) {
	m := w.c.m
	for _, i := range last {
		w.level[i] = w.levels
	}
	w.levels++
	for _, i := range last {
		for _, k := range m.incident[i] {
			if j := int32(m.Other(int(k), int(i))); w.seen[j] != w.walk {
				w.seen[j], w.level[j] = w.walk, w.levels
				next = append(next, j)
			}
		}
	}
	return next
}

// countReturns appends, ascending, how often each atom of the last two levels neighbours one of the next.
func (w *levelWalk) countReturns(next, counts []int32) []int32 {
	m := w.c.m
	var met []int32
	for _, i := range next {
		for _, k := range m.incident[i] {
			j := int32(m.Other(int(k), int(i)))
			if w.level[j] != w.levels && w.level[j] != w.levels-1 {
				continue
			}
			if w.returns[j] == 0 {
				met = append(met, j)
			}
			w.returns[j]++
		}
	}
	start := len(counts)
	for _, j := range met {
		counts = append(counts, w.returns[j])
		w.returns[j] = 0
	}
	slices.Sort(counts[start:])
	return counts
}
