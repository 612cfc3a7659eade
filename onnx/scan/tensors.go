package scan

import (
	"fmt"

	"molserve/onnx/proto"
)

// tensor holds what a tensor declares against the data that it has. Op is empty for an initializer.
func (s *scanner) tensor(t *proto.Tensor, node, op string) {
	if t.External {
		s.add(node, op, "its data is in another file", "export with all weights in model.onnx (external_data=False)")
		return
	}
	n, ok := t.Len()
	w := t.Width()
	switch {
	case t.Segment:
		s.add(node, op, "is a segment of a tensor", "export it again")
	case w == 0:
		s.add(node, op, fmt.Sprintf("has elements of type %d, which is not read", t.DType), "export as float32, float64, int64 or bool")
	case !ok:
		s.add(node, op, fmt.Sprintf("has dimensions %v, whose product is no size", t.Dims), "export it again")
	case n > s.MaxInitializer/w || t.Bytes() > s.MaxInitializer:
		s.add(node, op, fmt.Sprintf("declares %v elements of %d bytes, at most %d bytes are taken", t.Dims, w, s.MaxInitializer), "export a smaller network")
	case n != t.Elements():
		s.add(node, op, fmt.Sprintf("declares %v, %d elements of %d bytes, and has %d bytes", t.Dims, n, w, t.Bytes()), "export it again")
	}
}

// external looks for tensors whose data is elsewhere, and for sparse ones, whose parts are not read.
func (s *scanner) external(g *proto.Graph) {
	const reason, cure = "has a tensor whose data is in another file", "export with all weights in model.onnx"
	for _, t := range g.Initializers {
		if t.External {
			s.add(t.Name, "", reason, cure)
		}
	}
	sparse := g.Sparse
	for _, n := range g.Nodes {
		for _, a := range n.Attrs {
			sparse += a.Sparse
			for _, t := range a.Tensors {
				if t.External {
					s.add(n.Name, n.Op, reason, cure)
				}
			}
			for _, inner := range a.Graphs {
				s.external(inner)
			}
		}
	}
	if sparse > 0 {
		s.add("", "", "has sparse tensors, whose data may be in another file", cure)
	}
}

// maxShape bounds the numbers of a shape.
const maxShape = 32

// filled bounds what ConstantOfShape makes of a shape that stands in the file.
func (s *scanner) filled(n *proto.Node, names scope) {
	t := names.constant(n.Input(0))
	if t == nil {
		return
	}
	dims, ok := t.Int64s(maxShape)
	if !ok {
		if rank := t.Elements(); t.DType == proto.Int64 && rank > maxShape {
			s.add(n.Name, n.Op, fmt.Sprintf("fills %d dimensions, at most %d are taken", rank, maxShape), "export it again")
		}
		return
	}
	if size, ok := proto.Product(dims); !ok || size > s.MaxInitializer/8 {
		s.add(n.Name, n.Op, fmt.Sprintf("fills %v elements, at most %d are taken", dims, s.MaxInitializer/8), "export a smaller network")
	}
}

// recurrent wants a batch that is never empty: with none ONNX Runtime ends the process.
func (s *scanner) recurrent(n *proto.Node, names scope) {
	v, ok := names.value(n.Input(0))
	if ok && len(v.Dims) == 3 {
		if d := v.Dims[1]; d.Size > 0 || s.some[d.Symbol] {
			return
		}
	}
	s.add(n.Name, n.Op, "its batch may be empty, at which ONNX Runtime ends the process",
		fmt.Sprintf("export torch.nn.%sCell, or give the batch the dimension of an input that is never empty (atoms, graphs) by name", n.Op))
}
