package prove

import (
	"context"
	"fmt"

	"molserve/preprocess/graph"
)

// firstRun runs the smallest and the largest graph, each alone: what an operator does with a graph
// without edges, or a large one, shows before anything is compared. Only a run that fails counts.
func firstRun(ctx context.Context, s *subject) (outcome, error) {
	all := s.all()
	if len(all) == 0 {
		return outcome{}, fmt.Errorf("there is no graph to run")
	}
	least, most := all[0], all[0]
	for _, g := range all {
		if g.N < least.N || g.N == least.N && len(g.Src) < len(least.Src) {
			least = g
		}
		if g.N > most.N {
			most = g
		}
	}
	for _, g := range []*graph.Graph{least, most} {
		if _, err := s.run(ctx, []*graph.Graph{g}, graph.Padding{}); err != nil {
			return outcome{}, fmt.Errorf("%d atoms, %d edges: %w", g.N, len(g.Src), err)
		}
	}
	return outcome{detail: fmt.Sprintf("%d atoms with %d edges, and %d with %d", least.N, len(least.Src), most.N, len(most.Src))}, nil
}
