package proto

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Limits bound what is parsed. The zero value has the defaults.
type Limits struct {
	Items int // nodes, attributes, tensors, names, dimensions, integers, of all graphs together; default 4,000,000
	Depth int // graphs within graphs; default 8
}

// The defaults of Limits. The largest graph network of the field that was seen has some ten thousand
// nodes; one item takes up to 200 bytes of memory.
const (
	defaultItems = 4_000_000
	defaultDepth = 8
)

// maxRank bounds the dimensions of a tensor; no operator of ONNX takes more than a few.
const maxRank = 32

// LimitError is the error of a file that holds more than its limits.
type LimitError struct{ Reason string }

// Error returns the reason.
func (e *LimitError) Error() string { return e.Reason }

// parser counts what it keeps.
type parser struct {
	limits Limits
	items  int
}

// Parse reads a ModelProto. It takes time linear in the bytes; its error is ErrFormat or a LimitError.
func Parse(data []byte, limits Limits) (*Model, error) {
	if limits.Items <= 0 {
		limits.Items = defaultItems
	}
	if limits.Depth <= 0 {
		limits.Depth = defaultDepth
	}
	p := &parser{limits: limits}
	m := &Model{}
	err := fields(data, func(f field) error { return p.model(m, f) })
	if err == nil && m.Graph == nil {
		err = ErrFormat
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// keep counts one more thing.
func (p *parser) keep() error {
	if p.items++; p.items > p.limits.Items {
		return &LimitError{fmt.Sprintf("holds more than %d nodes, attributes, tensors, names and sizes", p.limits.Items)}
	}
	return nil
}

func (p *parser) model(m *Model, f field) error {
	switch f.number {
	case 7:
		if m.Graph != nil || f.wire != protowire.BytesType {
			return ErrFormat // a second graph would be merged into the first by some readers
		}
		var err error
		m.Graph, err = p.graph(f.body, 1)
		return err
	case 1:
		m.IR = int64(f.varint)
	case 8:
		return p.opset(m, f)
	case 20:
		m.Training++
	case 25:
		return p.function(m, f)
	}
	m.rest.add(f.raw)
	return nil
}

func (p *parser) opset(m *Model, f field) error {
	var o Opset
	err := p.aside(m, f, func(f field) {
		switch f.number {
		case 1:
			o.Domain = string(f.body)
		case 2:
			o.Version = int64(f.varint)
		}
	})
	m.Opsets = append(m.Opsets, o)
	return err
}

// function notes a local function's name and domain. What is in it is not read: the scan refuses it.
func (p *parser) function(m *Model, f field) error {
	var one Function
	err := p.aside(m, f, func(f field) {
		switch f.number {
		case 1:
			one.Name = string(f.body)
		case 10:
			one.Domain = string(f.body)
		}
	})
	m.Functions = append(m.Functions, one)
	return err
}

// aside shows the fields of a message that goes into the rest of the model as it is.
func (p *parser) aside(m *Model, f field, show func(field)) error {
	err := fields(f.body, func(f field) error { show(f); return nil })
	m.rest.add(f.raw)
	return or(err, p.keep())
}

func (p *parser) graph(data []byte, depth int) (*Graph, error) {
	if depth > p.limits.Depth {
		return nil, &LimitError{fmt.Sprintf("nests graphs deeper than %d", p.limits.Depth)}
	}
	g := &Graph{}
	err := fields(data, func(f field) error { return p.graphField(g, f, depth) })
	return g, or(err, p.keep())
}

func (p *parser) graphField(g *Graph, f field, depth int) error {
	if (f.number == 1 || f.number == 5) && f.wire != protowire.BytesType {
		return ErrFormat // it would be lost in writing
	}
	switch f.number {
	case 1:
		n, err := p.node(f.body, depth)
		g.Nodes = append(g.Nodes, n)
		return err
	case 5:
		t, err := p.tensor(f.body)
		g.Initializers = append(g.Initializers, t)
		return err
	case 2:
		g.Name = string(f.body)
	case 11:
		return p.values(&g.Inputs, g, f)
	case 12:
		return p.values(&g.Outputs, g, f)
	case 13:
		return p.values(&g.Values, g, f)
	case 15:
		g.Sparse++
	}
	g.rest.add(f.raw)
	return nil
}

func (p *parser) values(list *[]Value, g *Graph, f field) error {
	v, err := p.value(f.body)
	*list = append(*list, v)
	g.rest.add(f.raw)
	return or(err, p.keep())
}

func (p *parser) node(data []byte, depth int) (*Node, error) {
	n := &Node{raw: data}
	err := fields(data, func(f field) error {
		switch f.number {
		case 1:
			n.In = append(n.In, string(f.body))
			return p.keep()
		case 2:
			n.Out = append(n.Out, string(f.body))
			return p.keep()
		case 3:
			n.Name = string(f.body)
		case 4:
			n.Op = string(f.body)
		case 7:
			n.Domain = string(f.body)
		case 5:
			a, err := p.attr(f.body, depth)
			n.Attrs = append(n.Attrs, a)
			return err
		}
		return nil
	})
	return n, or(err, p.keep())
}

// or returns the first error.
func or(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
