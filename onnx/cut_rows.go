package onnx

import (
	"slices"

	"molserve/preprocess/graph"
)

// partition is where the rows of each graph of a request stand.
type partition struct {
	network *network
	in      []graph.Tensor
	graphs  int
	rows    map[string][]int64 // by symbol: the rows of graph g are rows[s][g] … rows[s][g+1]-1
	ints    []int64            // memory for indices that move
}

// partition is nil when the graphs of a request cannot be told apart. The request has passed CheckTensors.
func (n *network) partition(in []graph.Tensor) *partition {
	of := n.sizes(in)
	p := &partition{network: n, in: in, graphs: int(of.of("G")), rows: map[string][]int64{}}
	p.rows["G"] = p.each()
	if p.rows["N"] = p.atoms(); p.rows["N"] == nil || !p.agree() {
		return nil
	}
	for _, s := range []struct {
		symbol string
		index  func(k int) (i, j int64)
		of     string // symbol of what the index counts
	}{{"E", p.edges(), "N"}, {"P", p.columnsOf("pair_index"), "N"}, {"L", p.columnsOf("line_graph_index"), "E"}} {
		rows, told := of.find(s.symbol)
		switch {
		case !told:
		case s.index == nil || p.rows[s.of] == nil:
			return nil
		default:
			if p.rows[s.symbol] = follow(p.rows[s.of], int(rows), s.index); p.rows[s.symbol] == nil {
				return nil
			}
		}
	}
	return p
}

// each is one row a graph.
func (p *partition) each() []int64 {
	rows := make([]int64, p.graphs+1)
	for g := range rows {
		rows[g] = int64(g)
	}
	return rows
}

// field finds the tensor of a field, nil when the model has none.
func (p *partition) field(name string) *graph.Tensor {
	j := slices.IndexFunc(p.network.order, func(i int) bool { return p.network.manifest.Inputs[i].Field == name })
	if j < 0 {
		return nil
	}
	return &p.in[j]
}

func (p *partition) edges() func(k int) (i, j int64) {
	ends, ok := endsOf(p.field)
	if !ok {
		return nil
	}
	return ends
}

func (p *partition) columnsOf(field string) func(k int) (i, j int64) {
	if t := p.field(field); t != nil {
		return columns(t)
	}
	return nil
}

// atoms are the rows of N, by the first field that tells them.
func (p *partition) atoms() []int64 {
	rows := make([]int64, p.graphs+1)
	switch index, offsets, counts := p.field("graph_index"), p.field("graph_offsets"), p.field("atoms_per_graph"); {
	case index != nil:
		for _, g := range index.I64 {
			rows[g+1]++
		}
	case offsets != nil:
		copy(rows, offsets.I64)
		return rows
	case counts != nil:
		copy(rows[1:], counts.I64)
	default:
		return nil
	}
	for g := range p.graphs {
		rows[g+1] += rows[g]
	}
	return rows
}

// agree tells whether the numbers of atoms that a request may say twice are the same.
func (p *partition) agree() bool {
	counts, atoms := p.field("atoms_per_graph"), p.rows["N"]
	for g := 0; counts != nil && g < p.graphs; g++ {
		if counts.I64[g] != atoms[g+1]-atoms[g] {
			return false
		}
	}
	return true
}

// follow finds the rows of what joins two things of one graph: edges join atoms. It is nil when they do not stand
// graph after graph, or one joins two graphs.
func follow(of []int64, n int, index func(k int) (i, j int64)) []int64 {
	rows := make([]int64, len(of))
	g := 0
	for k := range n {
		i, j := index(k)
		for g < len(of)-1 && i >= of[g+1] {
			g++
			rows[g] = int64(k)
		}
		if g == len(of)-1 || i < of[g] || j < of[g] || j >= of[g+1] {
			return nil
		}
	}
	for g++; g < len(of); g++ {
		rows[g] = int64(n)
	}
	return rows
}

// count is how many rows of a symbol graphs from … to-1 have. Every edge of a bond has its opposite: M is half of E.
func (p *partition) count(symbol string, from, to int) int64 {
	if symbol == "M" {
		return p.count("E", from, to) / 2
	}
	if rows := p.rows[symbol]; rows != nil {
		return rows[to] - rows[from]
	}
	return 0
}

// start is where the rows of a symbol begin at a graph.
func (p *partition) start(symbol string, g int) int64 { return p.count(symbol, 0, g) }

// widths are the bytes of a row of each symbol, in all tensors.
func (p *partition) widths() sizes {
	var out sizes
	for j, i := range p.network.order {
		symbol, n := p.symbol(&p.network.manifest.Inputs[i]), int64(p.in[j].Len()*p.in[j].DType.Size())
		before, _ := out.learn(symbol, 0)
		out.learn(symbol, before+n/max(p.count(symbol, 0, p.graphs), 1))
	}
	return out
}

// symbol is that of the rows of an input; offsets have one a graph.
func (p *partition) symbol(in *Input) string {
	if s := in.Shape[p.network.axis(in)].Symbol; s != "G+1" {
		return s
	}
	return "G"
}

// load is what graph g adds to a run.
func (p *partition) load(g int, perRow sizes) Load {
	l := Load{Graphs: 1, Atoms: int(p.count("N", g, g+1)), Edges: int(p.count("E", g, g+1))}
	for _, s := range perRow {
		l.Bytes += s.n * p.count(s.symbol, g, g+1)
	}
	l.Largest, l.Heaviest = l.Atoms, l.Bytes
	return l
}
