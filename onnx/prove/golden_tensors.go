package prove

import (
	"context"
	"fmt"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// goldenTensors counts the numbers that Go's tensors have different from the training library's.
// Tables, integers and masks must be equal; where a square root went in, one step of float32 is allowed.
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
			n, err := f.tensor(fmt.Sprintf("case %d, %s", i, in.Tensor), &built[j], &want, allowedULPs(in))
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

// allowedULPs is 1 for fields that a square root, a sine or an exponential goes into.
func allowedULPs(in onnx.Input) float64 {
	if in.Normalisation != "" && in.Normalisation != "none" {
		return 1
	}
	return 0
}

// tensor counts the numbers further apart than allowed and returns how far, in steps of float32.
func (f *finding) tensor(name string, got, want *graph.Tensor, allowed float64) (steps float64, err error) {
	if got.DType != want.DType || !slices.Equal(got.Shape, want.Shape) {
		return 0, fmt.Errorf("%s: Go makes %s, golden.json has %s", name, got, want)
	}
	for k := range got.Len() {
		f.compared++
		n := 0.0
		if got.At(k) != want.At(k) {
			n = ulps(float32(got.At(k)), float32(want.At(k)))
		}
		steps = max(steps, n)
		if got.At(k) == want.At(k) || (n <= allowed && allowed > 0) {
			continue
		}
		if f.worst++; f.where == "" {
			f.where = fmt.Sprintf("%s%v: Go makes %v, golden.json has %v", name, index(k, got.Shape), got.At(k), want.At(k))
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
