package graph

// The fillers of the packed layout. Each gives t its shape and writes all of it.

func packedNodeFeatures(b *Batch, f Field, t *Tensor) {
	packRows(b, f, t, func(g *Graph) ([]float32, int) { return g.NodeFeatures, g.NodeWidth })
}

func packedEdgeFeatures(b *Batch, f Field, t *Tensor) {
	packRows(b, f, t, func(g *Graph) ([]float32, int) { return g.EdgeFeatures, g.EdgeWidth })
}

// packRows concatenates feature rows; a batch without rows keeps the width of its graphs.
func packRows(b *Batch, f Field, t *Tensor, of func(*Graph) ([]float32, int)) {
	total, width := 0, 0
	for _, g := range b.Graphs {
		rows, w := of(g)
		total, width = total+len(rows), max(width, w)
	}
	n := 0
	if width > 0 {
		n = total / width
	}
	dtype := f.DType
	if dtype == "" {
		dtype = Float32
	}
	t.Reset(dtype, int64(n), int64(width))
	at := 0
	for _, g := range b.Graphs {
		rows, _ := of(g)
		if dtype == Float32 {
			copy(t.F32[at:], rows)
		} else {
			for i, v := range rows {
				t.I64[at+i] = int64(v)
			}
		}
		at += len(rows)
	}
}

func packedNumbers(b *Batch, _ Field, t *Tensor) {
	t.Reset(Int64, int64(b.N))
	for i, g := range b.Graphs {
		for j, z := range g.Numbers {
			t.I64[b.offsets[i]+j] = int64(z)
		}
	}
}

func packedEdgeIndex(b *Batch, f Field, t *Tensor) {
	t.Reset(Int64, 2, int64(b.E))
	src, dst := t.I64[:b.E], t.I64[b.E:]
	if f.Order == "dst_src" {
		src, dst = dst, src
	}
	at := 0
	for i, g := range b.Graphs {
		for k := range g.E {
			src[at+k] = int64(int(g.Src[k]) + b.offsets[i])
			dst[at+k] = int64(int(g.Dst[k]) + b.offsets[i])
		}
		at += g.E
	}
}

func packedReverse(b *Batch, _ Field, t *Tensor) {
	t.Reset(Int64, int64(b.E))
	at := 0
	for _, g := range b.Graphs {
		for k, r := range g.Reverse {
			t.I64[at+k] = int64(at) + int64(r)
		}
		at += g.E
	}
}

func packedGraphIndex(b *Batch, _ Field, t *Tensor) {
	t.Reset(Int64, int64(b.N))
	for i := range b.Graphs {
		for j := b.offsets[i]; j < b.offsets[i+1]; j++ {
			t.I64[j] = int64(i)
		}
	}
}

func packedGraphOnes(b *Batch, _ Field, t *Tensor) {
	t.Reset(Float32, int64(len(b.Graphs)))
	for i := range t.F32 {
		t.F32[i] = 1
	}
}

func packedAtomsPerGraph(b *Batch, _ Field, t *Tensor) {
	t.Reset(Int64, int64(len(b.Graphs)))
	for i, g := range b.Graphs {
		t.I64[i] = int64(g.N)
	}
}
