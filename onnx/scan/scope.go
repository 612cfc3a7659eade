package scan

import "molserve/onnx/proto"

// scope resolves names of a graph and those around it.
type scope struct {
	levels []*level // outermost first
}

// level is one graph's names.
type level struct {
	makers    map[string]*proto.Node
	constants map[string]*proto.Tensor
	values    map[string]proto.Value
	inputs    map[string]bool
}

// within returns the scope of a graph inside s.
func (s scope) within(g *proto.Graph) scope {
	l := &level{map[string]*proto.Node{}, map[string]*proto.Tensor{}, map[string]proto.Value{}, map[string]bool{}}
	for _, t := range g.Initializers {
		l.constants[t.Name] = t
	}
	for _, n := range g.Nodes {
		for _, name := range n.Out {
			l.makers[name] = n
		}
	}
	for _, list := range [][]proto.Value{g.Values, g.Outputs, g.Inputs} {
		for _, v := range list {
			if v.Known {
				l.values[v.Name] = v
			}
		}
	}
	for _, v := range g.Inputs {
		l.inputs[v.Name] = l.constants[v.Name] == nil
	}
	return scope{append(s.levels[:len(s.levels):len(s.levels)], l)}
}

// find calls f from the innermost graph outwards until it returns true.
func (s scope) find(f func(*level) bool) {
	for i := len(s.levels) - 1; i >= 0; i-- {
		if f(s.levels[i]) {
			return
		}
	}
}

// maker is the node that makes a tensor, or nil.
func (s scope) maker(name string) (n *proto.Node) {
	s.find(func(l *level) bool { n = l.makers[name]; return n != nil || l.inputs[name] })
	return n
}

// isInput tells inputs of a graph: for an inner one, what its node passes in.
func (s scope) isInput(name string) (is bool) {
	s.find(func(l *level) bool { is = l.inputs[name]; return is || l.makers[name] != nil })
	return is
}

// constant is the tensor of an initializer or of a Constant node, or nil.
func (s scope) constant(name string) (t *proto.Tensor) {
	s.find(func(l *level) bool { t = l.constants[name]; return t != nil })
	if n := s.maker(name); t == nil && n != nil && n.Op == "Constant" {
		if a := n.Attr("value"); a != nil && len(a.Tensors) == 1 {
			return a.Tensors[0]
		}
	}
	return t
}

// value is what the file says of a tensor's shape.
func (s scope) value(name string) (v proto.Value, ok bool) {
	s.find(func(l *level) bool { v, ok = l.values[name]; return ok })
	return v, ok
}
