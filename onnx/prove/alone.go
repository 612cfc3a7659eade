package prove

import (
	"context"

	"molserve/preprocess/graph"
)

// A model with an output per batch has each graph to itself: there is no company to be proved, and no ghost graph.

// hasMates tells models whose runs may hold several graphs.
func hasMates(s *subject) bool { return !s.manifest.Alone() }

// hasRoom tells models that a run may be padded for: by a ghost graph when packed.
func hasRoom(s *subject) bool { return hasMates(s) || s.manifest.Layout == graph.Padded }

// perRun is how many graphs a run holds where their number does not matter.
func (s *subject) perRun() int {
	if hasMates(s) {
		return batchSize
	}
	return 1
}

// eachAlone runs graphs one after the other.
func (s *subject) eachAlone(ctx context.Context, graphs []*graph.Graph, pad graph.Padding) ([]answer, error) {
	var all []answer
	for i := range graphs {
		one, err := s.run(ctx, graphs[i:i+1], pad)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}
