package prove_test

import (
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// runsAlone is a shipped model whose answer is said to be of the batch, with the cases of its golden.json one
// molecule each: the answers are still those of the training side.
func runsAlone(t *testing.T, name string) folder {
	t.Helper()
	f := copyOf(t, name)
	m := f.open()
	f.golden(func(g map[string]any) {
		var cases []any
		for _, c := range g["cases"].([]any) {
			cases = append(cases, f.apart(m, c.(map[string]any))...)
		}
		g["cases"] = cases
	})
	f.manifest(func(m map[string]any) {
		o := m["outputs"].([]any)[0].(map[string]any)
		o["per"] = "batch"
		delete(o, "column")
	})
	return f
}

// apart makes a case of each record of a case.
func (f folder) apart(m *onnx.Model, c map[string]any) (out []any) {
	f.Helper()
	records, y := c["records"].([]any), tensorData(c, "outputs", "y")
	for j, r := range records {
		g, err := preprocess.Build(preprocess.Record{Kind: preprocess.SMILES, Text: r.(map[string]any)["smiles"].(string)}, m.Spec())
		if err != nil {
			f.Fatal(err)
		}
		bound, err := m.Bind(graph.Collate([]*graph.Graph{g}, m.Manifest().Layout, graph.Padding{}))
		if err != nil {
			f.Fatal(err)
		}
		tensors := map[string]any{}
		for i, in := range m.Manifest().Inputs {
			tensors[in.Tensor] = written(&bound[i])
		}
		out = append(out, map[string]any{"records": records[j : j+1], "tensors": tensors, "values": c["values"].([]any)[j : j+1],
			"outputs": map[string]any{"y": map[string]any{"dtype": "float32", "shape": []int{1, 1}, "data": []any{y[j]}}}})
	}
	return out
}

// written is a tensor as golden.json has it.
func written(t *graph.Tensor) map[string]any {
	if t.DType == graph.Bool {
		return map[string]any{"dtype": t.DType, "shape": t.Shape, "data": t.B}
	}
	data := make([]float64, t.Len())
	for i := range data {
		data[i] = t.At(i)
	}
	return map[string]any{"dtype": t.DType, "shape": t.Shape, "data": data}
}

// Padded, a graph alone has room for more atoms; packed it would need a ghost.
func TestAModelWithAnOutputPerBatchIsProved(t *testing.T) {
	for name, hasRoom := range map[string]bool{"esol-gcn": true, "esol-dmpnn": false} {
		c := runsAlone(t, name).prove(prove.Full)
		if !c.OK {
			t.Fatalf("%s: %+v", name, c.Failed())
		}
		var names []string
		for _, row := range c.Checks {
			names = append(names, row.Name)
		}
		for check, want := range map[string]bool{"golden outputs": true, "golden values": true, "reference": true, "permutation": true,
			"isolated atoms": true, "repeatable": true, "warm-up": true, "batch mates": false, "padding": hasRoom, "padding of NaN": hasRoom} {
			if slices.Contains(names, check) != want {
				t.Errorf("%s: check %q: %t, want %t", name, check, !want, want)
			}
		}
		if !slices.ContainsFunc(c.NotProved, func(s string) bool { return strings.HasPrefix(s, "batch mates: an output is per batch") }) {
			t.Errorf("%s: not proved: %q", name, c.NotProved)
		}
	}
}

func TestCasesOfSeveralMoleculesAreNoneOfAModelThatRunsThemAlone(t *testing.T) {
	f := runsAlone(t, "esol-gcn")
	f.golden(func(g map[string]any) {
		cases := g["cases"].([]any)
		c := cases[1].(map[string]any)
		for _, key := range []string{"records", "values"} {
			c[key] = append(slices.Clone(c[key].([]any)), cases[2].(map[string]any)[key].([]any)...)
		}
	})
	c := f.fails("golden file")
	if worst := c.Failed()[0].Worst; !strings.Contains(worst, "case 1 has 2 records; with an output per batch each case has one") {
		t.Errorf("worst: %s", worst)
	}
}

func TestAWrongNumberPerBatchIsCaught(t *testing.T) {
	f := runsAlone(t, "esol-gcn")
	f.goldenCase(3, func(c map[string]any) { c["values"].([]any)[0] = 1 + float(c["values"].([]any)[0]) })
	f.fails("golden values")
}
