package molecule

import (
	"math/bits"
	"slices"
)

// activateAll puts every class with ties on the stack, the lowest first, and marks all atoms.
func (c *canonizer) activateAll() {
	c.stack = c.stack[:0]
	for p := int32(0); int(p) < len(c.order); p += c.size[p] {
		c.first[p] = -1
		if c.size[p] == 1 {
			continue
		}
		c.stack, c.active[p] = append(c.stack, p), true
		for _, i := range c.order[p : p+c.size[p]] {
			c.mark(i)
		}
	}
}

// mark notes that atom i may have come to differ from its class.
func (c *canonizer) mark(i int32) {
	p := c.class[i]
	if c.size[p] > 1 && !c.marked[i] {
		c.marked[i], c.next[i] = true, c.first[p]
		c.first[p] = i
	}
}

// refine sorts the classes on the stack, and those near what changed, until none splits.
func (c *canonizer) refine() error {
	for len(c.stack) > 0 {
		start := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		c.active[start] = false
		c.sortClass(start)
		if c.work > c.most {
			return c.tooMuchWork()
		}
	}
	return nil
}

// sortClass splits a class into its runs of equals. The atoms of the first keep their class.
func (c *canonizer) sortClass(start int32) {
	stop := start + c.size[start]
	c.runs = c.runs[:0]
	c.findMarked(start)
	c.sortBlock(start, stop, c.places)
	c.unmark(start)
	if len(c.runs) == 1 {
		return
	}
	p := start
	for _, length := range c.runs {
		c.size[p], c.first[p] = length, -1
		for _, i := range c.order[p : p+length] {
			c.class[i] = p
		}
		p += length
	}
	for _, i := range c.order[start+c.runs[0] : stop] {
		c.touchNeighbours(i)
	}
	c.activateTouched()
}

// findMarked lists the places of the marked atoms of a class, ascending.
func (c *canonizer) findMarked(start int32) {
	c.places = c.places[:0]
	for i := c.first[start]; i >= 0; i = c.next[i] {
		c.places = append(c.places, i)
	}
	slices.Sort(c.places)
	atoms := c.order[start : start+c.size[start]]
	for x, i := range c.places {
		at, _ := slices.BinarySearch(atoms, i)
		c.places[x] = start + int32(at)
	}
	c.work += len(c.places) * max(1, bits.Len(uint(len(atoms)))-smallClass)
}

// smallClass is the logarithm of the size of a class up to which an atom of it is found at once.
const smallClass = 11

func (c *canonizer) unmark(start int32) {
	for i := c.first[start]; i >= 0; i = c.next[i] {
		c.marked[i] = false
	}
	c.first[start] = -1
}

// touchNeighbours marks the neighbours of an atom whose class changed, and their classes.
func (c *canonizer) touchNeighbours(i int32) {
	for _, k := range c.m.incident[i] {
		j := int32(c.m.Other(int(k), int(i)))
		c.mark(j)
		if p := c.class[j]; !c.isTouch[p] {
			c.isTouch[p] = true
			c.touched = append(c.touched, p)
		}
	}
}

// activateTouched puts the touched classes with ties on the stack, the lowest first.
func (c *canonizer) activateTouched() {
	slices.Sort(c.touched)
	for _, p := range c.touched {
		c.isTouch[p] = false
		if c.size[p] > 1 && !c.active[p] {
			c.stack, c.active[p] = append(c.stack, p), true
		}
	}
	c.work += len(c.touched)
	c.touched = c.touched[:0]
}

// breakTies takes the atom read last out of the lowest class with ties, refines, and goes on.
func (c *canonizer) breakTies() error {
	for p := int32(0); int(p) < len(c.order); {
		if c.size[p] == 1 {
			p++
			continue
		}
		c.size[p]--
		last := p + c.size[p]
		c.size[last], c.first[last] = 1, -1
		i := c.order[last]
		c.class[i] = last
		c.touchNeighbours(i)
		c.activateTouched()
		if err := c.refine(); err != nil {
			return err
		}
	}
	return nil
}
