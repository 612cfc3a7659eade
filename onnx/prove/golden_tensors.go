package prove

import (
	"context"
	"fmt"
	"math"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// goldenTensors counts the numbers that Go's tensors have different from the training library's.
// Tables, integers and masks must be equal; computed numbers may differ as the contract allows.
func goldenTensors(_ context.Context, s *subject) (outcome, error) {
	var f finding
	steps := 0.0
	for i, c := range s.golden.Cases {
		if s.cases[i] == nil {
			return outcome{}, fmt.Errorf("case %d has a record that Go refuses", i)
		}
		built, err := s.model.Bind(graph.Collate(s.cases[i], s.manifest.Layout, s.roomOf(c)))
		if err != nil {
			return outcome{}, fmt.Errorf("case %d: %w", i, err)
		}
		for j, in := range s.manifest.Inputs {
			want := c.Tensors[in.Tensor].Tensor
			n, err := f.tensor(fmt.Sprintf("case %d, %s", i, in.Tensor), &built[j], &want, isComputed(in))
			if err != nil {
				return outcome{}, err
			}
			steps = max(steps, n)
		}
	}
	return f.say("%d numbers, furthest apart by %g ulp of float32", f.compared, steps), nil
}

// roomOf is the padding that a case of the padded layout was written with.
func (s *subject) roomOf(c goldenCase) graph.Padding {
	first := c.Tensors[s.manifest.Inputs[0].Tensor]
	if s.manifest.Layout != graph.Padded || len(first.Shape) < 2 {
		return graph.Padding{}
	}
	return graph.Padding{Slots: int(first.Shape[1])}
}

// computedFields are those whose numbers come from sums of products, square roots, sines or exponentials.
var computedFields = []string{"cell", "cutoff_envelope", "distances", "edge_lengths", "edge_unit_vectors", "edge_vectors",
	"radial_basis", "spherical_harmonics"}

func isComputed(in onnx.Input) bool {
	return in.Normalisation != "" && in.Normalisation != "none" || slices.Contains(computedFields, in.Field)
}

// How far computed numbers may be apart: one step of float32, and what float64 leaves of a difference of
// numbers of unit size, which float32 has many steps for.
const (
	floatSteps  = 1
	doubleNoise = 1e-12
)

// tensor counts the numbers that differ and returns how far floats are
// apart, in steps of float32.
func (f *finding) tensor(name string, got, want *graph.Tensor, computed bool) (steps float64, err error) {
	if got.DType != want.DType || !slices.Equal(got.Shape, want.Shape) {
		return 0, fmt.Errorf("%s: Go makes %s, golden.json has %s", name, got, want)
	}
	for k := range got.Len() {
		f.compared++
		a, b := got.At(k), want.At(k)
		same := a == b || computed && math.Abs(a-b) <= doubleNoise*max(1, math.Abs(b))
		if !same {
			n := ulps(float32(a), float32(b))
			same = computed && n <= floatSteps && got.DType == graph.Float32
			if got.DType == graph.Float32 || got.DType == graph.Float64 {
				steps = max(steps, n)
			}
		}
		if same {
			continue
		}
		if f.worst++; f.where == "" {
			f.where = fmt.Sprintf("%s%v: Go makes %v, golden.json has %v", name, index(k, got.Shape), a, b)
		}
	}
	return steps, nil
}

// index is the multi-index of element k.
func index(k int, shape []int64) []int {
	at := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		at[d], k = k%int(shape[d]), k/int(shape[d])
	}
	return at
}
