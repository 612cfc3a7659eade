package onnx_test

import (
	"math"
	"testing"

	"molserve/onnx"
)

// A model that computes elsewhere than on the CPU answers from padded batches as it does from plain ones.
func TestPaddedRunsAnswerAsPlainOnes(t *testing.T) {
	folders, err := onnx.Discover("../exported_models")
	if err != nil || len(folders) < 4 {
		t.Fatal(len(folders), err)
	}
	for _, f := range folders {
		m, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
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
				for k, v := range plain[i].Values {
					for e, x := range v.Data {
						if d := math.Abs(padded[i].Values[k].Data[e] - x); !(d <= 1e-5*max(1, math.Abs(x))) {
							t.Errorf("%s, %d graphs, graph %d: %v padded, %v plain", f.Name, n, i, padded[i].Values[k].Data[e], x)
						}
					}
				}
			}
		}
		m.Close()
	}
}
