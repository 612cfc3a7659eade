package onnx_test

import (
	"encoding/json"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
)

// Runs of 64 structures with their gradient take some 90 MiB, which the C heap would keep.
func TestTuneGivesBackWhatItsRunsTook(t *testing.T) {
	m, err := onnx.Open("../exported_models/ethanol-egnn/1")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var golden struct{ Probe []preprocess.Record }
	if err := json.Unmarshal(m.File("golden.json"), &golden); err != nil {
		t.Fatal(err)
	}
	graphs, _, err := m.Build(t.Context(), golden.Probe, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := resident(t)
	if err := m.Tune(t.Context(), graphs); err != nil {
		t.Fatal(err)
	}
	if grown := resident(t) - before; grown > 40<<20 {
		t.Errorf("%d MiB more are resident after tuning", grown>>20)
	}
}
