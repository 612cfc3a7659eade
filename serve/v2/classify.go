package v2

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"molserve/preprocess/graph"
)

// Largest is the classification extension: the k largest elements of all, largest first, as texts
// "value:index", [min(k, elements)]. NaN is smaller than every number.
func (t *Tensor) Largest(k int) Tensor {
	order := make([]int, t.len())
	for i := range order {
		order[i] = i
	}
	at := func(i int) float64 {
		if v := t.At(i); !math.IsNaN(v) {
			return v
		}
		return math.Inf(-1)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(at(b), at(a)) })
	order = order[:min(k, len(order))]
	out := Tensor{Name: t.Name, Tensor: graph.Tensor{DType: Bytes, Shape: []int64{int64(len(order))}}}
	for _, i := range order {
		out.Text = append(out.Text, fmt.Sprintf("%f:%d", t.At(i), i))
	}
	return out
}
