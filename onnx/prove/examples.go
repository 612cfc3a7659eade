package prove

import (
	"context"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// mostExamples are enough to know what a model is asked.
const mostExamples = 64

// Examples builds some of the probes of golden.json: what the model is likely to be asked. Those that do not
// build are left out. The error is ctx's cause, or what is wrong with golden.json.
func Examples(ctx context.Context, m *onnx.Model) ([]*graph.Graph, error) {
	g, err := readGolden(m.File("golden.json"))
	if err != nil {
		return nil, err
	}
	graphs, _, err := m.Build(ctx, g.Probe[:min(len(g.Probe), mostExamples)], onnx.Options{Compact: true})
	return slices.DeleteFunc(graphs, func(g *graph.Graph) bool { return g == nil }), err
}
