package graph

import (
	"errors"
	"sync"
)

// part is where one graph writes its rows of a field: a view of the tensor, of zeros unless the field
// is full. Exactly the
// slice of the tensor's type is in use; pairs have b.Slots columns, of which the graph's own come first.
type part struct {
	Tensor
	b     *Batch
	g     *Graph
	f     Field
	index int  // of the graph
	ghost bool // g is padding
	width int  // numbers of a row
}

// parts are used again: what fillers are called with through the table would be allocated each time.
var parts = sync.Pool{New: func() any { return new(part) }}

// set writes number i of the part.
func (p *part) set(i int, x float64) {
	if p.DType == Float32 {
		p.F32[i] = float32(x)
		return
	}
	p.F64[i] = x
}

// pair is the place of receiver i and sender j.
func (p *part) pair(i, j int32) int { return (int(i)*p.b.Slots + int(j)) * p.width }

// need says what graphs must have for a field.
type need int

const (
	needNodeFeatures need = 1 << iota
	needEdgeFeatures
	needNumbers
	needReverse
	needPositions
	needVectors
	needBonds // edges in pairs, none from a node to itself
	needVelocities
	needRings
	needAuxiliary
	needPairs
)

// lacks tells what g has not.
func (n need) lacks(g *Graph) error {
	switch {
	case n&needNodeFeatures != 0 && g.nodeRows() == 0 && g.N > 0:
		return errors.New("a graph has no node features")
	case n&needEdgeFeatures != 0 && g.edgeRows() == 0 && g.E > 0:
		return errors.New("a graph has no edge features")
	case n&needNumbers != 0 && len(g.Numbers) != g.N:
		return errors.New("a graph has no atomic numbers")
	case n&needReverse != 0 && len(g.Reverse) != g.E:
		return errors.New("a graph has edges without an opposite")
	case n&needPositions != 0 && len(g.Positions) != g.N:
		return errors.New("a graph has no coordinates")
	case n&needVectors != 0 && (len(g.Vectors) != g.E || len(g.Lengths) != g.E || len(g.Shifts) != g.E):
		return errors.New("a graph has no edge vectors")
	}
	return n.lacksBesides(g)
}

// lacksBesides tells what g has not of what only some models want.
func (n need) lacksBesides(g *Graph) error {
	switch {
	case n&needBonds != 0 && g.hasLoops():
		return errors.New("a graph has an edge that is its own opposite, and no bond")
	case n&needVelocities != 0 && len(g.Velocities) != g.N:
		return errors.New("a graph has no velocities")
	case n&needRings != 0 && g.Rings == nil && g.N > 0:
		return errors.New("a graph has no rings that were looked for")
	case n&needAuxiliary != 0 && len(g.Auxiliary) == 0:
		return errors.New("a graph has no auxiliary numbers")
	case n&needPairs != 0 && g.Pairs == nil:
		return errors.New("a graph has no pairs")
	}
	return nil
}

// hasLoops tells whether an edge is its own opposite.
func (g *Graph) hasLoops() bool {
	for k, back := range g.Reverse {
		if int(back) == k {
			return true
		}
	}
	return false
}

// fill checks and writes the field of p into t.
func (p *part) fill(info *Info, t *Tensor) error {
	b := p.b
	if faults := info.faults(&p.f); faults != nil {
		return errors.Join(faults...)
	}
	for _, g := range b.Graphs {
		if err := info.needs.lacks(g); err != nil {
			return err
		}
	}
	if b.widths != nil && info.needs&(needNodeFeatures|needEdgeFeatures) != 0 {
		return b.widths
	}
	if b.auxWidths != nil && info.needs&needAuxiliary != 0 {
		return b.auxWidths
	}
	dtype := p.f.DType
	if dtype == "" {
		dtype = info.DTypes[0]
	}
	t.Shape = b.shape(t.Shape[:0], info, &p.f)
	if t.resize(dtype, t.Shape); !info.full {
		t.Reset(dtype, t.Shape...)
	}
	if info.fill != nil {
		return info.fill(b, &p.f, t)
	}
	return p.fillRows(info, t)
}

// fillRows lets each graph write its rows, and pads.
func (p *part) fillRows(info *Info, t *Tensor) error {
	b := p.b
	lead := len(leadingDims[b.Layout][info.Per])
	p.width = 1
	for _, d := range t.Shape[lead:] {
		p.width *= int(d)
	}
	for i := range b.G {
		p.index, p.g, p.ghost = i, b.graph(i), i >= len(b.Graphs)
		from, to := b.place(info.Per, i)
		p.Tensor = t.Slice(from*p.width, to*p.width)
		if p.ghost && info.ghost == padded && (b.Layout == Packed || info.Per == PerGraph) {
			p.pad(0)
			continue
		}
		if b.Layout == Padded {
			p.padSlots(info.Per)
		}
		if err := info.rows(p); err != nil {
			return err
		}
	}
	return nil
}

// place is where the rows of graph i lie in the tensor, its padding included.
func (b *Batch) place(per string, i int) (from, to int) {
	switch {
	case per == PerGraph:
		return i, i + 1
	case per == PerPair:
		return i * b.Slots * b.Slots, (i + 1) * b.Slots * b.Slots
	case b.Layout == Padded:
		return i * b.Slots, (i + 1) * b.Slots
	case per == PerEdge:
		return b.edges[i], b.edges[i+1]
	}
	return b.atoms[i], b.atoms[i+1]
}

// pad writes Fill from row on, 0 where numbers are integers.
func (p *part) pad(row int) { p.padRange(row*p.width, p.size()) }

// size is the number of elements of the part.
func (p *part) size() int { return len(p.F32) + len(p.F64) + len(p.I64) + len(p.B) }

func (p *part) padRange(from, to int) {
	switch p.DType {
	case Float32:
		for k := from; k < to; k++ {
			p.F32[k] = p.b.Fill
		}
	case Float64:
		for k := from; k < to; k++ {
			p.F64[k] = float64(p.b.Fill)
		}
	case Int64:
		clear(p.I64[from:to])
	}
}

// padSlots writes Fill to the slots behind the graph's nodes.
func (p *part) padSlots(per string) {
	n := p.g.N
	switch per {
	case PerAtom:
		p.pad(n)
	case PerPair:
		for i := range n {
			p.padRange(p.pair(int32(i), int32(n)), p.pair(int32(i), int32(p.b.Slots)))
		}
		p.pad(n * p.b.Slots)
	}
}
