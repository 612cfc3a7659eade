package graph

// Bytes is about how much memory the arrays of g take.
func (g *Graph) Bytes() int64 {
	n := 4*(len(g.NodeFeatures)+len(g.EdgeFeatures)+len(g.Src)+len(g.Dst)+len(g.Reverse)+len(g.Auxiliary)) + len(g.Numbers) +
		24*(len(g.Positions)+len(g.Vectors)+len(g.Velocities)) + 8*(len(g.Lengths)+len(g.Pairs)) + 12*len(g.Shifts)
	for _, ring := range g.Rings {
		n += 24 + 4*len(ring)
	}
	return int64(n + g.HotNodes.bytes() + g.HotEdges.bytes())
}
