package tests

import (
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/prove"
)

// Every model of the repository proves everything that it claims.
func TestShippedModelsProveThemselves(t *testing.T) {
	onnxtest.Start(t)
	folders, err := onnx.Discover("../exported_models")
	if err != nil || len(folders) < 2 {
		t.Fatalf("%d models, %v", len(folders), err)
	}
	for _, f := range folders {
		t.Run(f.String(), func(t *testing.T) {
			m, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			c, err := prove.Prove(t.Context(), m, prove.Full)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range c.Failed() {
				t.Errorf("%s: measured %g, bound %g: %s; %s", row.Name, row.Measured, row.Bound, row.Detail, row.Worst)
			}
		})
	}
}
