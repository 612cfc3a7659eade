package proto

// Model is a ModelProto.
type Model struct {
	IR        int64
	Opsets    []Opset
	Graph     *Graph
	Functions []Function // local functions
	Training  int        // training_info entries
	rest      chunks     // all fields but the graph
}

// Opset is a domain and the version of its operators.
type Opset struct {
	Domain  string
	Version int64
}

// Function is a FunctionProto, by name only.
type Function struct{ Name, Domain string }

// Opset returns the version of ONNX's own operators, or 0.
func (m *Model) Opset() int64 {
	for _, o := range m.Opsets {
		if OwnDomain(o.Domain) {
			return o.Version
		}
	}
	return 0
}

// OwnDomain tells the two names of ONNX's own operators.
func OwnDomain(domain string) bool { return domain == "" || domain == "ai.onnx" }

// Graph is a GraphProto.
type Graph struct {
	Name         string
	Nodes        []*Node
	Initializers []*Tensor
	Inputs       []Value
	Outputs      []Value
	Values       []Value // value_info: what the file says of tensors in between
	Sparse       int     // sparse_initializer entries
	rest         chunks  // all fields but nodes and initializers
}

// Value is a ValueInfoProto of a tensor.
type Value struct {
	Name  string
	DType int64 // 0: no tensor, or none is said
	Dims  []Dim
	Known bool // Dims says the rank
}

// Dim is a size, a symbol, or neither.
type Dim struct {
	Symbol string
	Size   int64 // −1: not said
}

// Node is a NodeProto.
type Node struct {
	Name, Op, Domain string
	In, Out          []string
	Attrs            []*Attr
	raw              []byte // as it was read; nil: it was made
}

// Attr is an AttributeProto. Only the part that it has is set.
type Attr struct {
	Name    string
	Ref     bool // its value is that of a function's attribute
	Int     int64
	String  []byte
	Ints    []int64
	Tensors []*Tensor // t and tensors
	Graphs  []*Graph  // g and graphs
	Sparse  int       // sparse tensors

	tensor, graph bool // t or g was read
}

// Attr returns the attribute of that name, or nil.
func (n *Node) Attr(name string) *Attr {
	for _, a := range n.Attrs {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Int returns an integer attribute or what stands for its absence.
func (n *Node) Int(name string, absent int64) int64 {
	if a := n.Attr(name); a != nil {
		return a.Int
	}
	return absent
}

// Text returns a string attribute or what stands for its absence.
func (n *Node) Text(name, absent string) string {
	if a := n.Attr(name); a != nil {
		return string(a.String)
	}
	return absent
}

// Input returns input i, or "" where there is none.
func (n *Node) Input(i int) string {
	if i < len(n.In) {
		return n.In[i]
	}
	return ""
}
