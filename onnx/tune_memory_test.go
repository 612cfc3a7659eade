package onnx_test

import (
	"encoding/json"
	"runtime/debug"
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
	debug.FreeOSMemory() // what Go keeps of its own heap is not what is measured
	before := resident(t)
	if err := m.Tune(t.Context(), graphs); err != nil {
		t.Fatal(err)
	}
	debug.FreeOSMemory()
	if grown := resident(t) - before; grown > 40<<20 {
		t.Errorf("%d MiB more are resident after tuning", grown>>20)
	}
}
