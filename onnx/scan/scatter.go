package scan

import (
	"fmt"

	"molserve/onnx/proto"
)

// scatterReductions came with opset 16 and had all their kinds with 18.
const scatterReductions = 18

// scatter looks at what happens where two updates meet.
func (s *scanner) scatter(n *proto.Node, names scope) {
	reduction := n.Text("reduction", "none")
	if reduction != "none" {
		if v := s.model.Opset(); v < scatterReductions {
			s.add(n.Name, n.Op, fmt.Sprintf("has reduction %q in opset %d", reduction, v), "export with opset 18 or newer")
		}
		return
	}
	if names.uniform(n.Input(2)) {
		return // all updates are one number: their order does not matter
	}
	if t := names.constant(n.Input(1)); t != nil {
		s.constantIndices(n, t, names)
		return
	}
	if root := names.dataRoot(n.Input(1)); root != "" {
		s.add(n.Name, n.Op, fmt.Sprintf("has no reduction, and its indices come from %q, where they may repeat: the last update would win", root),
			"a mean or sum was lost in the export (scatter_reduce mean with include_self=False): export index_add, and divide by a count")
	}
}

// maxTrace bounds the nodes that one trace visits, so that a scan stays linear.
const maxTrace = 64

// through are the operators that pass indices on, and how many of their inputs are indices.
var through = map[string]int{
	"Identity": 1, "Cast": 1, "Unsqueeze": 1, "Squeeze": 1, "Reshape": 1, "Flatten": 1, "Transpose": 1, "Expand": 1, "Tile": 1,
	"Slice": 1, "Gather": 2, "GatherND": 2, "GatherElements": 2, "Concat": 16, "Add": 2, "Sub": 2, "Mul": 2, "Div": 2, "Mod": 2, "Where": 3,
	"Max": 2, "Min": 2, "Split": 1, "Compress": 2, "Clip": 1,
}

// dataRoot follows indices back and returns the input of the network that they come from, or "".
func (s scope) dataRoot(name string) string {
	queue, seen := []string{name}, map[string]bool{}
	for len(queue) > 0 && len(seen) < maxTrace {
		name := queue[0]
		queue = queue[1:]
		if seen[name] || name == "" {
			continue
		}
		seen[name] = true
		if s.isInput(name) {
			return name
		}
		n := s.maker(name)
		if n == nil {
			continue
		}
		queue = append(queue, n.In[:min(len(n.In), through[n.Op])]...)
	}
	return ""
}

// uniform tells tensors that hold one number in all places.
func (s scope) uniform(name string) bool {
	for range maxTrace {
		if t := s.constant(name); t != nil {
			n, ok := t.Len()
			return ok && n == 1
		}
		n := s.maker(name)
		switch {
		case n == nil:
			return false
		case n.Op == "ConstantOfShape":
			return true
		case through[n.Op] == 1 || n.Op == "Gather" || n.Op == "GatherND" || n.Op == "Compress":
			name = n.Input(0)
		default:
			return false
		}
	}
	return false
}
