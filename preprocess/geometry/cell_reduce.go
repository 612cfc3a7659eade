package geometry

import "math"

// A step of the reduction must shorten a period by more than this fraction: rounding cannot make it
// go round in circles.
const shortens = 1e-9

// maxRounds ends the reduction of lattices that float64 cannot resolve. Each round shortens like a
// step of Euclid's algorithm: ordinary cells take one to three.
const maxRounds = 200

// reduce makes the periods as short as they can be (a Minkowski-reduced basis: H. Minkowski 1905; in
// three dimensions greedy, Nguyen and Stehlé 2004): no period becomes shorter by adding whole
// multiples of the others. The lattice is the same; a sheared sliver of a cell becomes compact, and
// the number of images that a cutoff reaches stays near the number of neighbours.
func (l *lattice) reduce() {
	for range maxRounds {
		changed := false
		for r := range l.periods {
			changed = l.shorten(r) || changed
		}
		if !changed {
			break
		}
	}
	l.sortPeriods()
}

// shorten takes multiples of the other periods off period r, and says whether it became shorter.
func (l *lattice) shorten(r int) bool {
	changed := false
	for q := range l.periods {
		if q == r {
			continue
		}
		m := math.RoundToEven(dot(l.basis[r], l.basis[q]) / dot(l.basis[q], l.basis[q]))
		if m != 0 && math.Abs(m) < 1<<40 {
			changed = l.replace(r, combination{{q, -int64(m)}}) || changed
		}
	}
	if l.periods < 3 {
		return changed
	}
	q, s := (r+1)%3, (r+2)%3
	for _, signs := range [4][2]int64{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}} {
		changed = l.replace(r, combination{{q, signs[0]}, {s, signs[1]}}) || changed
	}
	return changed
}

// combination is up to two periods, each with how often it is added.
type combination [2]struct {
	period int
	times  int64
}

// replace adds c to period r if that makes it shorter.
func (l *lattice) replace(r int, c combination) bool {
	v, back := l.basis[r], l.back[r]
	for _, term := range c {
		v = plus(v, float64(term.times), l.basis[term.period])
		for a := range back {
			back[a] += term.times * l.back[term.period][a]
		}
	}
	if norm(v) >= norm(l.basis[r])*(1-shortens) {
		return false
	}
	l.basis[r], l.back[r] = v, back
	return true
}

// sortPeriods puts the shortest period first.
func (l *lattice) sortPeriods() {
	for r := range l.periods {
		for q := r; q > 0 && norm(l.basis[q]) < norm(l.basis[q-1]); q-- {
			l.basis[q], l.basis[q-1] = l.basis[q-1], l.basis[q]
			l.back[q], l.back[q-1] = l.back[q-1], l.back[q]
		}
	}
}
