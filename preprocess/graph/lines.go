package graph

// The graphs whose nodes are edges or bonds of the graph, and pairs of nodes that are asked about.

// lineGraphIndex writes the edges of the line graph, whose nodes are the directed edges of the graph:
// k → l where k ends at the atom that l begins at, except from an edge to its opposite (no
// back-tracking), as messages on bonds run in D-MPNN and in CD-MVGNN's bond view. Sorted by l, then k.
// The ghost has those that are missing of Padding.Lines.
func lineGraphIndex(b *Batch, f *Field, t *Tensor) error {
	lines := 0
	for _, g := range b.Graphs {
		lines += g.Lines()
	}
	all := max(lines, b.lines)
	t.Reset(Int64, 2, int64(all))
	from, to := t.I64[:all], t.I64[all:]
	if f.Order == "dst_src" {
		from, to = to, from
	}
	at := 0
	for i, g := range b.Graphs {
		at = g.writeLines(from, to, at, b.edges[i])
	}
	if missing := all - at; missing > 0 {
		e := b.edges[len(b.Graphs)]
		ghostLines(from[at:], to[at:], int64(e), int64(e)+int64(b.ghost.Reverse[0]))
	}
	return nil
}

// Lines counts the edges of g's line graph. Every edge of g must have its opposite.
func (g *Graph) Lines() int {
	s := borrow()
	defer s.giveBack()
	s.degrees(g, false)
	lines := 0
	for _, v := range g.Src {
		lines += int(s.in[v]) - 1
	}
	return lines
}

// writeLines writes the edges of g's line graph from place at on and returns the place behind them. Edges
// of g are counted from first.
func (g *Graph) writeLines(from, to []int64, at, first int) int {
	s := borrow()
	defer s.giveBack()
	s.byEnd(g, g.Dst)
	for l, v := range g.Src {
		for _, k := range s.list[s.first[v]:s.first[v+1]] {
			if k != g.Reverse[l] {
				from[at], to[at] = int64(first)+int64(k), int64(first+l)
				at++
			}
		}
	}
	return at
}

// ghostLines joins edges a and b there and back.
func ghostLines(from, to []int64, a, b int64) {
	for k := range from {
		from[k], to[k] = b, a
		if k >= (len(from)+1)/2 {
			from[k], to[k] = a, b
		}
	}
}

// bondFeatures writes a row a bond, in the order of their first edges: of a molecule that of its bonds. The
// row is that of the first edge.
func bondFeatures(b *Batch, _ *Field, t *Tensor) error {
	row, w := 0, b.edgeWidth
	for _, g := range b.Graphs {
		g = g.Dense()
		for k, back := range g.Reverse {
			if int(back) < k {
				continue
			}
			p := part{Tensor: t.Slice(row*w, (row+1)*w)}
			if err := p.copyFeatures(g.EdgeFeatures[k*w:(k+1)*w], nil); err != nil {
				return err
			}
			row++
		}
	}
	p := part{Tensor: t.Slice(row*w, t.Len()), b: b}
	p.padRange(0, p.size())
	return nil
}

// edgeBondIndex writes the bond of each edge: its row of bond_features. An odd last edge of the ghost has
// the ghost's first.
func edgeBondIndex(p *part) error {
	first := int64(p.b.edges[p.index] / 2) // graphs before have two edges a bond
	next := first
	for k, back := range p.g.Reverse {
		switch b := int(back); {
		case b < k:
			p.I64[k] = p.I64[b]
		case b == k:
			p.I64[k] = first
		default:
			p.I64[k] = next
			next++
		}
	}
	return nil
}

// pairIndex writes [2,P], the pairs of nodes that are asked about, in the order in which they were sent.
func pairIndex(b *Batch, _ *Field, t *Tensor) error {
	at := 0
	for i := range b.G {
		by := int64(b.atoms[i])
		for _, pair := range b.graph(i).Pairs {
			t.I64[at], t.I64[b.P+at] = by+int64(pair[0]), by+int64(pair[1])
			at++
		}
	}
	return nil
}
