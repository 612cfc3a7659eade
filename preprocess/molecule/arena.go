package molecule

import "sync"

// arena is the scratch memory of one perception: slices are cut from few blocks, which the next
// molecule uses again. A nil arena allocates each slice by itself.
type arena struct {
	ints     []int32
	bits     []bool
	bytes    []uint8
	lists    [][]int32
	sums     []bondSum
	manySums []bondSum // see sumBonds
	visits   []visit
	nodes    []searchNode
	entries  [][2]int32

	// The states of the steps, whose growing lists keep their room.
	rings  ringFinder
	kekule kekulizer
	pi     piSystem
	fusion fusion
	ranks  ranker
	stereo perceiver

	through ringLists
}

var arenas = sync.Pool{New: func() any { return new(arena) }}

// release gives the arena to the next molecule. What was cut from it must not be used any more.
func (a *arena) release() {
	if cap(a.ints)+cap(a.bits)+cap(a.bytes) > maxKept || a.manySums != nil {
		return // a giant's blocks are not kept
	}
	a.ints, a.bits, a.bytes = a.ints[:0], a.bits[:0], a.bytes[:0]
	a.sums, a.visits, a.nodes = a.sums[:0], a.visits[:0], a.nodes[:0]
	clear(a.lists)
	a.lists = a.lists[:0]
	a.rings.forget()
	a.through = ringLists{}
	a.kekule.m, a.pi.m, a.ranks.m, a.stereo.m = nil, nil, nil, nil
	arenas.Put(a)
}

// dropGiant lets go of the state of a step that is done, of a molecule of so many atoms, whose slices lie in no block.
func (a *arena) dropGiant(atoms int, drop func(*arena)) {
	if atoms > maxBlock {
		drop(a)
	}
}

// maxBlock is the size of slices, in elements, that are not cut from a block: giants are left to the
// garbage collector one by one.
const maxBlock = 1 << 16

// maxKept is the size, in elements, from which on blocks are left to it too.
const maxKept = 1 << 20

// cut takes n zeroed elements off a block, or off a new one.
func cut[T any](block *[]T, n int) []T {
	if n > maxBlock {
		return make([]T, n)
	}
	at := len(*block)
	if at+n > cap(*block) {
		*block = make([]T, 0, max(n, min(2*cap(*block), maxKept), 512))
		at = 0
	}
	*block = (*block)[:at+n]
	s := (*block)[at : at+n : at+n]
	clear(s)
	return s
}

func (a *arena) int32s(n int) []int32 {
	if a == nil {
		return make([]int32, n)
	}
	return cut(&a.ints, n)
}

func (a *arena) bools(n int) []bool {
	if a == nil {
		return make([]bool, n)
	}
	return cut(&a.bits, n)
}

func (a *arena) uint8s(n int) []uint8 {
	if a == nil {
		return make([]uint8, n)
	}
	return cut(&a.bytes, n)
}

func (a *arena) slices(n int) [][]int32 {
	if a == nil {
		return make([][]int32, n)
	}
	return cut(&a.lists, n)
}
