package onnx

import (
	"time"

	"molserve/preprocess/graph"
)

// What tests of package onnx_test may see.

// Live counts values of ONNX Runtime that are not destroyed.
func Live() int64 { return live.Load() }

// CPUOptions are the options of every session.
var CPUOptions = cpuOptions

// NewSessionWith makes a session with options of the test's choice.
func NewSessionWith(onnx []byte, o SessionOptions) (Session, error) {
	s, err := newSession(onnx, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Slots is the most runs at a time.
func Slots() int { return cap(slots) }

// Chunk cuts graphs into batches of the limits that stand before a model is measured.
func Chunk(graphs []*graph.Graph, l graph.Layout) [][2]int {
	var out [][2]int
	m := &Model{manifest: &Manifest{Layout: l}, batch: DefaultBatch()}
	for _, s := range m.chunk(graphs) {
		out = append(out, [2]int{s.from, s.to})
	}
	return out
}

// Merge joins requests of a manifest's tensors.
func Merge(m *Manifest, requests [][]graph.Tensor) []graph.Tensor {
	n := networkOf(m)
	var of []sizes
	for _, r := range requests {
		of = append(of, n.sizes(r))
	}
	return n.merge(requests, of)
}

// Mergeable tells whether requests of a manifest may share a run of a network with these outputs.
func Mergeable(m *Manifest, outputs ...string) bool {
	n := networkOf(m)
	n.outputs = outputs
	return n.Model.mergeable()
}

func networkOf(m *Manifest) *network {
	n := &network{Model: &Model{manifest: m}}
	for i := range m.Inputs {
		n.order = append(n.order, i)
	}
	return n
}

// TensorLoad is the load of a request of a manifest's tensors.
func TensorLoad(m *Manifest, request []graph.Tensor) Load { return networkOf(m).LoadOf(request) }

// Elsewhere is a model that runs on the same session and takes it for another provider's.
func Elsewhere(m *Model) *Model {
	e := &Model{manifest: m.manifest, spec: m.spec, session: m.session, order: m.order, outputs: m.outputs, fields: m.fields, served: m.served, readers: m.readers}
	e.preparation.Providers = []Provider{{Name: "another"}}
	e.pool.New = func() any { s := make([]graph.Tensor, len(m.manifest.Inputs)); return &s }
	return e
}

// Apply takes a row of the network's numbers to units.
func Apply(t *Transform, row []float64, energy float64) []float64 {
	t.apply(row, energy)
	return row
}

// SetBatch gives a model the limits of a run.
func SetBatch(m *Model, b BatchLimits) { m.batch = b }

// CutAs cuts a request of a manifest's tensors for a network with these outputs.
func CutAs(m *Manifest, b BatchLimits, request []graph.Tensor, outputs ...string) *Cut {
	n := networkOf(m)
	n.batch, n.outputs = b, outputs
	n.mergeable, n.cuttable, n.trimmable = n.Model.mergeable(), n.mayCut(), n.mayTrim()
	return n.Cut(request)
}

// BesideOf is what Tune finds worth a run beside another, by the costs of runs of 1, 2, 4, … graphs of which that of
// tried[best] is cheapest.
func BesideOf(cost []time.Duration, best int) int { return beside(cost, best) }
