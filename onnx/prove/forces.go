package prove

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// served predicts graphs as a server does and returns the output of that name, in units; of graphs that
// have none, such as the virial of a structure that does not repeat, nil.
func (s *subject) served(ctx context.Context, graphs []*graph.Graph, name string) ([][]float64, error) {
	at := slices.IndexFunc(s.model.Outputs(), func(o onnx.Output) bool { return o.Name == name })
	if at < 0 {
		return nil, fmt.Errorf("no output %s is served", name)
	}
	rows, err := s.model.Predict(ctx, graphs)
	if err != nil {
		return nil, err
	}
	values := make([][]float64, len(rows))
	for i, r := range rows {
		if r.Err != nil {
			return nil, fmt.Errorf("structure %d: %w", i, errors.Join(r.Err, r.Cause))
		}
		values[i] = r.Values[at].Data
	}
	return values, nil
}

// forcesSumToZero adds the served forces up, against Σ |F|.
func forcesSumToZero(ctx context.Context, s *subject) (outcome, error) {
	graphs, err := s.specimens(ctx)
	if err != nil {
		return outcome{}, err
	}
	return s.balance(ctx, graphs, "force", func(_ *graph.Graph, _ int, f vec) vec { return f })
}

// noNetTorque adds r × F up for structures that do not repeat, r from the first atom, against Σ |r × F|.
func noNetTorque(ctx context.Context, s *subject) (outcome, error) {
	graphs, err := s.isolated(ctx, 2)
	if err != nil {
		return outcome{}, err
	}
	return s.balance(ctx, graphs, "torque", func(g *graph.Graph, i int, f vec) vec {
		return cross(plus(g.Positions[i], times(-1, g.Positions[0])), f)
	})
}

func (s *subject) balance(ctx context.Context, graphs []*graph.Graph, what string, of func(g *graph.Graph, i int, f vec) vec) (outcome, error) {
	served, err := s.served(ctx, graphs, "forces")
	if err != nil {
		return outcome{}, err
	}
	var found finding
	for k, g := range graphs {
		var sum vec
		size := 1.0
		for i := range g.N {
			v := of(g, i, vec(served[k][3*i:3*i+3]))
			sum = plus(sum, v)
			size += math.Sqrt(dot(v, v))
		}
		found.see(math.Sqrt(dot(sum, sum))/size, func() string { return fmt.Sprintf("structure %d: net %s %g", k, what, sum) })
	}
	return found.say("%d structures, net %s", len(graphs), what), nil
}
