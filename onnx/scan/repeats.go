package scan

import (
	"cmp"
	"fmt"
	"slices"

	"molserve/onnx/proto"
)

// maxIndices bounds the constant indices of a file that are compared with each other, of all nodes together.
const maxIndices = 1 << 20

// constantIndices looks for a place that constant indices name twice.
func (s *scanner) constantIndices(n *proto.Node, t *proto.Tensor, names scope) {
	if s.indices += t.Elements(); s.indices > maxIndices {
		s.add(n.Name, n.Op, fmt.Sprintf("has constant indices and no reduction, and with it the file has more than %d of them to compare", maxIndices), "export with a reduction, or compute the indices")
		return
	}
	index, ok := t.Int64s(maxIndices)
	if !ok || len(t.Dims) == 0 || len(index) == 0 {
		return
	}
	data, _ := names.value(n.Input(0))
	var twice bool
	if n.Op == "ScatterND" {
		twice = rowsRepeat(index, int(t.Dims[len(t.Dims)-1]), data.Dims)
	} else {
		twice = linesRepeat(index, t.Dims, int(n.Int("axis", 0)), data.Dims)
	}
	if twice {
		s.add(n.Name, n.Op, "writes a place twice", "export it again")
	}
}

// rowsRepeat tells indices of ScatterND, width numbers a place, that name one twice.
func rowsRepeat(index []int64, width int, data []proto.Dim) bool {
	if width == 0 {
		return true
	}
	for i, v := range index {
		index[i] = fromFront(v, i%width, data)
	}
	row := func(k int32) []int64 { return index[int(k)*width : (int(k)+1)*width] }
	return anyEqual(len(index)/width, func(a, b int32) int { return slices.Compare(row(a), row(b)) })
}

// linesRepeat tells indices of ScatterElements that name a number twice in the same line along the axis.
func linesRepeat(index, dims []int64, axis int, data []proto.Dim) bool {
	if axis < 0 {
		axis += len(dims)
	}
	if axis < 0 || axis >= len(dims) {
		return false
	}
	inner, along := int64(1), dims[axis]
	for _, d := range dims[axis+1:] {
		inner *= d
	}
	for i, v := range index {
		index[i] = fromFront(v, axis, data)
	}
	line := func(k int32) int64 { return int64(k)/(inner*along)*inner + int64(k)%inner }
	return anyEqual(len(index), func(a, b int32) int {
		return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(index[a], index[b]))
	})
}

// fromFront counts an index of a dimension from its beginning, where the file says how long it is.
func fromFront(v int64, axis int, data []proto.Dim) int64 {
	if v < 0 && axis < len(data) && data[axis].Size > 0 {
		v += data[axis].Size
	}
	return v
}

// anyEqual tells whether two of 0 … n−1 are equal.
func anyEqual(n int, compare func(a, b int32) int) bool {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, compare)
	for i := 1; i < n; i++ {
		if compare(order[i-1], order[i]) == 0 {
			return true
		}
	}
	return false
}
