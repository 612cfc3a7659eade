package rewrite

import (
	"strings"

	"molserve/onnx/proto"
)

// einsum rewrites an Einsum to ReduceSum, Transpose, Unsqueeze, Mul and MatMul, which take empty operands.
// Operands are joined from left to right. Refused are diagonals and the ellipsis.
func (e *editor) einsum(n *proto.Node) []*proto.Node {
	const cure = "export with torch.matmul, or trace with make_fx, which writes MatMul"
	text := n.Text("equation", "")
	q, err := parseEquation(text, len(n.In))
	switch {
	case err != nil:
		e.refuse(n, "its equation "+text+" "+err.Error()+", which is not rewritten, and ONNX Runtime can end the process at it", cure)
		return []*proto.Node{n}
	case e.model.Opset() < oldest:
		e.refuse(n, "is not rewritten in an opset before 13, and ONNX Runtime can end the process at it", "export with opset 18")
		return []*proto.Node{n}
	case len(n.Out) != 1:
		e.refuse(n, "has no result", "export it again")
		return []*proto.Node{n}
	}
	c := &contraction{editor: e, of: n}
	acc := term{n.In[0], q.operands[0]}
	for i := 1; i < len(n.In); i++ {
		rest := q.out + strings.Join(q.operands[i+1:], "")
		acc = c.join(acc, term{n.In[i], q.operands[i]}, rest)
	}
	acc = c.sum(acc, without(acc.labels, q.out))
	acc = c.order(acc, q.out)
	if len(c.nodes) == 0 {
		c.emit("Identity", q.out, []string{acc.name})
	}
	c.nodes[len(c.nodes)-1].Out = n.Out
	e.result.Changes = append(e.result.Changes, Change{n.Name, "Einsum " + text + " is " + c.operators(),
		"ONNX Runtime can end the process at an Einsum of an empty operand"})
	return c.nodes
}

// term is a tensor with a label for each axis.
type term struct{ name, labels string }

// contraction collects the nodes that stand for one Einsum.
type contraction struct {
	*editor
	of    *proto.Node
	nodes []*proto.Node
}

// operators lists what was written.
func (c *contraction) operators() string {
	var ops []string
	for _, n := range c.nodes {
		ops = append(ops, n.Op)
	}
	return strings.Join(ops, ", ")
}

// emit adds a node with one result.
func (c *contraction) emit(op, labels string, in []string, attrs ...*proto.Attr) term {
	out := c.name()
	c.nodes = append(c.nodes, &proto.Node{Name: c.of.Name + "/" + out, Op: op, In: in, Out: []string{out}, Attrs: attrs})
	return term{out, labels}
}

// join multiplies two terms and sums over the labels that rest does not need.
func (c *contraction) join(a, b term, rest string) term {
	a = c.sum(a, without(without(a.labels, b.labels), rest))
	b = c.sum(b, without(without(b.labels, a.labels), rest))
	shared := both(a.labels, b.labels)
	summed := without(shared, rest)
	ofA, ofB := without(a.labels, b.labels), without(b.labels, a.labels)
	switch {
	case summed == "":
	case len(ofA) <= 1 && len(ofB) <= 1:
		return c.batched(a, b, both(shared, rest), summed)
	case len(shared) == 1 && len(ofB) <= 1:
		return c.matrix(a, b, summed)
	case len(shared) == 1 && len(ofA) <= 1:
		return c.matrix(b, a, summed)
	}
	// ONNX Runtime's MatMul does not broadcast to no rows, so that products of other kinds are written out.
	all := both(shared, rest) + ofA + ofB + summed
	return c.sum(c.emit("Mul", all, []string{c.spread(a, all).name, c.spread(b, all).name}), summed)
}

// batched is a MatMul over the labels that both terms have, of at most one row and one column label. The
// last summed label is the inner axis, further ones are summed afterwards.
func (c *contraction) batched(a, b term, kept, summed string) term {
	row, column := without(a.labels, b.labels), without(b.labels, a.labels)
	inner, further := last(summed)
	lead := kept + further
	// An absent row or column is an axis of size 1, under a label of its own.
	left, right := c.spread(a, lead+or(row, "<")+inner), c.spread(b, lead+inner+or(column, ">"))
	product := c.emit("MatMul", lead+or(row, "<")+or(column, ">"), []string{left.name, right.name})
	return c.sum(c.drop(product, "<>"), further)
}

// matrix is a MatMul of a term of any rank with a matrix or a vector, over one label.
func (c *contraction) matrix(a, b term, inner string) term {
	rows, column := without(a.labels, inner), without(b.labels, inner)
	left, right := c.order(a, rows+inner), c.spread(b, inner+or(column, ">"))
	return c.drop(c.emit("MatMul", rows+or(column, ">"), []string{left.name, right.name}), ">")
}

// last splits off the last label; it is "" where there is none.
func last(labels string) (label, others string) {
	if labels == "" {
		return "", ""
	}
	return labels[len(labels)-1:], labels[:len(labels)-1]
}

func or(label, absent string) string {
	if label == "" {
		return absent
	}
	return label
}

// sum sums a term over labels.
func (c *contraction) sum(t term, over string) term {
	if over == "" {
		return t
	}
	return c.emit("ReduceSum", without(t.labels, over), []string{t.name, c.axes(t.labels, over)}, &proto.Attr{Name: "keepdims", Int: 0})
}

// drop removes axes of size 1.
func (c *contraction) drop(t term, labels string) term {
	if labels = both(t.labels, labels); labels == "" {
		return t
	}
	return c.emit("Squeeze", without(t.labels, labels), []string{t.name, c.axes(t.labels, labels)})
}

// spread brings a term's axes into the order of labels, with axes of size 1 for those that it has not.
func (c *contraction) spread(t term, labels string) term {
	t = c.order(t, both(labels, t.labels))
	missing := without(labels, t.labels)
	if missing == "" {
		return t
	}
	return c.emit("Unsqueeze", labels, []string{t.name, c.axes(labels, missing)})
}

// order transposes.
func (c *contraction) order(t term, labels string) term {
	if t.labels == labels {
		return t
	}
	perm := make([]int64, len(labels))
	for i, l := range labels {
		perm[i] = int64(strings.IndexRune(t.labels, l))
	}
	return c.emit("Transpose", labels, []string{t.name}, &proto.Attr{Name: "perm", Ints: perm})
}

// axes is an initializer with the places of some labels.
func (c *contraction) axes(labels, some string) string {
	var at []int64
	for i, l := range labels {
		if strings.ContainsRune(some, l) {
			at = append(at, int64(i))
		}
	}
	return c.integers(at...)
}
