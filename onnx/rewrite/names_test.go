package rewrite_test

import (
	"bytes"
	"testing"

	"molserve/onnx/proto"
	"molserve/onnx/rewrite"
)

// A name that a graph inside has would be two things there.
func TestNamesOfInnerGraphsAreNotTaken(t *testing.T) {
	for what, inner := range map[string]*proto.Graph{
		"initializer": {Initializers: []*proto.Tensor{proto.Int64Tensor("rewritten_1", nil)}},
		"input":       {Inputs: []proto.Value{{Name: "rewritten_1"}}},
		"result":      {Nodes: []*proto.Node{{Op: "Relu", Out: []string{"rewritten_1"}}}},
	} {
		m, err := proto.Parse(proto.Smallest(), proto.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		m.Graph.Nodes = append(m.Graph.Nodes,
			&proto.Node{Op: "If", In: []string{"b"}, Out: []string{"c"}, Attrs: []*proto.Attr{{Name: "then_branch", Graphs: []*proto.Graph{inner}}}},
			&proto.Node{Op: "Einsum", In: []string{"x", "z"}, Out: []string{"e"}, Attrs: []*proto.Attr{{Name: "equation", String: []byte("ij,ki->jk")}}})
		r, err := rewrite.Network(m)
		if err != nil || len(r.Changes) != 1 {
			t.Fatal(err, r.Changes)
		}
		if bytes.Contains(r.Bytes, []byte("rewritten_1\x12")) || bytes.Contains(r.Bytes, []byte("rewritten_1\n")) || !bytes.Contains(r.Bytes, []byte("rewritten_2")) {
			t.Errorf("%s: %q", what, r.Bytes)
		}
	}
}
