package serve

import (
	"context"
	"sync/atomic"

	"molserve/onnx"
	"molserve/preprocess"
)

// Predictor is a loaded model, as much of it as serve needs. *onnx.Model is one.
type Predictor interface {
	Manifest() *onnx.Manifest
	Outputs() []onnx.Output // in the order of a row's values
	PredictRecords(context.Context, []preprocess.Record, onnx.Options) ([]onnx.Row, error)
	Network() onnx.Network // what takes and gives raw tensors
	Close() error
}

// snapshot is a proved version in memory. It never changes; it is leased by those who compute with it.
type snapshot struct {
	model   Predictor
	name    string
	version int

	refs    atomic.Int64  // leases, and one of the registry until it retires the snapshot
	drained chan struct{} // closed when refs comes to 0
}

func newSnapshot(m Predictor, name string, version int) *snapshot {
	s := &snapshot{model: m, name: name, version: version, drained: make(chan struct{})}
	s.refs.Store(1)
	return s
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
