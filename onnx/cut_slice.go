package onnx

import (
	"slices"

	"molserve/preprocess/graph"
)

// slice is the request of graphs from … to-1. It is nil when an index points out of them.
func (p *partition) slice(from, to int) []graph.Tensor {
	out := make([]graph.Tensor, len(p.in))
	for j, i := range p.network.order {
		in := &p.network.manifest.Inputs[i]
		if in.Field == "graph_offsets" {
			out[j] = p.offsets(&p.in[j], from, to)
		} else {
			out[j] = p.cutRows(in, &p.in[j], from, to)
		}
		if symbol := counted[in.Field]; symbol != "" && !p.within(in, &out[j], symbol, from, to) {
			return nil
		}
	}
	return out
}

// cutRows are the rows of graphs. Those of a first dimension that count nothing are seen where they stand; indices,
// which move, and rows of a later dimension are copied.
func (p *partition) cutRows(in *Input, t *graph.Tensor, from, to int) graph.Tensor {
	symbol, axis := p.symbol(in), p.network.axis(in)
	first, rows := p.start(symbol, from), p.count(symbol, from, to)
	blocks, width := 1, 1
	for k, d := range t.Shape {
		switch {
		case k < axis:
			blocks *= int(d)
		case k > axis:
			width *= int(d)
		}
	}
	shape := slices.Clone(t.Shape)
	shape[axis] = rows
	if blocks == 1 && counted[in.Field] == "" {
		out := t.Slice(int(first)*width, int(first+rows)*width)
		out.Shape = shape
		return out
	}
	parts := make([]graph.Tensor, blocks) // one behind the other
	stride := int(t.Shape[axis]) * width
	for b := range blocks {
		parts[b] = t.Slice(b*stride+int(first)*width, b*stride+int(first+rows)*width)
	}
	return p.copied(t.DType, shape, parts)
}

// copied lays parts behind each other. Indices have memory that is made once a request.
func (p *partition) copied(d graph.DType, shape []int64, parts []graph.Tensor) graph.Tensor {
	out := graph.Tensor{DType: d, Shape: shape}
	if d == graph.Int64 {
		out.I64 = p.room(out.Len())
	} else {
		reserve(&out)
	}
	for b := range parts {
		out.F32 = append(out.F32, parts[b].F32...)
		out.F64 = append(out.F64, parts[b].F64...)
		out.I64 = append(out.I64, parts[b].I64...)
		out.B = append(out.B, parts[b].B...)
	}
	return out
}

// room is memory for n indices.
func (p *partition) room(n int) []int64 {
	if cap(p.ints)-len(p.ints) < n {
		all := 0
		for j := range p.in {
			all += len(p.in[j].I64)
		}
		p.ints = make([]int64, 0, max(n, all))
	}
	at := len(p.ints)
	p.ints = p.ints[:at+n]
	return p.ints[at : at : at+n]
}

// offsets are the starts of graphs, and behind them the end.
func (p *partition) offsets(t *graph.Tensor, from, to int) graph.Tensor {
	part := t.Slice(from, to+1)
	return p.copied(t.DType, []int64{int64(to-from) + 1}, []graph.Tensor{part})
}

// within moves indices back by what stands before the graphs, and wants them to be of these graphs.
func (p *partition) within(in *Input, t *graph.Tensor, symbol string, from, to int) bool {
	shift, n := p.start(symbol, from), p.count(symbol, from, to)
	if symbol == "M" && p.start("E", from)%2+p.start("E", to)%2 != 0 {
		return false // half an edge
	}
	if in.Field == "graph_offsets" {
		n++ // their last is the end
	}
	for k := range t.I64 {
		v := t.I64[k] - shift
		if uint64(v) >= uint64(n) {
			return false
		}
		t.I64[k] = v
	}
	return true
}
