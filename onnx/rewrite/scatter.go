package rewrite

import (
	"fmt"
	"slices"

	"molserve/onnx/proto"
)

// scatter rewrites ScatterElements(axis 0, a reduction) whose indices are one column repeated over all
// others, as torch's scatter_add writes them, to ScatterND over rows [E,1]: the same sums in the same
// order, without an index for each number.
func (e *editor) scatter(n *proto.Node) []*proto.Node {
	left := func(why string) []*proto.Node {
		e.result.Left = append(e.result.Left, Change{n.Name, "ScatterElements stays", why})
		return []*proto.Node{n}
	}
	reduction := n.Text("reduction", "none")
	if reduction == "none" || len(n.In) != 3 {
		return left("it has no reduction")
	}
	data, index := e.values[n.In[0]], e.values[n.In[1]]
	rank := len(data.Dims)
	if !data.Known || !index.Known {
		return left("the file does not say the shapes of its data and its indices")
	}
	if rank < 2 || len(index.Dims) != rank {
		return left("its data has one dimension: there is nothing to gain")
	}
	if axis := n.Int("axis", 0); axis != 0 && axis != -int64(rank) {
		return left(fmt.Sprintf("its axis is %d", axis))
	}
	for j := 1; j < rank; j++ {
		if !same(data.Dims[j], index.Dims[j]) {
			return left("its indices do not span the rows of its data")
		}
	}
	column, why := e.column(n.In[1], rank)
	if column == "" {
		return left(why)
	}
	var nodes []*proto.Node
	if rank > 2 {
		rows := &proto.Node{Name: e.name(), Op: "Reshape", In: []string{column, e.integers(-1, 1)}, Out: []string{e.name()}}
		nodes, column = append(nodes, rows), rows.Out[0]
	}
	e.loose = append(e.loose, n.In[1])
	e.result.Changes = append(e.result.Changes, Change{n.Name, fmt.Sprintf("ScatterElements(%s) of expanded indices is ScatterND(%s) of rows", reduction, reduction),
		"an index for each row, not for each number: the same sums, several times faster"})
	return append(nodes, &proto.Node{Name: n.Name, Op: "ScatterND", In: []string{n.In[0], column, n.In[2]}, Out: n.Out,
		Attrs: []*proto.Attr{{Name: "reduction", String: []byte(reduction)}}})
}

// same tells sizes that are known to be equal.
func same(a, b proto.Dim) bool {
	if a.Symbol != "" || b.Symbol != "" {
		return a.Symbol == b.Symbol
	}
	return a.Size >= 0 && a.Size == b.Size
}

// column follows indices back through Expand to what was expanded, which must be [E,1,…,1] with the same
// E. It returns "" and the reason where it is not.
func (e *editor) column(index string, rank int) (name, why string) {
	expanded := e.values[index]
	expands := 0
	for n := e.makers[index]; n != nil && (n.Op == "Expand" || n.Op == "Tile" || n.Op == "Identity"); n = e.makers[index] {
		index, expands = n.Input(0), expands+1
		if expands == 8 {
			break
		}
	}
	if expands == 0 {
		return "", "its indices are not expanded from one column"
	}
	n := e.makers[index]
	if n == nil {
		return "", "where its indices come from is not known"
	}
	shape, ok := e.integersOf(n.Input(1))
	isColumn := false
	switch n.Op {
	case "Reshape":
		isColumn = ok && len(shape) == rank && shape[0] == -1 && !slices.ContainsFunc(shape[1:], func(d int64) bool { return d != 1 })
	case "Unsqueeze":
		isColumn = ok && len(shape) == rank-1 && trailing(shape, rank)
	}
	if !isColumn {
		return "", fmt.Sprintf("what is expanded is made by %s, not as one column", n.Op)
	}
	rows, ok := e.rows(index, n)
	if !ok || len(expanded.Dims) == 0 || !same(rows, expanded.Dims[0]) {
		return "", "the file does not say that as many rows are expanded as there are"
	}
	return index, ""
}

// trailing tells axes that are 1 … rank−1, in any order, counted from either end.
func trailing(axes []int64, rank int) bool {
	got := make([]int64, len(axes))
	for i, a := range axes {
		if got[i] = a; a < 0 {
			got[i] += int64(rank)
		}
	}
	slices.Sort(got)
	for i, a := range got {
		if a != int64(i+1) {
			return false
		}
	}
	return true
}

// rows is the first dimension of a column, or of the vector that it was made of.
func (e *editor) rows(column string, maker *proto.Node) (proto.Dim, bool) {
	for _, name := range []string{column, maker.Input(0)} {
		if v := e.values[name]; v.Known && len(v.Dims) > 0 {
			return v.Dims[0], true
		}
	}
	return proto.Dim{}, false
}

// maxShape bounds the numbers of a shape or of axes; tensors have fewer dimensions.
const maxShape = 32

// integersOf are the numbers of a constant that is a shape, or axes.
func (e *editor) integersOf(name string) ([]int64, bool) {
	t := e.constants[name]
	if t == nil {
		return nil, false
	}
	return t.Int64s(maxShape)
}
