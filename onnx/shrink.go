package onnx

import (
	"context"

	"molserve/preprocess/graph"
)

// shrink runs graphs and gives back the memory that larger runs took: the pool of a session keeps what its largest
// run needed, and none will be as large as the largest that was tried.
func (m *Model) shrink(ctx context.Context, graphs []*graph.Graph) error {
	if s, ok := m.session.(*ortSession); ok {
		s.shrink.Store(true)
	}
	_, err := m.timed(ctx, graphs, len(graphs))
	ReleaseMemory()
	return err
}
