package graph

// Hot is the compact form of feature rows that are zeros but for a few ones and, perhaps, a number in the
// last column, as one-hot features are: the columns of the ones. A batch writes the rows out.
type Hot struct {
	Ones    int       // columns named a row; one that is named twice is 1 all the same
	Columns []uint8   // [rows,Ones]
	Last    []float32 // [rows] what the last column holds; nil: nothing but the ones
	Twice   bool      // each row stands for two: those of a bond's two edges, one after the other
}

// rows counts the rows that h stands for.
func (h *Hot) rows() int {
	if h.Ones == 0 {
		return 0
	}
	rows := len(h.Columns) / h.Ones
	if h.Twice {
		rows *= 2
	}
	return rows
}

// writeHot writes the rows of h, each of so many numbers, into to, all of it.
func writeHot[T float32 | int64](h *Hot, to []T, width int) {
	clear(to)
	for r := 0; r*h.Ones < len(h.Columns); r++ {
		row := to[:width]
		for _, c := range h.Columns[r*h.Ones : (r+1)*h.Ones] {
			row[c] = 1
		}
		if h.Last != nil {
			row[width-1] = T(h.Last[r])
		}
		to = to[width:]
		if h.Twice {
			copy(to[:width], row)
			to = to[width:]
		}
	}
}

// Dense returns g with its feature rows written out; g itself where they are.
func (g *Graph) Dense() *Graph {
	if g.HotNodes == nil && g.HotEdges == nil {
		return g
	}
	d := *g
	d.HotNodes, d.HotEdges = nil, nil
	if g.HotNodes != nil {
		d.NodeFeatures = make([]float32, g.N*g.NodeWidth)
		writeHot(g.HotNodes, d.NodeFeatures, g.NodeWidth)
	}
	if g.HotEdges != nil {
		d.EdgeFeatures = make([]float32, g.E*g.EdgeWidth)
		writeHot(g.HotEdges, d.EdgeFeatures, g.EdgeWidth)
	}
	return &d
}

// nodeRows and edgeRows count the numbers of g's feature rows, in whichever form they are.
func (g *Graph) nodeRows() int {
	if g.HotNodes != nil {
		return g.HotNodes.rows() * g.NodeWidth
	}
	return len(g.NodeFeatures)
}

func (g *Graph) edgeRows() int {
	if g.HotEdges != nil {
		return g.HotEdges.rows() * g.EdgeWidth
	}
	return len(g.EdgeFeatures)
}

func (h *Hot) bytes() int {
	if h == nil {
		return 0
	}
	return len(h.Columns) + 4*len(h.Last)
}
