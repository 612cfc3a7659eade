package rewrite

import (
	"fmt"
	"slices"

	"molserve/onnx/proto"
	"molserve/onnx/scan"
)

// Change is one thing that was done.
type Change struct {
	Node string `json:"node"` // or the initializer
	What string `json:"what"`
	Why  string `json:"why"`
}

// Result is what became of a file.
type Result struct {
	Bytes   []byte   // nil: nothing was changed
	Changes []Change // in the order of the file
	Left    []Change // what could not be, and need not be: Why says what was missing
}

// oldest is the first opset whose Squeeze, Unsqueeze and ReduceSum take their axes as tensors.
const oldest = 13

// editor changes the outermost graph of a model.
type editor struct {
	model     *proto.Model
	graph     *proto.Graph
	makers    map[string]*proto.Node
	constants map[string]*proto.Tensor
	values    map[string]proto.Value
	taken     map[string]bool // names in use
	made      int             // names that were made
	loose     []string        // tensors that lost a reader
	result    Result
	faults    scan.Faults
}

// Network rewrites a model that was scanned. Its error is scan.Faults: operators that must not reach
// ONNX Runtime and could not be rewritten. The model must not be used afterwards.
func Network(m *proto.Model) (Result, error) {
	e := newEditor(m)
	e.nested(m.Graph, 0)
	nodes := make([]*proto.Node, 0, len(m.Graph.Nodes))
	for _, n := range m.Graph.Nodes {
		switch n.Op {
		case "ScatterElements":
			nodes = append(nodes, e.scatter(n)...)
		case "Einsum":
			nodes = append(nodes, e.einsum(n)...)
		default:
			nodes = append(nodes, n)
		}
	}
	m.Graph.Nodes = nodes
	e.sweep()
	e.flush()
	if err := e.faults.Err(); err != nil {
		return Result{}, err
	}
	if len(e.result.Changes) > 0 {
		e.result.Bytes = m.Bytes()
	}
	return e.result, nil
}

func newEditor(m *proto.Model) *editor {
	g := m.Graph
	e := &editor{model: m, graph: g, makers: map[string]*proto.Node{}, constants: map[string]*proto.Tensor{},
		values: map[string]proto.Value{}, taken: map[string]bool{}}
	for _, t := range g.Initializers {
		e.constants[t.Name], e.taken[t.Name] = t, true
	}
	for _, n := range g.Nodes {
		for _, name := range n.Out {
			e.makers[name], e.taken[name] = n, true
		}
		if a := n.Attr("value"); n.Op == "Constant" && a != nil && len(a.Tensors) == 1 && len(n.Out) == 1 {
			e.constants[n.Out[0]] = a.Tensors[0]
		}
	}
	for _, list := range [][]proto.Value{g.Values, g.Outputs, g.Inputs} {
		for _, v := range list {
			e.taken[v.Name] = true
			if v.Known {
				e.values[v.Name] = v
			}
		}
	}
	return e
}

// nested refuses what must be rewritten inside other graphs, which are left as they are, and notes their
// names.
func (e *editor) nested(g *proto.Graph, depth int) {
	for _, t := range g.Initializers {
		e.taken[t.Name] = true
	}
	for _, v := range slices.Concat(g.Inputs, g.Outputs, g.Values) {
		e.taken[v.Name] = true
	}
	for _, n := range g.Nodes {
		if depth > 0 && n.Op == "Einsum" {
			e.refuse(n, "stands inside control flow, where it is not rewritten", "export without control flow, or with MatMul")
		}
		for _, name := range n.Out {
			e.taken[name] = true
		}
		for _, a := range n.Attrs {
			for _, inner := range a.Graphs {
				e.nested(inner, depth+1)
			}
		}
	}
}

func (e *editor) refuse(n *proto.Node, reason, cure string) {
	e.faults = append(e.faults, scan.Fault{Node: n.Name, Op: n.Op, Reason: reason, Cure: cure})
}

// name makes one that no tensor has.
func (e *editor) name() string {
	for {
		e.made++
		if name := fmt.Sprintf("rewritten_%d", e.made); !e.taken[name] {
			e.taken[name] = true
			return name
		}
	}
}

// integers adds a one-dimensional initializer.
func (e *editor) integers(values ...int64) string {
	t := proto.Int64Tensor(e.name(), values)
	e.graph.Initializers = append(e.graph.Initializers, t)
	return t.Name
}

// sweep removes the nodes that nobody reads any more: those whose readers were rewritten, and what led
// to them alone.
func (e *editor) sweep() {
	readers := map[string]int{}
	for _, v := range e.graph.Outputs {
		readers[v.Name]++
	}
	count(e.graph, readers)
	dead := map[*proto.Node]bool{}
	for len(e.loose) > 0 {
		name := e.loose[len(e.loose)-1]
		e.loose = e.loose[:len(e.loose)-1]
		n := e.makers[name]
		if n == nil || dead[n] || slices.ContainsFunc(n.Out, func(out string) bool { return readers[out] > 0 }) {
			continue
		}
		dead[n] = true
		for _, in := range n.In {
			readers[in]--
			e.loose = append(e.loose, in)
		}
	}
	e.graph.Nodes = slices.DeleteFunc(e.graph.Nodes, func(n *proto.Node) bool { return dead[n] })
}

// count counts the readers of names, in inner graphs too, which read those of outer ones.
func count(g *proto.Graph, readers map[string]int) {
	for _, n := range g.Nodes {
		for _, in := range n.In {
			readers[in]++
		}
		for _, a := range n.Attrs {
			for _, inner := range a.Graphs {
				for _, v := range inner.Outputs {
					readers[v.Name]++
				}
				count(inner, readers)
			}
		}
	}
}
