package graph

// Ladder is the sizes that packed batches are padded up to, for runtimes that want few shapes. Each of
// atoms, edges, graphs, edges of the line graph and pairs has its own rungs: the first, then each Ratio
// times the one before, rounded up to a multiple of 8 (graphs: of 1). The zero value works.
type Ladder struct {
	Ratio                float64 // of two rungs, default 1.25
	Atoms, Edges, Graphs int     // first rungs, default 32, 64, 2
	Lines, Pairs         int     // first rungs, default 128, 8
}

// Fit is the padding for a batch of that many atoms, edges and graphs: the lowest rungs with room for
// them and for a ghost graph.
func (l Ladder) Fit(atoms, edges, graphs int) Padding {
	l.Ratio = l.ratio()
	return Padding{
		Atoms:  l.rung(first(l.Atoms, 32), 8, atoms+ghostAtoms),
		Edges:  l.rung(first(l.Edges, 64), 8, edges+ghostEdges),
		Graphs: l.rung(first(l.Graphs, 2), 1, graphs+1),
	}
}

// FitGraphs is the padding for a batch of graphs: that of Fit, and where all edges have an opposite the
// lowest rungs with room for the edges of their line graphs and for their pairs.
func (l Ladder) FitGraphs(graphs []*Graph) Padding {
	atoms, edges, lines, pairs, paired := 0, 0, 0, 0, true
	for _, g := range graphs {
		atoms, edges, pairs, paired = atoms+g.N, edges+g.E, pairs+len(g.Pairs), paired && len(g.Reverse) == g.E
		if paired {
			lines += g.Lines()
		}
	}
	pad := l.Fit(atoms, edges, len(graphs))
	l.Ratio = l.ratio()
	pad.Pairs = l.rung(first(l.Pairs, 8), 8, pairs)
	if paired {
		pad.Lines = l.rung(first(l.Lines, 128), 8, lines)
	}
	return pad
}

func (l Ladder) ratio() float64 {
	if l.Ratio > 1 {
		return l.Ratio
	}
	return 1.25
}

func first(given, otherwise int) int {
	if given > 0 {
		return given
	}
	return otherwise
}

// rung climbs from size to the first rung that holds n. Rungs are multiples of step.
func (l Ladder) rung(size, step, n int) int {
	for size < n {
		next := int(l.Ratio * float64(size))
		size = max(size+step, (next+step-1)/step*step)
	}
	return size
}
