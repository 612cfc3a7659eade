package onnx

import (
	"fmt"
	"slices"

	"molserve/preprocess/graph"
)

// rowsOf are the symbols of what has a row of an output.
var rowsOf = map[string]string{graph.PerGraph: "G", graph.PerAtom: "N", graph.PerEdge: "E", graph.PerPair: "P"}

// ownerOf is the symbol of the rows of an output tensor, empty when the manifest does not tell.
func (m *Model) ownerOf(tensor string) string {
	i := slices.IndexFunc(m.manifest.Outputs, func(o Output) bool { return o.Tensor == tensor })
	if i < 0 {
		return ""
	}
	return rowsOf[m.manifest.Outputs[i].Per]
}

// axis is the dimension that grows when requests are merged, -1 when there is none.
func (m *Model) axis(in *Input) int {
	return slices.IndexFunc(in.Shape, func(d Dim) bool { return d.Symbol != "" })
}

// counted is what the numbers of a field count, by its symbol: indices of a merged request are moved on by
// as many as the requests before it have. Other fields are copied.
var counted = map[string]string{
	"edge_index": "N", "edge_list": "N", "edge_src": "N", "edge_dst": "N", "pair_index": "N", "graph_offsets": "N",
	"graph_index": "G", "edge_graph_index": "G",
	"reverse_edge": "E", "line_graph_index": "E", "edge_bond_index": "M",
}

// merge joins the tensors of requests: rows behind rows, indices moved on.
func (n *network) merge(requests [][]graph.Tensor, of []sizes) []graph.Tensor {
	merged := make([]graph.Tensor, len(n.order))
	for j, i := range n.order {
		in := &n.manifest.Inputs[i]
		parts := make([]graph.Tensor, len(requests))
		shift := int64(0)
		for r := range requests {
			parts[r] = moved(in, &requests[r][j], shift, r > 0)
			shift += count(counted[in.Field], of[r])
		}
		merged[j] = join(parts, n.axis(in))
	}
	return merged
}

// count is the size of a symbol. M, half the edges, need not stand in a shape.
func count(symbol string, of sizes) int64 {
	if symbol == "M" {
		return of.of("E") / 2
	}
	return of.of(symbol)
}

// moved is a request's tensor with its indices moved on by shift. Offsets of a later request begin where
// those before it end, which stands there already.
func moved(in *Input, t *graph.Tensor, shift int64, later bool) graph.Tensor {
	out := *t
	if in.Field == "graph_offsets" && later {
		out.I64, out.Shape = out.I64[1:], []int64{out.Shape[0] - 1}
	}
	if counted[in.Field] == "" || shift == 0 {
		return out
	}
	out.I64 = slices.Clone(out.I64)
	for k := range out.I64 {
		out.I64[k] += shift
	}
	return out
}

// join lays tensors behind each other along an axis.
func join(parts []graph.Tensor, axis int) graph.Tensor {
	out := graph.Tensor{DType: parts[0].DType, Shape: slices.Clone(parts[0].Shape)}
	out.Shape[axis] = 0
	blocks := 1 // before the axis
	for _, d := range out.Shape[:axis] {
		blocks *= int(d)
	}
	for r := range parts {
		out.Shape[axis] += parts[r].Shape[axis]
	}
	reserve(&out)
	for b := range blocks {
		for r := range parts {
			p := &parts[r]
			width := p.Len() / blocks
			out.F32 = appendRows(out.F32, p.F32, b, width)
			out.F64 = appendRows(out.F64, p.F64, b, width)
			out.I64 = appendRows(out.I64, p.I64, b, width)
			out.B = appendRows(out.B, p.B, b, width)
		}
	}
	return out
}

func appendRows[T any](out, rows []T, block, width int) []T {
	if len(rows) == 0 {
		return out
	}
	return append(out, rows[block*width:(block+1)*width]...)
}

// split gives the rows of outputs back to the requests. It fails when an output has not the rows of the batch.
func (n *network) split(outputs []graph.Tensor, of []sizes) ([][]graph.Tensor, error) {
	out := make([][]graph.Tensor, len(of))
	for k := range outputs {
		t, symbol := &outputs[k], n.ownerOf(n.outputs[k])
		rows, from := int64(0), 0
		for r := range of {
			rows += of[r].of(symbol)
		}
		if len(t.Shape) == 0 || t.Shape[0] != rows {
			return nil, fmt.Errorf("output %s is %s, the batch has %d rows of it", n.outputs[k], t, rows)
		}
		width := t.Len() / max(int(rows), 1)
		for r := range of {
			to := from + int(of[r].of(symbol))*width
			part := t.Slice(from, to)
			part.Shape = append([]int64{of[r].of(symbol)}, t.Shape[1:]...)
			out[r], from = append(out[r], part), to
		}
	}
	return out, nil
}

// reserve makes room for the elements of t, of which it has none yet.
func reserve(t *graph.Tensor) {
	n := t.Len()
	switch t.DType {
	case graph.Float32:
		t.F32 = make([]float32, 0, n)
	case graph.Float64:
		t.F64 = make([]float64, 0, n)
	case graph.Int64:
		t.I64 = make([]int64, 0, n)
	case graph.Bool:
		t.B = make([]bool, 0, n)
	}
}
