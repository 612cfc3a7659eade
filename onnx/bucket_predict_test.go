package onnx_test

import (
	"math"
	"testing"

	"molserve/onnx"
)

// A model that computes elsewhere than on the CPU answers from padded batches as it does from plain ones.
func TestPaddedRunsAnswerAsPlainOnes(t *testing.T) {
	eachShipped(t, func(t *testing.T, m *onnx.Model) {
		graphs := graphsFor(t, m)
		for n := 1; n <= len(graphs); n++ {
			plain, err := m.PredictBatch(t.Context(), graphs[:n])
			if err != nil {
				t.Fatal(err)
			}
			padded, err := onnx.Elsewhere(m).PredictBatch(t.Context(), graphs[:n])
			if err != nil {
				t.Fatal(err)
			}
			for i := range plain {
				sameValues(t, padded[i], plain[i])
			}
		}
	})
}

func sameValues(t *testing.T, padded, plain onnx.Row) {
	t.Helper()
	for k, v := range plain.Values {
		for e, x := range v.Data {
			if got := padded.Values[k].Data[e]; !(math.Abs(got-x) <= 1e-5*max(1, math.Abs(x))) {
				t.Errorf("%v padded, %v plain", got, x)
			}
		}
	}
}
