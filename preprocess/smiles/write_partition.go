package smiles

import (
	"cmp"
	"slices"
)

// partition is an ordered partition of the atoms of a fragment. A cell is a run of elements and is named by
// where it begins; it is split by how its atoms are bonded to the atoms of other cells until no cell splits.
// Nothing depends on the numbers of the atoms, only on cells.
type partition struct {
	g       *fragment
	element []int32 // [n] atoms by cell
	place   []int32 // [n] place of each atom in element
	cell    []int32 // [n] cell of each atom
	size    []int32 // [n] atoms of the cell that begins here

	queue   []int32 // cells that others are to be split by
	queued  []bool  // [n]
	splits  []int32 // cells made, latest last: undone by joining each with the cell before it
	left    []int32 // the cell that each was split from
	key     []uint64
	touched []int32
	open    int    // cells with more than one atom
	trace   uint64 // sums up what was split since it was set to 0
	work    int    // bonds and atoms looked at
}

func newPartition(g *fragment) *partition {
	n := len(g.atoms)
	p := &partition{g: g, element: make([]int32, n), place: make([]int32, n), cell: make([]int32, n), size: make([]int32, n),
		queued: make([]bool, n), key: make([]uint64, n)}
	for x := range p.element {
		p.element[x] = int32(x)
	}
	slices.SortFunc(p.element, func(x, y int32) int { return cmp.Compare(g.colour[x], g.colour[y]) })
	for at, x := range p.element {
		p.place[x], p.cell[x] = int32(at), g.colour[x]
		p.size[g.colour[x]]++
		if p.size[g.colour[x]] == 1 {
			p.push(g.colour[x])
		}
		if p.size[g.colour[x]] == 2 {
			p.open++
		}
	}
	return p
}

func (p *partition) push(c int32) {
	if !p.queued[c] {
		p.queued[c] = true
		p.queue = append(p.queue, c)
	}
}

// refine splits until all atoms of a cell have like neighbours and like stereo.
func (p *partition) refine() {
	for {
		for at := 0; at < len(p.queue); at++ {
			c := p.queue[at]
			p.queued[c] = false
			p.splitBy(c)
		}
		p.queue = p.queue[:0]
		if p.open == 0 || !p.splitByStereo() {
			return
		}
	}
}

// splitBy splits the cells of the neighbours of the atoms of a cell.
func (p *partition) splitBy(c int32) {
	g := p.g
	for _, x := range p.element[c : c+p.size[c]] {
		for e := g.start[x]; e < g.start[x+1]; e++ {
			p.add(g.to[e], mix(uint64(g.kind[e])+1))
		}
		p.work += int(g.start[x+1]-g.start[x]) + 1
	}
	p.note(uint64(c))
	p.splitTouched()
}

// add adds to the key of an atom; sums do not depend on the order.
func (p *partition) add(x int32, value uint64) {
	if p.key[x] == 0 {
		p.touched = append(p.touched, x)
	}
	p.key[x] += value | 1<<62 // not 0
}

// splitByStereo splits by what tags and double bonds say of the atoms of open cells.
func (p *partition) splitByStereo() bool {
	for _, x := range p.g.centres {
		if p.size[p.cell[x]] == 1 {
			continue
		}
		if says := p.centreSays(x); says > 0 {
			p.add(x, mix(uint64(says)<<8))
		}
	}
	for k := range p.g.doubles {
		d := &p.g.doubles[k]
		if p.size[p.cell[d.ends[0]]] == 1 && p.size[p.cell[d.ends[1]]] == 1 {
			continue
		}
		if says := p.doubleSays(d); says > 0 {
			p.add(d.ends[0], mix(uint64(says)<<16))
			p.add(d.ends[1], mix(uint64(says)<<16))
		}
	}
	p.work += len(p.g.centres) + len(p.g.doubles)
	p.splitTouched()
	return len(p.queue) > 0
}

// splitTouched splits each cell with atoms that have a key: those without come first, then by key.
func (p *partition) splitTouched() {
	slices.SortFunc(p.touched, func(x, y int32) int {
		return cmp.Or(cmp.Compare(p.cell[x], p.cell[y]), cmp.Compare(p.key[x], p.key[y]))
	})
	for from := 0; from < len(p.touched); {
		to, c := from, p.cell[p.touched[from]]
		for to < len(p.touched) && p.cell[p.touched[to]] == c {
			p.note(p.key[p.touched[to]])
			to++
		}
		p.note(uint64(c)<<32 | uint64(to-from))
		if p.size[c] > 1 {
			p.splitCell(c, p.touched[from:to])
		}
		from = to
	}
	for _, x := range p.touched {
		p.key[x] = 0
	}
	p.touched = p.touched[:0]
}

// splitCell moves the atoms, sorted by key, to the end of their cell and cuts where the key changes.
func (p *partition) splitCell(c int32, atoms []int32) {
	stop := c + p.size[c]
	first := stop - int32(len(atoms))
	for at, x := range atoms {
		p.swap(p.place[x], first+int32(at))
	}
	wasQueued := p.queued[c]
	largest, begin := c, c
	var parts []int32
	for at, x := range atoms {
		cut := first + int32(at)
		if cut == c || at > 0 && p.key[atoms[at-1]] == p.key[x] {
			continue
		}
		p.cut(begin, cut)
		begin = cut
		parts = append(parts, cut)
	}
	if len(parts) == 0 {
		return
	}
	for _, part := range parts {
		if p.size[part] > p.size[largest] {
			largest = part
		}
	}
	for _, part := range append(parts, c) {
		if wasQueued || part != largest {
			p.push(part)
		}
	}
}

// cut ends the cell that begins at begin at a place, and begins another there.
func (p *partition) cut(begin, at int32) {
	stop := begin + p.size[begin]
	p.size[begin], p.size[at] = at-begin, stop-at
	for _, x := range p.element[at:stop] {
		p.cell[x] = at
	}
	p.open += bit(p.size[begin] > 1) + bit(p.size[at] > 1) - 1
	p.splits, p.left = append(p.splits, at), append(p.left, begin)
	p.work += int(stop - at)
}

// undo joins cells again until no more than count splits are left.
func (p *partition) undo(count int) {
	for len(p.splits) > count {
		last := len(p.splits) - 1
		at, begin := p.splits[last], p.left[last]
		p.splits, p.left = p.splits[:last], p.left[:last]
		p.open += 1 - bit(p.size[begin] > 1) - bit(p.size[at] > 1)
		for _, x := range p.element[at : at+p.size[at]] {
			p.cell[x] = begin
		}
		p.size[begin] += p.size[at]
		p.work += int(p.size[at])
	}
}

// single makes a cell of its own of an atom, before the rest of its cell, and refines.
func (p *partition) single(x int32) {
	c := p.cell[x]
	p.swap(p.place[x], c)
	p.cut(c, c+1)
	p.push(c)
	p.refine()
}

func (p *partition) swap(a, b int32) {
	x, y := p.element[a], p.element[b]
	p.element[a], p.element[b] = y, x
	p.place[x], p.place[y] = b, a
}

func (p *partition) note(value uint64) { p.trace = mix(p.trace ^ value) }

// mix scatters the bits of a number (Vigna's splitmix64).
func mix(v uint64) uint64 {
	v += 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
