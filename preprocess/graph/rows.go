package graph

import (
	"fmt"

	"molserve/preprocess/molecule"
)

// The rows of atoms, edges and graphs that are copied or counted.

func nodeFeatures(p *part) error { return p.copyFeatures(p.g.NodeFeatures, p.g.HotNodes) }
func edgeFeatures(p *part) error { return p.copyFeatures(p.g.EdgeFeatures, p.g.HotEdges) }

func (p *part) copyFeatures(rows []float32, hot *Hot) error {
	switch {
	case hot != nil && p.DType == Float32:
		writeHot(hot, p.F32[:hot.rows()*p.width], p.width)
		return nil
	case hot != nil:
		writeHot(hot, p.I64[:hot.rows()*p.width], p.width)
		return nil
	case p.DType == Float32:
		copy(p.F32, rows)
		return nil
	}
	for i, v := range rows {
		p.I64[i] = int64(v)
	}
	return nil
}

func atomicNumbers(p *part) error {
	for i, z := range p.g.Numbers {
		p.I64[i] = int64(z)
	}
	return nil
}

// species writes the place of each element in f.Elements.
func species(p *part) error {
	var index [256]int16
	for k, z := range p.f.Elements {
		index[z] = int16(k) + 1
	}
	for i, z := range p.g.Numbers {
		if index[z] == 0 {
			return molecule.Refuse(molecule.CodeUnsupported, -1, "atom %d is %s, none of the species", i, symbol(z))
		}
		p.I64[i] = int64(index[z]) - 1
	}
	return nil
}

func symbol(z uint8) string {
	if int(z) > molecule.MaxZ {
		return fmt.Sprintf("element %d", z)
	}
	return molecule.Symbol(z)
}

func graphIndex(p *part) error {
	rows, index := p.I64, int64(p.index)
	for k := range rows {
		rows[k] = index
	}
	return nil
}

func atomMask(p *part) error {
	for i := range p.g.N {
		p.B[i] = true
	}
	return nil
}

func pairMask(p *part) error {
	n := int32(p.g.N)
	for i := range n {
		for j := range n {
			p.B[p.pair(i, j)] = true
		}
	}
	return nil
}

func graphOnes(p *part) error {
	p.F32[0] = 1
	return nil
}

func atomsPerGraph(p *part) error {
	p.I64[0] = int64(p.g.N)
	return nil
}

// graphOffsets writes the first atom of each graph, and N.
func graphOffsets(b *Batch, _ *Field, t *Tensor) error {
	for i, n := range b.atoms {
		t.I64[i] = int64(n)
	}
	return nil
}

func edgeSrc(p *part) error { return p.offset(p.g.Src, p.b.atoms[p.index]) }
func edgeDst(p *part) error { return p.offset(p.g.Dst, p.b.atoms[p.index]) }

func reverseEdge(p *part) error { return p.offset(p.g.Reverse, p.b.edges[p.index]) }

// offset writes indices, raised by what stands before the graph.
func (p *part) offset(index []int32, by int) error {
	offsetInto(p.I64, index, int64(by))
	return nil
}

func offsetInto(to []int64, index []int32, by int64) {
	to = to[:len(index)]
	for k, i := range index {
		to[k] = by + int64(i)
	}
}

// ends returns the two ends of edges in the order of f.
func (f *Field) ends(g *Graph) (first, second []int32) {
	if f.Order == "dst_src" {
		return g.Dst, g.Src
	}
	return g.Src, g.Dst
}

func edgeList(p *part) error {
	first, second := p.f.ends(p.g)
	by := int64(p.b.atoms[p.index])
	for k := range first {
		p.I64[2*k], p.I64[2*k+1] = by+int64(first[k]), by+int64(second[k])
	}
	return nil
}

// edgeIndex writes [2,E].
func edgeIndex(b *Batch, f *Field, t *Tensor) error {
	for i := range b.G {
		first, second := f.ends(b.graph(i))
		by, from, to := int64(b.atoms[i]), b.edges[i], b.edges[i+1]
		offsetInto(t.I64[from:to], first, by)
		offsetInto(t.I64[b.E+from:b.E+to], second, by)
	}
	return nil
}

// pairFeatures writes the features of the edge from sender to receiver, zeros where there is none. A
// structure that repeats may have several edges between two atoms and is refused.
func pairFeatures(p *part) error {
	g, w := p.g.Dense(), p.width
	if g.Periodic != [3]bool{} {
		return molecule.Refuse(molecule.CodeUnsupported, -1, "a periodic structure has no matrix of edges")
	}
	for k := range g.E {
		copy(p.F32[p.pair(g.Dst[k], g.Src[k]):], g.EdgeFeatures[k*w:(k+1)*w])
	}
	return nil
}
