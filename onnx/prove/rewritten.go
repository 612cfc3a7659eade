package prove

import (
	"context"
	"fmt"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// rewrittenTol bounds what another order of float32 sums may change.
const rewrittenTol = 1e-5

// rewrittenCheck is the one check that hangs on the network's file and not on the manifest.
const rewrittenCheck = "rewritten"

// wasRewritten is true of a claim, which is made before the network is read.
func wasRewritten(s *subject) bool { return s.model == nil || s.model.Rewritten() != nil }
func byRewriting(*subject) float64 { return rewrittenTol }

func withEdges(all []*graph.Graph) []*graph.Graph {
	return slices.DeleteFunc(slices.Clone(all), func(g *graph.Graph) bool { return len(g.Src) == 0 })
}

// rewritten runs the network of the file beside the one that was made of it, on the golden tensors and on
// golden and probe records. Batches without edges are left out: the file may hold what ends the process then.
func rewritten(ctx context.Context, s *subject) (outcome, error) {
	original, err := s.model.Original()
	if err != nil {
		return outcome{}, err
	}
	defer original.Close()
	var f finding
	for i, c := range s.golden.Cases {
		in := make([]graph.Tensor, len(s.manifest.Inputs))
		for j, port := range s.manifest.Inputs {
			in[j] = c.Tensors[port.Tensor].Tensor
		}
		if slices.ContainsFunc(in, func(t graph.Tensor) bool { return t.Len() == 0 }) {
			continue
		}
		err := seeBoth(&f, fmt.Sprintf("case %d", i), s.model, original, func(m *onnx.Model) (map[string]graph.Tensor, error) { return m.RunTensors(ctx, in) })
		if err != nil {
			return outcome{}, err
		}
	}
	at := 0
	for batch := range slices.Chunk(withEdges(s.all()), s.perRun()) {
		b := graph.Collate(batch, s.manifest.Layout, graph.Padding{})
		err := seeBoth(&f, fmt.Sprintf("records with edges from %d", at), s.model, original, func(m *onnx.Model) (map[string]graph.Tensor, error) { return m.Run(ctx, b) })
		if err != nil {
			return outcome{}, err
		}
		at += len(batch)
	}
	return f.say("%d numbers, %d changes", f.compared, len(s.model.Rewritten().Changes)), nil
}

// seeBoth compares every output of two networks.
func seeBoth(f *finding, place string, changed, original *onnx.Model, run func(*onnx.Model) (map[string]graph.Tensor, error)) error {
	want, err := run(original)
	if err != nil {
		return fmt.Errorf("%s: the original: %w", place, err)
	}
	got, err := run(changed)
	if err != nil {
		return fmt.Errorf("%s: the rewritten: %w", place, err)
	}
	for name, w := range want {
		g := got[name]
		if !slices.Equal(g.Shape, w.Shape) {
			return fmt.Errorf("%s, %s: the rewritten gives %s, the original %s", place, name, &g, &w)
		}
		f.closeTo(values64(&g), values64(&w), func() string { return place + ", " + name })
	}
	return nil
}
