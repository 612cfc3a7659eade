// Package geometry turns coordinates into what geometric networks read: who is near whom, and what
// the directions and distances between them look like in radial and angular functions.
//
// # Neighbour lists
//
// A [Structure] is positions, a cell and which of its directions repeat. [Neighbours] holds its
// directed edges, both directions of each pair, with one sign for all of molserve:
//
//	Vec = r(Src) + Shift·Cell − r(Dst)    Å, cell vectors are the rows of Cell
//	Dist = |Vec| < cutoff                 strict
//
// Src sends, Dst receives. Positions are taken as given: nothing is wrapped, and shifts refer to the
// given positions. Shift is 0 along directions that do not repeat; Src = Dst only with a shift; atoms
// at one place are neighbours at distance 0. Edges are sorted by Dst, Src, Shift, the last one
// lexicographically. The list is a pure function of its input: brute force and cell list, the first
// build and the thousandth in the same memory, give the same bits.
//
// The way of one build, a file for each step:
//
//	cell.go                           the given cell: what is refused, the periods that repeat
//	cell_reduce.go                    the shortest periods of the same lattice, so that slivers cost nothing
//	neighbours_limits.go              how many edges there must be at least: refuse before building
//	cell_images.go                    atoms wrapped home, and the images of them that can be near one
//	cell_list.go, _sort.go, _near.go  images sorted by small cubic bins; the bins around each bin
//	pairs.go, pairs_bits.go           the images near an atom, in order; the numbers of an edge, in one place
//
// [Neighbours.Build] finds all pairs within a cutoff, [Neighbours.KNearest] the k nearest of each
// atom, [Neighbours.Complete] all pairs. [Skin] keeps a list over the frames of a trajectory.
package geometry
