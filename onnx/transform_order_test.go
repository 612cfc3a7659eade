package onnx_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// transformed is the first transform of an example that has this one in its place.
func transformed(t *testing.T, name, text string) *onnx.Transform {
	t.Helper()
	whole := exampleOf(t, name)
	from := strings.Index(whole, `"transform"`)
	to, depth := from+strings.Index(whole[from:], "{")+1, 1
	for ; depth > 0; to++ {
		depth += strings.Count(whole[to:to+1], "{") - strings.Count(whole[to:to+1], "}")
	}
	m, err := onnx.ReadManifest([]byte(whole[:from] + `"transform": ` + text + whole[to:]))
	if err != nil {
		t.Fatal(err)
	}
	return m.Outputs[0].Transform
}

func TestTransformsAreAppliedInTheOrderInWhichTheyAreWritten(t *testing.T) {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for text, want := range map[string]func(y float64) float64{
		`{"scale": 2, "shift": 3}`:                  func(y float64) float64 { return 2*y + 3 },
		`{"shift": 3, "scale": 2}`:                  func(y float64) float64 { return 2 * (y + 3) },
		`{"sigmoid": true, "scale": 100}`:           func(y float64) float64 { return 100 * logistic(y) },
		`{"scale": 100, "sigmoid": true}`:           func(y float64) float64 { return logistic(100 * y) },
		`{"shift": -1, "sigmoid": true, "scale":4}`: func(y float64) float64 { return 4 * logistic(y-1) },
		`{"sigmoid": false, "shift": 1}`:            func(y float64) float64 { return y + 1 },
		`{}`:                                        func(y float64) float64 { return y },
	} {
		z := transformed(t, "manifest", text)
		for _, y := range []float64{-0.5, 0, 1.25} {
			if got := onnx.Apply(z, []float64{y}, 0)[0]; got != want(y) {
				t.Errorf("%s of %v: %v, want %v", text, y, got, want(y))
			}
		}
		onceMore(t, z, text)
	}
}

// onceMore wants a transform that was written and read to do the same.
func onceMore(t *testing.T, z *onnx.Transform, text string) {
	t.Helper()
	written, err := json.Marshal(z)
	if err != nil {
		t.Fatal(err)
	}
	again := transformed(t, "manifest", string(written))
	if a, b := onnx.Apply(z, []float64{0.75}, 0)[0], onnx.Apply(again, []float64{0.75}, 0)[0]; a != b {
		t.Errorf("%s is written as %s: %v and %v", text, written, a, b)
	}
}

func TestEnergiesOfAtomsAreAddedWhereTheyStand(t *testing.T) {
	const energies = `"atom_energies": {"H": 1, "C": 2, "O": 3}`
	for order, want := range map[string]float64{`{"scale": 2, ` + energies + `}`: 2*10 + 5, `{` + energies + `, "scale": 2}`: 2 * (10 + 5)} {
		z := transformed(t, "potential", order)
		if got := onnx.Apply(z, []float64{10}, z.AtomEnergy(6, 8))[0]; got != want {
			t.Errorf("%s: %v, want %v", order, got, want)
		}
		if got := z.Undo(want, 6, 8); got != 10 {
			t.Errorf("%s undone: %v", order, got)
		}
	}
}

func TestUndoStopsAtProbabilities(t *testing.T) {
	for text, want := range map[string]float64{
		`{"scale": 2, "shift": 3}`: 3.5, `{"shift": 3, "scale": 2}`: 2, `{"scale": 7, "sigmoid": true}`: 10,
		`{"sigmoid": true, "scale": 100}`: 0.1, `{"sigmoid": false, "scale": 100}`: 0.1,
	} {
		z := transformed(t, "manifest", text)
		if got := z.Undo(10); math.Abs(got-want) > 1e-15 {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if (*onnx.Transform)(nil).Undo(10) != 10 {
		t.Error("no transform undone")
	}
}

func TestServedValuesFollowTheOrder(t *testing.T) {
	z := transformed(t, "manifest", `{"shift": 100, "scale": 2}`)
	m := open(t, "packed", func(m *onnx.Manifest) { m.Outputs = []onnx.Output{output("y", "sum", "graph", 0, z)} })
	g := chain(3, 6, 1)
	rows, err := m.Predict(t.Context(), []*graph.Graph{g})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rows[0].Values[0].Data[0], 2*(sum(g)+100); math.Abs(got-want) > 1e-4*math.Abs(want) {
		t.Errorf("%v, want %v", got, want)
	}
}
