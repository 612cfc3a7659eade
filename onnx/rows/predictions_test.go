package rows

import (
	"testing"

	"molserve/onnx"
	"molserve/preprocess/molecule"
)

// served are outputs of a potential, and frames of them: one repeats, one does not, one failed.
var served = []onnx.Output{
	{Name: "energy", Unit: "eV", Per: "graph", Symmetry: "invariant"},
	{Name: "virial", Unit: "eV", Per: "graph", Symmetry: "tensor"},
	{Name: "forces", Unit: "eV/Å", Per: "atom", Symmetry: "vector"},
	{Name: "features", Unit: "", Per: "atom", Symmetry: "0e + 1x1o"},
}

func frames() []onnx.Row {
	force := onnx.Value{Shape: []int{2, 3}, Data: []float64{1, 2, 3, -1, -2, -3}}
	virial := onnx.Value{Shape: []int{3, 3}, Data: []float64{1, 0, 0, 0, 2, 0, 0, 0, 3}}
	features := onnx.Value{Shape: []int{2, 4}, Data: []float64{1, 2, 3, 4, 5, 6, 7, 8}}
	energy := onnx.Value{Data: []float64{-1.5}}
	return []onnx.Row{
		{Index: 0, Values: []onnx.Value{energy, virial, force, features}},
		{Index: 1, ID: "b", Values: []onnx.Value{energy, {}, force, features}},
		{Index: 2, Err: molecule.Refuse(onnx.CodeNotFinite, -1, "no")},
	}
}

func TestOutputsAreDescribedWithTheirIrreps(t *testing.T) {
	for i, want := range []string{`{"name":"energy","unit":"eV","per":"graph"}`, `{"name":"virial","unit":"eV","per":"graph"}`,
		`{"name":"forces","unit":"eV/Å","per":"atom"}`, `{"name":"features","unit":"","per":"atom","irreps":"1x0e+1x1o"}`} {
		if got := string(AppendOutput(nil, &served[i])); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAbsentValuesAreLeftOut(t *testing.T) {
	all, rows := All(served), frames()
	for i, want := range []string{
		`{"index":0,"status":"ok","values":{"energy":-1.5,"virial":[[1,0,0],[0,2,0],[0,0,3]],"forces":[[1,2,3],[-1,-2,-3]],"features":[[1,2,3,4],[5,6,7,8]]}}`,
		`{"index":1,"id":"b","status":"ok","values":{"energy":-1.5,"forces":[[1,2,3],[-1,-2,-3]],"features":[[1,2,3,4],[5,6,7,8]]}}`,
		`{"index":2,"status":"error","error":{"code":"not_finite","message":"no"}}`,
	} {
		if got := string(AppendJSON(nil, &all, &rows[i])); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	first := Selection{Outputs: served[1:3], Columns: []int{1, 2}}
	if got, want := string(AppendJSON(nil, &first, &rows[1])), `{"index":1,"id":"b","status":"ok","values":{"forces":[[1,2,3],[-1,-2,-3]]}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for i, want := range []string{`,-1.5,"[[1,0,0],[0,2,0],[0,0,3]]","[[1,2,3],[-1,-2,-3]]","[[1,2,3,4],[5,6,7,8]]"`,
		`,-1.5,,"[[1,2,3],[-1,-2,-3]]","[[1,2,3,4],[5,6,7,8]]"`, `,,,,`} {
		if got := string(AppendValues(nil, &all, &rows[i])); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestArraysWithoutElementsAreThere(t *testing.T) {
	if v := (onnx.Value{Shape: []int{0, 3}, Data: []float64{}}); v.Absent() || string(AppendArray(nil, v.Shape, v.Data)) != "[]" {
		t.Error("absent")
	}
}
