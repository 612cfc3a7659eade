package onnx_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

func TestOutputsAreWhatIsServed(t *testing.T) {
	m := open(t, "potential", nil)
	var got []string
	for _, o := range m.Outputs() {
		got = append(got, strings.Join([]string{o.Name, o.Unit, o.Per, o.Symmetry}, " "))
	}
	want := []string{"energy eV graph invariant", "atom_energy eV atom invariant", "features  atom 1x0e+1x1o",
		"forces eV/Å atom vector", "virial eV graph tensor"}
	if !slices.Equal(got, want) || len(predict(t, m, structure(2, 1, nil))) != len(want) {
		t.Errorf("outputs %q", got)
	}
	if got := fmt.Sprint(m.Manifest().Served()); got != fmt.Sprint(m.Outputs()) {
		t.Errorf("the manifest alone says %s", got)
	}
}

func TestIrrepsAreOneRowAnAtom(t *testing.T) {
	m := open(t, "potential", nil)
	c := structure(4, 8, nil)
	v := predict(t, m, c)[features]
	if !slices.Equal(v.Shape, []int{4, 4}) {
		t.Fatalf("shape %v", v.Shape)
	}
	// Under inversion 0e stays and 1o changes its sign.
	w := predict(t, m, c.moved(func(p [3]float64) [3]float64 { return [3]float64{-p[0], -p[1], -p[2]} }))[features]
	for i, x := range v.Data {
		if want := map[bool]float64{true: x, false: -x}[i%4 == 0]; math.Abs(w.Data[i]-want) > 1e-12 {
			t.Errorf("number %d: %v, inverted %v", i, x, w.Data[i])
		}
	}
	irreps, err := m.Outputs()[2].Irreps()
	if none, _ := m.Outputs()[0].Irreps(); err != nil || irreps.String() != "1x0e+1x1o" || none != nil {
		t.Errorf("irreps %v, %v, %v", irreps, none, err)
	}
}

func TestValuesPerEdgeComeInTheOrderOfEdges(t *testing.T) {
	m := open(t, "potential", func(m *onnx.Manifest) {
		m.Outputs = []onnx.Output{{Tensor: "gradient", Name: "g", Per: "edge", Symmetry: "vector", Role: "value"}}
		m.Task.Level = "graph"
	})
	graphs := []*graph.Graph{structure(3, 1, nil).graph(t), structure(1, 2, nil).graph(t), structure(2, 3, cells["box"]).graph(t)}
	rows, err := m.Predict(context.Background(), graphs)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range graphs {
		if v := rows[i].Values[0]; !slices.Equal(v.Shape, []int{g.E, 3}) || len(v.Data) != 3*g.E {
			t.Errorf("graph %d of %d edges: %v", i, g.E, v)
		}
	}
}

func TestTransformsOfClasses(t *testing.T) {
	m := open(t, "packed", func(m *onnx.Manifest) {
		m.Outputs = []onnx.Output{
			output("y", "p", "graph", 0, &onnx.Transform{Scale: 0.01, Shift: -0.5, Sigmoid: true}),
			output("z", "classes", "atom", -1, &onnx.Transform{Scale: 100, Softmax: true}),
		}
	})
	g := chain(3, 6, 1)
	rows, err := m.Predict(context.Background(), []*graph.Graph{g})
	if err != nil {
		t.Fatal(err)
	}
	v := rows[0].Values
	if want := 1 / (1 + math.Exp(0.5-0.01*sum(g))); math.Abs(v[0].Data[0]-want) > 1e-7 {
		t.Errorf("sigmoid %v, want %v", v[0], want)
	}
	for i := range 3 { // features of atom i are x, 10x, 0: in the exponent 900 (1+i) apart
		if row := v[1].Data[3*i : 3*i+3]; math.Abs(row[1]-1) > 1e-12 || math.Abs(row[0]+row[1]+row[2]-1) > 1e-12 {
			t.Errorf("softmax of atom %d: %v", i, row)
		}
	}
}

func TestOpenRefusesRowsOfAnotherWidth(t *testing.T) {
	for fault, change := range map[string]func(*onnx.Manifest){
		`/outputs/3/symmetry: is 2x1o, 6 numbers; the network gives "features"`: func(m *onnx.Manifest) { m.Outputs[3].Symmetry = "2x1o" },
		"/outputs/3/symmetry: is vector, 3 numbers":                             func(m *onnx.Manifest) { m.Outputs[3].Symmetry = "vector" },
		"/outputs/1/symmetry: is vector, 3 numbers":                             func(m *onnx.Manifest) { m.Outputs[1].Symmetry, m.Outputs[1].Transform = "vector", nil },
	} {
		if _, err := folder(t, "potential", change).Open(); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("want %s, got %v", fault, err)
		}
	}
}

func atomsRecord(text string) preprocess.Record {
	return preprocess.Record{Kind: preprocess.Atoms, Text: text}
}

func TestRecordsOfCoordinates(t *testing.T) {
	m := open(t, "potential", nil)
	recs := []preprocess.Record{
		atomsRecord(`{"numbers":[8,1,1],"positions":[[0,0,0.12],[0,0.76,-0.47],[0,-0.76,-0.47]]}`),
		atomsRecord(`{"numbers":[7],"positions":[[0,0,0]]}`),
		{Kind: preprocess.XYZ, Text: "1\nLattice=\"3 0 0 0 3 0 0 0 3\"\nC 0 0 0\n"},
	}
	rows, err := m.PredictRecords(context.Background(), recs, onnx.Options{KeepGraphs: true})
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].Err != nil || rows[0].Graph.N != 3 || rows[0].Graph.Positions[1][1] != 0.76 || rows[0].Values[virial].Data != nil {
		t.Errorf("water: %+v", rows[0])
	}
	if rows[0].Atoms != 3 || rows[1].Atoms != 0 || rows[2].Atoms != 1 {
		t.Errorf("rows of %d, %d and %d atoms", rows[0].Atoms, rows[1].Atoms, rows[2].Atoms)
	}
	if rows[1].Err == nil || rows[1].Graph != nil {
		t.Errorf("nitrogen, which the model does not know: %+v", rows[1])
	}
	if rows[2].Err != nil || len(rows[2].Values[virial].Data) != 9 {
		t.Errorf("a carbon crystal: %+v", rows[2])
	}
	if rows, err = m.PredictRecords(context.Background(), recs[:1], onnx.Options{}); err != nil || rows[0].Graph != nil || rows[0].Atoms != 3 {
		t.Errorf("a graph nobody asked for: %+v, %v", rows[0], err)
	}
}
