package molecule

import "slices"

// sortBlock sorts order[lo:hi], part of one class, and appends the lengths of its runs of equals to runs.
// places are those of the marked atoms; two unmarked ones are equal without looking. It is a merge sort
// over runs that compares first members only, and keeps the order of equals.
//
// Which atoms are compared matters beyond the result: comparing brings the lists of neighbours of both up
// to date, and compareRingTags reads the lists of others as they were left, as RDKit does.
func (c *canonizer) sortBlock(lo, hi int32, places []int32) {
	if hi-lo == 1 || len(places) == 0 {
		c.runs = append(c.runs, hi-lo)
		return
	}
	middle := lo + (hi-lo)/2
	cut, _ := slices.BinarySearch(places, middle)
	left := len(c.runs)
	c.sortBlock(lo, middle, places[:cut])
	right := len(c.runs)
	c.sortBlock(middle, hi, places[cut:])
	if right-left == 1 && len(c.runs)-right == 1 && c.compareMarked(c.order[lo], c.order[middle]) == 0 {
		c.runs = append(c.runs[:left], hi-lo)
		return
	}
	c.merge(lo, middle, left, right)
}

// merge merges the sorted blocks that begin at a and b, with the runs runs[left:right] and runs[right:].
func (c *canonizer) merge(a, b int32, left, right int) {
	lo, middle := a, b
	out, merged := c.spare[:0], c.merged[:0]
	x, y := left, right
	for x < right && y < len(c.runs) {
		order, length := c.compareMarked(c.order[a], c.order[b]), int32(0)
		if order <= 0 {
			length = c.runs[x]
			out = append(out, c.order[a:a+c.runs[x]]...)
			a += c.runs[x]
			x++
		}
		if order >= 0 {
			length += c.runs[y]
			out = append(out, c.order[b:b+c.runs[y]]...)
			b += c.runs[y]
			y++
		}
		merged = append(merged, length)
	}
	merged = append(append(merged, c.runs[x:right]...), c.runs[y:]...)
	out = append(out, c.order[a:middle]...) // what is left of the second block is in place
	copy(c.order[lo:], out)
	c.runs = append(c.runs[:left], merged...)
	c.merged = merged
	c.work += len(out)/16 + 1
}

// compareMarked compares two atoms of one class, of which only marked ones can differ.
func (c *canonizer) compareMarked(i, j int32) int {
	if !c.marked[i] && !c.marked[j] {
		return 0
	}
	c.work += int(c.nearStart[i+1] - c.nearStart[i])
	return c.compare(i, j)
}
