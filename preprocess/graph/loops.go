package graph

// LoopRule says what features a self-loop has.
type LoopRule string

// The rules.
const (
	LoopZeros LoopRule = "zeros" // the zero value too
	LoopOnes  LoopRule = "ones"  // PyG's add_self_loops as it is
	LoopMean  LoopRule = "mean"  // PyG's fill_value="mean": of the edges that the node receives, 0 without any
)

// LoopRules lists the rules.
var LoopRules = []LoopRule{LoopZeros, LoopOnes, LoopMean}

// AddLoops appends an edge i → i for each node, in their order, behind the other edges, as PyG's
// add_self_loops does to one graph. A loop is its own opposite; its vector, length and shift are 0. Its
// features are row where row is given, [D], else what the rule says.
func (g *Graph) AddLoops(rule LoopRule, row []float32) {
	e := g.E
	if len(g.EdgeFeatures) == e*g.EdgeWidth {
		g.addLoopFeatures(rule, row)
	}
	paired, vectors := len(g.Reverse) == e, len(g.Vectors) == e && g.Positions != nil
	for i := range int32(g.N) {
		g.Src, g.Dst = append(g.Src, i), append(g.Dst, i)
		if paired {
			g.Reverse = append(g.Reverse, int32(e)+i)
		}
		if vectors {
			g.Vectors, g.Lengths, g.Shifts = append(g.Vectors, [3]float64{}), append(g.Lengths, 0), append(g.Shifts, [3]int32{})
		}
	}
	g.E += g.N
}

// addLoopFeatures appends a row a node.
func (g *Graph) addLoopFeatures(rule LoopRule, row []float32) {
	w, first := g.EdgeWidth, len(g.EdgeFeatures)
	g.EdgeFeatures = append(g.EdgeFeatures, make([]float32, g.N*w)...)
	loops := g.EdgeFeatures[first:]
	switch {
	case row != nil:
		for i := range g.N {
			copy(loops[i*w:(i+1)*w], row)
		}
	case rule == LoopOnes:
		for k := range loops {
			loops[k] = 1
		}
	case rule == LoopMean:
		g.meanFeatures(loops)
	}
}

// meanFeatures writes the mean of the rows that each node receives, summed in float32 as torch does.
func (g *Graph) meanFeatures(to []float32) {
	w := g.EdgeWidth
	received := make([]float32, g.N)
	for k, i := range g.Dst {
		received[i]++
		for c, x := range g.EdgeFeatures[k*w : (k+1)*w] {
			to[int(i)*w+c] += x
		}
	}
	for i, n := range received {
		for c := range w {
			to[i*w+c] /= max(n, 1)
		}
	}
}
