package onnx

import (
	"context"
	"slices"
	"strings"
	"sync"

	"molserve/preprocess/graph"
)

// Network is a model's network without what stands around it: tensors in, tensors out, untransformed. A
// request is its input tensors in the order of Signature. Who passes on what a stranger wrote asks
// CheckTensors first.
type Network interface {
	// Signature lists what the network takes and gives.
	Signature() (inputs, outputs []TensorInfo)
	// Mergeable tells whether requests may share a run: every input has a field, every output rows of a
	// known owner, and the sizes of a request follow from its tensors.
	Mergeable() bool
	// LoadOf is what a request adds to a run, padding included, as far as its sizes tell: one graph at least.
	LoadOf(in []graph.Tensor) Load
	// Cut cuts a request of many graphs into several of the size that costs least, nil when it runs best, or only,
	// as it is.
	Cut(in []graph.Tensor) *Cut
	// Run computes requests in one run, as the graphs of one batch, and returns the outputs of each in the
	// order of Signature. Several need Mergeable. The error is of the whole run.
	Run(ctx context.Context, requests [][]graph.Tensor) ([][]graph.Tensor, error)
}

// Network is the model's.
func (m *Model) Network() Network { return m.network }

type network struct {
	*Model
	mergeable, cuttable, trimmable bool
	cuts                           sync.Pool // *[][]graph.Tensor: memory of the requests of a Cut
}

func newNetwork(m *Model) *network {
	return &network{Model: m, mergeable: m.mergeable(), cuttable: m.mayCut(), trimmable: m.mayTrim()}
}

func (n *network) Signature() (inputs, outputs []TensorInfo) { return n.session.Signature() }

func (n *network) Mergeable() bool { return n.mergeable }

func (n *network) LoadOf(in []graph.Tensor) Load {
	c := n.sizes(in)
	l := Load{Graphs: int(max(c.of("G"), c.of("B"), 1)), Atoms: int(max(c.of("N"), c.of("B")*c.of("n"))), Edges: int(c.of("E")), Largest: int(c.of("n"))}
	for i := range in {
		l.Bytes += int64(in[i].Len() * in[i].DType.Size())
	}
	l.Heaviest = l.Bytes / int64(l.Graphs)
	return l
}

// sizes are those of the symbols, by the shapes of a request that CheckTensors has passed.
func (n *network) sizes(in []graph.Tensor) sizes {
	c := &tensorCheck{manifest: n.manifest}
	for j, i := range n.order {
		c.bind(&n.manifest.Inputs[i], &in[j])
	}
	return c.sizes
}

func (n *network) Run(ctx context.Context, requests [][]graph.Tensor) ([][]graph.Tensor, error) {
	if len(requests) == 1 {
		out, err := n.session.Run(ctx, requests[0])
		return [][]graph.Tensor{out}, err
	}
	of := make([]sizes, len(requests))
	for r := range requests {
		of[r] = n.sizes(requests[r])
	}
	out, err := n.session.Run(ctx, n.merge(requests, of))
	if err != nil {
		return nil, err
	}
	return n.split(out, of)
}

// mergeable holds the manifest against what Run needs of it.
func (m *Model) mergeable() bool {
	if m.manifest.Layout != graph.Packed || m.manifest.Alone() {
		return false // requests of unequal n would have to be padded again; what is per batch could not be shared out
	}
	known := map[string]bool{}
	needed := []string{"G"}
	for i := range m.manifest.Inputs {
		in := &m.manifest.Inputs[i]
		if _, err := graph.Describe(graph.Packed, in.Field); err != nil || m.axis(in) < 0 {
			return false
		}
		for _, d := range in.Shape {
			known[strings.TrimSuffix(d.Symbol, "+1")] = true // G+1 tells G
		}
		if symbol := counted[in.Field]; symbol == "M" { // half the edges
			needed = append(needed, "E")
		} else if symbol != "" {
			needed = append(needed, symbol)
		}
	}
	for _, name := range m.outputs {
		if m.ownerOf(name) == "" {
			return false
		}
		needed = append(needed, m.ownerOf(name))
	}
	return !slices.ContainsFunc(needed, func(s string) bool { return !known[s] })
}
