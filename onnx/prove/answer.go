package prove

import (
	"context"
	"fmt"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// batchSize is how many graphs a check runs at once where their number does not matter to it.
const batchSize = 32

// answer is what the network says of one graph: raw numbers, before transform, by output tensor.
// Tensors per atom hold N rows.
type answer map[string][]float64

// run computes graphs as one batch.
func (s *subject) run(ctx context.Context, graphs []*graph.Graph, pad graph.Padding) ([]answer, error) {
	b := graph.Collate(graphs, s.manifest.Layout, pad)
	out, err := s.model.Run(ctx, b)
	if err != nil {
		return nil, err
	}
	return s.split(b, out)
}

// split cuts the outputs of a batch into those of its graphs.
func (s *subject) split(b *graph.Batch, out map[string]graph.Tensor) ([]answer, error) {
	answers := make([]answer, len(b.Graphs))
	for i := range answers {
		answers[i] = answer{}
	}
	for name, per := range s.per {
		t, ok := out[name]
		if !ok {
			return nil, fmt.Errorf("the network has no output %s", name)
		}
		for i := range answers {
			part, err := cut(b, i, &t, per)
			if err != nil {
				return nil, fmt.Errorf("output %s: %w", name, err)
			}
			answers[i][name] = part
		}
	}
	return answers, nil
}

// cut returns the numbers of graph i in a tensor [G,…] or, per atom, [N,…] packed and [B,n,…] padded.
func cut(b *graph.Batch, i int, t *graph.Tensor, per string) ([]float64, error) {
	from, to, rows := i, i+1, len(b.Graphs)
	switch {
	case per == "atom" && b.Layout == graph.Padded:
		rows = len(b.Graphs) * b.Slots
		from, to = i*b.Slots, i*b.Slots+b.Graphs[i].N
	case per == "atom":
		rows = b.N
		from, to = b.Rows(i)
	case per != "graph":
		return nil, fmt.Errorf("no check reads outputs per %s yet", per)
	}
	if t.Len()%rows != 0 {
		return nil, fmt.Errorf("%s has no %d rows per %s", t, rows, per)
	}
	width := t.Len() / rows
	part := make([]float64, 0, (to-from)*width)
	for k := from * width; k < to*width; k++ {
		part = append(part, t.At(k))
	}
	return part, nil
}

// permuted returns the answer for the graph whose node i became node nodes[i].
func (s *subject) permuted(a answer, nodes []int) answer {
	p := answer{}
	for name, v := range a {
		if s.per[name] != "atom" {
			p[name] = v
			continue
		}
		width, moved := len(v)/len(nodes), make([]float64, len(v))
		for i, to := range nodes {
			copy(moved[to*width:(to+1)*width], v[i*width:(i+1)*width])
		}
		p[name] = moved
	}
	return p
}

// compare measures answers against others of the same graphs, tensor by tensor.
func (f *finding) compare(got, want []answer, measure func(got, want []float64, place func() string), what string) {
	for i := range want {
		for name, w := range want[i] {
			measure(got[i][name], w, func() string { return fmt.Sprintf("%s %d, %s", what, i, name) })
		}
	}
}

// tensorNames lists the output tensors of a manifest, sorted.
func tensorNames(m *onnx.Manifest) []string {
	var names []string
	for _, o := range m.Outputs {
		names = append(names, o.Tensor)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
