package scan

import (
	"errors"
	"fmt"
	"slices"

	"molserve/onnx/proto"
)

// Options of Scan. The zero value works and allows the least.
type Options struct {
	Operators      []string          // allowed beyond the usual; see Declared
	Einsum         bool              // Einsum is allowed: it will be rewritten
	NeverEmpty     map[string][]bool // by input of the network: dimensions that are at least 1 in every batch
	MaxBytes       int64             // of the file; default 2 GiB, which no protobuf exceeds
	MaxInitializer int64             // bytes of one tensor in the file; default 1 GiB
	MaxNodes       int               // of all graphs together; default 100,000
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = proto.MaxBytes
	}
	if o.MaxInitializer <= 0 {
		o.MaxInitializer = 1 << 30
	}
	if o.MaxNodes <= 0 {
		o.MaxNodes = 100_000
	}
	return o
}

// scanner collects faults.
type scanner struct {
	Options
	model   *proto.Model
	nodes   int
	indices int64           // that were compared
	some    map[string]bool // symbols of sizes that are at least 1
	faults  Faults
}

// Scan reads an ONNX file. Its error is Faults: everything that is wrong with it. The model is nil where
// the bytes are no ONNX file at all, or hold too much to be read.
func Scan(data []byte, o Options) (*proto.Model, error) {
	s := &scanner{Options: o.withDefaults()}
	if size := int64(len(data)); size > s.MaxBytes {
		s.add("", "", fmt.Sprintf("has %d bytes, at most %d are taken", size, s.MaxBytes), "")
		return nil, s.faults
	}
	var err error
	if s.model, err = proto.Parse(data, proto.Limits{}); err != nil {
		s.add("", "", err.Error(), "export it again")
		return nil, s.faults
	}
	s.symbols()
	s.file()
	s.graph(s.model.Graph, scope{})
	return s.model, s.faults.Err()
}

// External fails when any tensor of an ONNX file, however deep, has its data in another file. ONNX
// Runtime would read it: a file that no hash covers, in a folder that the model chooses.
func External(data []byte) error {
	m, err := proto.Parse(data, proto.Limits{})
	if err != nil {
		return err
	}
	if len(m.Functions) > 0 || m.Training > 0 {
		return errors.New("has local functions or training information, in which data of other files may hide")
	}
	s := &scanner{model: m}
	s.external(m.Graph)
	return s.faults.Err()
}

func (s *scanner) add(node, op, reason, cure string) {
	s.faults = append(s.faults, Fault{Node: node, Op: op, Reason: reason, Cure: cure})
}

// symbols finds those that only name dimensions which are never empty.
func (s *scanner) symbols() {
	s.some = map[string]bool{}
	maybe := map[string]bool{"": true}
	for _, in := range s.model.Graph.Inputs {
		never := s.NeverEmpty[in.Name]
		for j, d := range in.Dims {
			if j < len(never) && never[j] {
				s.some[d.Symbol] = true
			} else {
				maybe[d.Symbol] = true
			}
		}
	}
	for symbol := range maybe {
		delete(s.some, symbol)
	}
}

// What ONNX Runtime 1.30 reads.
const (
	oldestIR, newestIR       = 3, 13
	oldestOpset, newestOpset = 7, 26
)

// file looks at what is said of the whole file.
func (s *scanner) file() {
	m := s.model
	if m.IR < oldestIR || m.IR > newestIR {
		s.add("", "", fmt.Sprintf("has IR version %d, %d to %d are read", m.IR, oldestIR, newestIR), "export with opset 18")
	}
	if v := m.Opset(); v < oldestOpset || v > newestOpset {
		s.add("", "", fmt.Sprintf("has opset %d, %d to %d are read", v, oldestOpset, newestOpset), "export with opset 18")
	}
	if n := slices.IndexFunc(m.Opsets, func(o proto.Opset) bool { return proto.OwnDomain(o.Domain) }); n >= 0 {
		for _, o := range m.Opsets[n+1:] {
			if proto.OwnDomain(o.Domain) && o.Version != m.Opset() {
				s.add("", "", fmt.Sprintf("has two opsets of ONNX, %d and %d", m.Opset(), o.Version), "export it again")
			}
		}
	}
	for _, f := range m.Functions {
		s.add("", "", fmt.Sprintf("has a local function %q of domain %q", f.Name, f.Domain), "write it out with onnx.inliner.inline_local_functions")
	}
	if m.Training > 0 {
		s.add("", "", "has training information", "export the network in eval mode, for inference")
	}
}

// graph looks at a graph and those within it. Inner graphs see the names of outer ones.
func (s *scanner) graph(g *proto.Graph, outer scope) {
	if g.Sparse > 0 {
		s.add("", "", fmt.Sprintf("has %d sparse initializers", g.Sparse), "export dense weights")
	}
	names := outer.within(g)
	for _, t := range g.Initializers {
		s.tensor(t, t.Name, "")
	}
	for _, n := range g.Nodes {
		if s.nodes++; s.nodes == s.MaxNodes+1 {
			s.add("", "", fmt.Sprintf("has more than %d nodes", s.MaxNodes), "export a smaller network")
		}
		if s.nodes > s.MaxNodes {
			return
		}
		s.node(n, names)
	}
}

func (s *scanner) node(n *proto.Node, names scope) {
	s.operator(n)
	for _, a := range n.Attrs {
		if a.Ref {
			s.add(n.Name, n.Op, fmt.Sprintf("attribute %q is that of a function, and there is none", a.Name), "export it again")
		}
		if a.Sparse > 0 {
			s.add(n.Name, n.Op, "has a sparse tensor", "export dense weights")
		}
		for _, t := range a.Tensors {
			s.tensor(t, n.Name, n.Op)
		}
		for _, inner := range a.Graphs {
			s.graph(inner, names)
		}
	}
	switch n.Op {
	case "ScatterElements", "ScatterND":
		s.scatter(n, names)
	case "ConstantOfShape":
		s.filled(n, names)
	case "GRU", "LSTM":
		s.recurrent(n, names)
	}
}

// operator looks at the node's operator and its domain.
func (s *scanner) operator(n *proto.Node) {
	if !proto.OwnDomain(n.Domain) {
		s.add(n.Name, n.Op, fmt.Sprintf("is of domain %q; only ONNX's own operators are run", n.Domain), "export with ONNX's operators and without offline optimisation")
		return
	}
	graphs := slices.ContainsFunc(n.Attrs, func(a *proto.Attr) bool { return len(a.Graphs) > 0 })
	switch {
	case declared[n.Op] && !slices.Contains(s.Operators, n.Op):
		s.add(n.Name, n.Op, "is run only if the manifest names it", fmt.Sprintf(`add %q to "operators" in manifest.json, or export without it`, n.Op))
	case declared[n.Op]:
	case !allowed[n.Op]:
		cure := cures[n.Op]
		if cure == "" {
			cure = "docs/onnx.md lists the operators"
		}
		s.add(n.Name, n.Op, "is no operator that is run here", cure)
	case graphs:
		s.add(n.Name, n.Op, "has a graph within", "export it again")
	case n.Op == "Einsum" && !s.Einsum:
		s.add(n.Name, n.Op, "ONNX Runtime can end the process at an Einsum of an empty operand", "export with MatMul, or let it be rewritten")
	}
}
