package prove

import (
	"context"
	"fmt"
	"math"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// batchSize is how many graphs a check runs at once where their number does not matter to it.
const batchSize = 32

// answer is what the network says of one graph: raw numbers, before transform, by output tensor.
// Tensors per atom hold N rows, tensors per edge E. Where there is an edge force, forces are its sums [N,3].
type answer map[string][]float64

// forces is the key of what is made of an edge force; no tensor has a name that begins so.
const forces = "−∂E/∂r"

// run computes graphs as one batch; those of a model whose graphs run alone, one after the other.
func (s *subject) run(ctx context.Context, graphs []*graph.Graph, pad graph.Padding) ([]answer, error) {
	if s.manifest.Alone() && len(graphs) > 1 {
		return s.eachAlone(ctx, graphs, pad)
	}
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
		parts, err := b.Split(&t, per)
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", name, err)
		}
		for i := range parts {
			answers[i][name] = values64(&parts[i])
		}
	}
	for i, g := range b.Graphs {
		s.addForces(g, answers[i])
	}
	return answers, nil
}

// addForces scatters the gradient g_k by Vec_k = r(Src) + Shift·Cell − r(Dst) over the atoms:
//
//	F_i = −Σ_{k: Src=i} g_k + Σ_{k: Dst=i} g_k
//
// It shares no code with the forces that are served.
func (s *subject) addForces(g *graph.Graph, a answer) {
	if s.gradient == "" {
		return
	}
	f := make([]float64, 3*g.N)
	for k, v := range a[s.gradient] {
		f[3*int(g.Src[k/3])+k%3] -= s.sign * v
		f[3*int(g.Dst[k/3])+k%3] += s.sign * v
	}
	a[forces] = f
}

// isPerAtom tells tensors with a row an atom.
func (s *subject) isPerAtom(name string) bool { return name == forces || s.per[name] == "atom" }

// withoutEdges returns a without tensors per edge.
func (s *subject) withoutEdges(a answer) answer {
	p := answer{}
	for name, v := range a {
		if s.per[name] != "edge" {
			p[name] = v
		}
	}
	return p
}

// permuted returns the answer for the graph whose node i became node nodes[i], and edge k edge edges[k].
func (s *subject) permuted(a answer, nodes, edges []int) answer {
	p := answer{}
	for name, v := range a {
		switch {
		case s.isPerAtom(name):
			p[name] = movedRows(v, nodes)
		case s.per[name] == "edge":
			p[name] = movedRows(v, edges)
		default:
			p[name] = v
		}
	}
	return p
}

// close compares answers with others of the same graphs, tensor by tensor.
func (s *subject) close(got, want []answer, what string, f *finding) {
	for i := range want {
		for name, w := range want[i] {
			place := func() string { return fmt.Sprintf("%s %d, %s", what, i, name) }
			if name == forces {
				s.closeForces(f, got[i][name], w, place)
				continue
			}
			f.closeTo(got[i][name], w, place)
		}
	}
}

// closeForces compares forces, which are no tensor of the network, by their share of forceBound: a check
// whose bound is one of the manifest's tolerances holds only if no force is off by more.
func (s *subject) closeForces(f *finding, got, want []float64, place func() string) {
	share := max(s.manifest.Tolerance.Reference, s.manifest.Tolerance.Symmetry) / forceBound
	f.each(got, want, place, func(a, b float64) float64 { return share * s.forceScale() * math.Abs(a-b) })
}

// same counts the numbers of answers that have other bits.
func (s *subject) same(got, want []answer, what string, f *finding) {
	for i := range want {
		for name, w := range want[i] {
			f.same(got[i][name], w, func() string { return fmt.Sprintf("%s %d, %s", what, i, name) })
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
