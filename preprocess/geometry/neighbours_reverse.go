package geometry

import "cmp"

// Reverse appends to dst[:0], for each edge of a list that Build made, the place of its opposite: Src and
// Dst swapped, Shift and Vec negated.
func (n *Neighbours) Reverse(dst []int32) []int32 {
	dst = dst[:0]
	for k := range n.Src {
		first, end := n.First[n.Src[k]], n.First[n.Src[k]+1]
		dst = append(dst, first+n.place(first, end, n.Dst[k], n.Shift[k]))
	}
	return dst
}

// place is where, after first, the edges first to end have one from src with the negative of shift.
func (n *Neighbours) place(first, end, src int32, shift [3]int32) int32 {
	low, high := int32(0), end-first
	for low < high { // the edges before low come before it, that at high and those after do not
		mid := (low + high) / 2
		s := n.Shift[first+mid]
		order := cmp.Or(cmp.Compare(n.Src[first+mid], src), cmp.Compare(s[0], -shift[0]),
			cmp.Compare(s[1], -shift[1]), cmp.Compare(s[2], -shift[2]))
		if order < 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
