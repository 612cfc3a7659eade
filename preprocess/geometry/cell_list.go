package geometry

import "math"

const (
	// Bins are half the reach wide: neighbours are at most two bins apart, and two atoms in one bin
	// are neighbours, its diagonal being √3/2 of the reach.
	binsApart = 2
	rows      = (2*binsApart + 1) * (2*binsApart + 1) // rows of bins, along x, that hold all neighbours
	// wider keeps neighbours at most two bins apart when their bin numbers, up to 2²¹, are rounded.
	wider = 1 + 1e-8
	// maxBins along an axis keeps the number of a bin in 63 bits.
	maxBins = 1<<21 - 4*binsApart
)

// grid holds images sorted by cubic bins, x fastest, and only the bins that hold something: memory
// is linear in the images, however far they are scattered.
type grid struct {
	exact bool // all atoms in one bin are neighbours

	keys   []uint64 // [M] bin number of each image, then sorted
	order  []int32  // [M] images by bin
	sorted []place  // [M] the same with their places
	bins   []bin    // [B] occupied bins, ascending
	homeOf []int32  // [N] number of the home bin of each atom, among homes
	homes  []home   // [H] bins that hold wrapped atoms
	atoms  []int32  // [N] atoms by bin

	chosen bitset // sorts images
	radix  radix
}

// place is an image in its bin.
type place struct {
	at    [3]float64 // Å
	image int32
}

// bin is an occupied bin: its images are sorted[start:next bin's start].
type bin struct {
	key   uint64
	start int32
}

// home is an occupied bin around which atoms look.
type home struct {
	bin   int32
	atoms int32          // wrapped atoms in it
	rows  [rows][2]int32 // sorted[from:to] are the images of a row of bins around it
}

// set sorts the images into bins and finds the rows around each home.
func (g *grid) set(m *images) {
	shape := g.number(m)
	g.radix.sort(&g.keys, &g.order)
	g.collect(m)
	g.findRows(shape)
	g.chosen.resize(len(m.all))
}

// number gives every image the number of its bin, and returns the distance of bins that are
// neighbours along y and z. Bins begin binsApart before the first image and end as much after the
// last one: what is beside a row's end is empty, never the next row.
func (g *grid) number(m *images) (strides [2]uint64) {
	low, high := m.all[0].at, m.all[0].at
	for k := range m.all {
		for x, v := range m.all[k].at {
			low[x], high[x] = min(low[x], v), max(high[x], v)
		}
	}
	width := m.reach / binsApart * wider
	extent := max(high[0]-low[0], high[1]-low[1], high[2]-low[2])
	width = max(width, extent/maxBins)
	g.exact = width*math.Sqrt(3) < m.cutoff
	count := func(x int) uint64 { return uint64((high[x]-low[x])/width) + 1 + 2*binsApart }
	strides = [2]uint64{count(0), count(0) * count(1)}
	g.keys, g.order = sized(g.keys, len(m.all)), sized(g.order, len(m.all))
	for k := range m.all {
		at := &m.all[k].at
		x := uint64((at[0]-low[0])/width) + binsApart
		y := uint64((at[1]-low[1])/width) + binsApart
		z := uint64((at[2]-low[2])/width) + binsApart
		g.keys[k], g.order[k] = x+y*strides[0]+z*strides[1], int32(k)
	}
	return strides
}

// collect fills sorted, bins, homes and homeOf from the sorted keys.
func (g *grid) collect(m *images) {
	g.sorted = sized(g.sorted, len(m.all))
	g.homeOf = sized(g.homeOf, len(m.home))
	g.bins, g.homes, g.atoms = g.bins[:0], g.homes[:0], g.atoms[:0]
	homeless := uint64(math.MaxUint64)
	for k, id := range g.order {
		im := &m.all[id]
		g.sorted[k] = place{im.at, id}
		if k == 0 || g.keys[k] != g.keys[k-1] {
			g.bins = append(g.bins, bin{g.keys[k], int32(k)})
			homeless = g.keys[k]
		}
		if im.shift != m.wrap[im.src] {
			continue
		}
		if homeless == g.keys[k] { // the bin's first wrapped atom
			g.homes = append(g.homes, home{bin: int32(len(g.bins) - 1)})
			homeless = math.MaxUint64
		}
		g.homes[len(g.homes)-1].atoms++
		g.atoms = append(g.atoms, im.src)
		g.homeOf[im.src] = int32(len(g.homes) - 1)
	}
}

// findRows fills the rows of all homes. For one row both ends move forward only, as homes do: a walk
// over the bins for each end of each row.
func (g *grid) findRows(strides [2]uint64) {
	n := 0
	for z := -binsApart; z <= binsApart; z++ {
		for y := -binsApart; y <= binsApart; y++ {
			// Invariant: every bin number is at least binsApart of each stride, so none underflows.
			offset := uint64(int64(y)*int64(strides[0]) + int64(z)*int64(strides[1]))
			g.findEnds(n, 0, offset-binsApart)
			g.findEnds(n, 1, offset+binsApart+1)
			n++
		}
	}
}

// findEnds sets one end of one row of every home: the first image whose bin is at or after the
// home's by offset.
func (g *grid) findEnds(row, end int, offset uint64) {
	b, count := 0, int32(len(g.sorted))
	for h := range g.homes {
		h := &g.homes[h]
		key := g.bins[h.bin].key + offset
		for b < len(g.bins) && g.bins[b].key < key {
			b++
		}
		h.rows[row][end] = count
		if b < len(g.bins) {
			h.rows[row][end] = g.bins[b].start
		}
	}
}

// leastEdges is a lower bound of the edges of a list: all pairs of an atom and an image in one bin,
// but for the atom itself. The pairs that nearInBins looks at are at most some 5³ times as many: what
// passes the limit here takes a bounded time.
func (g *grid) leastEdges(atoms int) float64 {
	if !g.exact {
		return 0
	}
	least := -float64(atoms)
	for _, h := range g.homes {
		end := len(g.sorted)
		if int(h.bin)+1 < len(g.bins) {
			end = int(g.bins[h.bin+1].start)
		}
		least += float64(h.atoms) * float64(end-int(g.bins[h.bin].start))
	}
	return least
}
