package serve

import (
	"context"
	"sync/atomic"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/serve/batch"
)

// Predictor is what a snapshot computes with. An *onnx.Model is one. It is safe for concurrent use.
type Predictor interface {
	Manifest() *onnx.Manifest
	Outputs() []onnx.Output // in the order of a row's values
	// Build makes the graphs of records. A graph is nil where its row has an error.
	Build(context.Context, []preprocess.Record, onnx.Options) ([]*graph.Graph, []onnx.Row, error)
	// LoadOf is what a graph adds to a run, Fits whether several may make a run of that load.
	LoadOf(*graph.Graph) onnx.Load
	Fits(onnx.Load) bool
	Batch() onnx.BatchLimits // what Fits goes by
	Beside() int             // graphs that are worth a run beside one that is under way
	// PredictBatch computes graphs in one run.
	PredictBatch(context.Context, []*graph.Graph) ([]onnx.Row, error)
	Network() onnx.Network // what takes and gives raw tensors
	Concurrency() int      // runs that are worth having under way
	Close() error
}

// snapshot is a proved version in memory. It never changes; it is leased by those who compute with it.
type snapshot struct {
	model   Predictor
	name    string
	version int

	ahead   *ahead
	graphs  *batch.Queue[*graph.Graph, onnx.Row]
	tensors *batch.Queue[[]graph.Tensor, []graph.Tensor]

	refs    atomic.Int64  // leases, and one of the registry until it retires the snapshot
	drained chan struct{} // closed when refs comes to 0
}

func newSnapshot(m Predictor, name string, version int, c Config, metrics *metrics) *snapshot {
	s := &snapshot{model: m, name: name, version: version, drained: make(chan struct{})}
	layout, runs := m.Manifest().Layout, min(c.Runs, m.Concurrency())
	s.ahead = newAhead(runs, m.Batch().Graphs)
	observed := func(p batch.Pack) { metrics.ran(layout, p) }
	s.graphs = batch.New(batch.Options[*graph.Graph, onnx.Row]{Run: m.PredictBatch, Load: m.LoadOf, Fits: m.Fits,
		Runs: runs, Beside: m.Beside(), Wait: c.BatchWait, Observed: observed})
	network := m.Network()
	s.tensors = batch.New(batch.Options[[]graph.Tensor, []graph.Tensor]{Run: network.Run, Load: network.LoadOf,
		Fits: func(l onnx.Load) bool { return network.Mergeable() && m.Fits(l) },
		Runs: runs, Beside: m.Beside(), Wait: c.BatchWait, Observed: observed})
	s.refs.Store(1)
	return s
}

// close ends a snapshot that has drained.
func (s *snapshot) close() error {
	s.graphs.Close()
	s.tensors.Close()
	return s.model.Close()
}

// acquire takes a lease. It fails once the last lease is gone: a drained snapshot stays drained.
func (s *snapshot) acquire() bool {
	for {
		n := s.refs.Load()
		if n == 0 {
			return false
		}
		if s.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// release gives a lease back.
func (s *snapshot) release() {
	if s.refs.Add(-1) == 0 {
		close(s.drained)
	}
}
