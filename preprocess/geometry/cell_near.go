package geometry

// nearInBins looks at the bins around atom i. It writes the images within reach to found, ascending,
// and returns how many there are and how many of them rounding leaves undecided.
//
// The inner loop has no branch to mispredict: a number's sign is added up.
func (f *search) nearInBins(i int) (n, unsure int) {
	g, h := &f.grid, f.images.home[i]
	inner2, outer2 := f.inner2, f.outer2
	for _, ends := range &g.homes[g.homeOf[i]].rows {
		row := g.sorted[ends[0]:ends[1]]
		// Invariant: rows have no image in common, so there is room for all of each.
		found := f.found[n : n+len(row)]
		k := 0
		for p := range row {
			p := &row[p]
			x, y, z := p.at[0]-h[0], p.at[1]-h[1], p.at[2]-h[2]
			d2 := x*x + y*y + z*z
			found[k] = p.image
			within := negative(d2 - outer2)
			k += within
			unsure += within - negative(d2-inner2)
		}
		n += k
	}
	g.chosen.sort(f.found[:n])
	return n, unsure
}
