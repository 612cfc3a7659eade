package graph

import "math"

// The fillers of the padded layout. Slots past a graph's nodes hold b.Fill, or false in masks.

func paddedNodeFeatures(b *Batch, _ Field, t *Tensor) {
	width := 0
	for _, g := range b.Graphs {
		width = max(width, g.NodeWidth)
	}
	t.Reset(Float32, int64(len(b.Graphs)), int64(b.Slots), int64(width))
	for i, g := range b.Graphs {
		row := t.F32[i*b.Slots*width : (i+1)*b.Slots*width]
		n := copy(row, g.NodeFeatures)
		fill(row[n:], b.Fill)
	}
}

func paddedNumbers(b *Batch, _ Field, t *Tensor) {
	t.Reset(Int64, int64(len(b.Graphs)), int64(b.Slots))
	for i, g := range b.Graphs {
		for j, z := range g.Numbers {
			t.I64[i*b.Slots+j] = int64(z)
		}
	}
}

func paddedMask(b *Batch, _ Field, t *Tensor) {
	t.Reset(Bool, int64(len(b.Graphs)), int64(b.Slots))
	for i, g := range b.Graphs {
		for j := range g.N {
			t.B[i*b.Slots+j] = true
		}
	}
}

// paddedAdjacency writes A[b, receiver, sender]. With normalisation gcn_sym it is D^-½ (A+I) D^-½ of
// Kipf & Welling 2017, eq. 2 (without the I when self_loops is false): D is the row sum, D^-½ of an
// isolated node is 0. Computed in float64, rounded once.
func paddedAdjacency(b *Batch, f Field, t *Tensor) {
	n := b.Slots
	t.Reset(Float32, int64(len(b.Graphs)), int64(n), int64(n))
	for i, g := range b.Graphs {
		a := t.F32[i*n*n : (i+1)*n*n]
		fillPairs(a, n, g.N, b.Fill)
		scale := degreeScale(g, f)
		if f.SelfLoops {
			for v := range g.N {
				a[v*n+v] = float32(scale[v] * scale[v])
			}
		}
		for k := range g.E {
			a[int(g.Dst[k])*n+int(g.Src[k])] = float32(scale[g.Dst[k]] * scale[g.Src[k]])
		}
	}
}

// degreeScale returns D^-½ of each node, or ones without normalisation.
func degreeScale(g *Graph, f Field) []float64 {
	scale := make([]float64, g.N)
	if f.SelfLoops {
		for v := range scale {
			scale[v] = 1
		}
	}
	for _, v := range g.Dst {
		scale[v]++
	}
	for v, d := range scale {
		switch {
		case f.Normalisation != "gcn_sym":
			scale[v] = 1
		case d > 0:
			scale[v] = 1 / math.Sqrt(d)
		}
	}
	return scale
}

// fillPairs writes the padding of one n×n array whose first real rows and columns belong to nodes.
func fillPairs(a []float32, n, real int, v float32) {
	for i := range n {
		from := real
		if i >= real {
			from = 0
		}
		fill(a[i*n+from:(i+1)*n], v)
	}
}

func fill(s []float32, v float32) {
	for i := range s {
		s[i] = v
	}
}
