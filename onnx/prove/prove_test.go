package prove_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// models are the shipped ones, with a matrix in the middle of each network, and the checks of lone atoms
// that see it: no message passes W_h of an atom without bonds.
var models = []struct {
	name   string
	middle matrix
	lone   []string
}{
	{"esol-dmpnn", matrix{"message_passing.W_h.weight", 300, 300}, []string{"isolated atoms"}},
	{"esol-gcn", matrix{"convs.1.lin.weight", 64, 64}, []string{"one atom", "isolated atoms"}},
}

func each(t *testing.T, f func(t *testing.T, f folder)) {
	for _, m := range models {
		t.Run(m.name, func(t *testing.T) { f(t, copyOf(t, m.name)) })
	}
}

func TestShippedModelsProveThemselves(t *testing.T) {
	folders, err := onnx.Discover(shipped)
	if err != nil || len(folders) < len(models) {
		t.Fatalf("%d models, %v", len(folders), err)
	}
	for _, at := range folders {
		t.Run(at.Name, func(t *testing.T) {
			c := folder{t, at.Dir}.prove(prove.Full)
			for _, row := range c.Checks {
				t.Logf("%-24s %.3g ≤ %g in %v: %s", row.Name, row.Measured, row.Bound, row.Took.Round(time.Millisecond), row.Detail)
			}
			for _, row := range c.Failed() {
				t.Errorf("%s: %s", row.Name, row.Worst)
			}
			if c.Level != "full" || len(c.NotProved) != 0 || c.Library == "" || c.Machine == "" || len(c.Files) < 3 {
				t.Errorf("certificate %+v", c)
			}
		})
	}
}

func TestTheGateIsAPartOfTheFullProof(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	gate, full := f.prove(prove.Gate), f.prove(prove.Full)
	for i, row := range gate.Checks {
		if row.Name != full.Checks[i].Name || row.Measured != full.Checks[i].Measured {
			t.Errorf("%s %g at the gate, %s %g in full", row.Name, row.Measured, full.Checks[i].Name, full.Checks[i].Measured)
		}
	}
	if len(gate.NotProved) == 0 {
		t.Error("the gate claims to prove everything")
	}
}

func TestAChangedWeightIsCaughtByTheReference(t *testing.T) {
	for _, m := range models {
		t.Run(m.name, func(t *testing.T) {
			f := copyOf(t, m.name)
			f.weight(m.middle, byHalf)
			f.fails(append([]string{"weights", "reference", "reference on noise"}, m.lone...)...)
		})
	}
}

func TestAChangedONNXWeightIsCaughtByTheGoldenNumbersAndTheReference(t *testing.T) {
	for _, m := range models {
		t.Run(m.name, func(t *testing.T) {
			f := copyOf(t, m.name)
			f.onnxWeight(m.middle, byHalf)
			f.fails(append([]string{"golden outputs", "golden values", "weights", "reference", "reference on noise"}, m.lone...)...)
		})
	}
}

// The last bit of one weight moves no output past a tolerance: only its own check can see it.
func TestTheLastBitOfAWeightIsCaught(t *testing.T) {
	for _, m := range models {
		t.Run(m.name, func(t *testing.T) {
			f := copyOf(t, m.name)
			f.weight(m.middle, lastBit)
			f.fails("weights")
		})
	}
}

func TestAChangedGoldenOutputIsCaught(t *testing.T) {
	each(t, func(t *testing.T, f folder) {
		f.goldenCase(2, func(c map[string]any) {
			y := tensorData(c, "outputs", "y")
			y[0] = float(y[0]) + 2e-5*max(1, math.Abs(float(y[0]))) // twice the bound
		})
		c := f.fails("golden outputs")
		if row := c.Failed()[0]; !strings.Contains(row.Worst, "case 2, y[0]") {
			t.Errorf("the place is %q", row.Worst)
		}
	})
}

func TestAChangedGoldenValueIsCaught(t *testing.T) {
	each(t, func(t *testing.T, f folder) {
		f.goldenCase(3, func(c map[string]any) {
			v := c["values"].([]any)
			v[1] = float(v[1]) + 1e-4
		})
		c := f.fails("golden values")
		if row := c.Failed()[0]; !strings.Contains(row.Worst, "case 3 record 1, logS") {
			t.Errorf("the place is %q", row.Worst)
		}
	})
}

// The network need not feel it: the tensors themselves are compared.
func TestOneStepOfOneFeatureIsCaught(t *testing.T) {
	each(t, func(t *testing.T, f folder) {
		name := map[string]string{"esol-dmpnn": "V", "esol-gcn": "x"}[f.open().Manifest().Name]
		const mass = 71 // the last of 72 columns
		f.goldenCase(0, func(c map[string]any) {
			v := tensorData(c, "tensors", name)
			v[mass] = math.Nextafter32(float32(float(v[mass])), 1)
		})
		c := f.fails("golden tensors")
		if row := c.Failed()[0]; row.Measured != 1 || !strings.Contains(row.Worst, "case 0, "+name) {
			t.Errorf("%g numbers differ, %q", row.Measured, row.Worst)
		}
	})
}

func TestAMovedFeatureColumnIsCaught(t *testing.T) {
	f := copyOf(t, "esol-dmpnn")
	f.goldenCase(0, func(c map[string]any) {
		v := tensorData(c, "tensors", "V")
		v[5], v[6] = v[6], v[5] // carbon becomes nitrogen
	})
	f.fails("golden tensors", "golden outputs")
}

func TestAWrongEdgeOrMaskIsCaught(t *testing.T) {
	f := copyOf(t, "esol-dmpnn")
	f.goldenCase(1, func(c map[string]any) {
		e := tensorData(c, "tensors", "edge_index")
		e[0], e[1], e[2], e[3] = e[1], e[0], e[3], e[2]
	})
	if c := f.prove(prove.Gate); len(c.Failed()) == 0 || c.Failed()[0].Name != "golden tensors" {
		t.Error("reversed edges pass")
	}
	g := copyOf(t, "esol-gcn")
	g.goldenCase(1, func(c map[string]any) { tensorData(c, "tensors", "atom_mask")[0] = false })
	g.fails("golden tensors", "golden outputs")
}

func TestAChangedManifestIsCaught(t *testing.T) {
	hyper := func(name string, v any) func(map[string]any) {
		return func(m map[string]any) {
			m["architecture"].(map[string]any)["hyperparameters"].(map[string]any)[name] = v
		}
	}
	for _, c := range []struct {
		name, model string
		edit        func(map[string]any)
		fails       []string
	}{
		{"scale", "esol-gcn", func(m map[string]any) {
			tr := m["outputs"].([]any)[0].(map[string]any)["transform"].(map[string]any)
			tr["scale"] = float(tr["scale"]) * 1.0001
		}, []string{"golden values"}},
		{"tolerance", "esol-gcn", func(m map[string]any) { m["tolerance"].(map[string]any)["reference"] = 0.1 }, []string{"tolerances"}},
		{"depth", "esol-dmpnn", hyper("depth", 4), []string{"reference", "reference on noise", "one atom", "isolated atoms"}},
		{"aggregation", "esol-dmpnn", hyper("aggregation", "sum"), []string{"reference", "reference on noise", "one atom", "isolated atoms"}},
		{"hidden", "esol-gcn", hyper("hidden", 96), []string{"reference", "reference on noise"}},
		{"architecture", "esol-gcn", func(m map[string]any) { m["architecture"].(map[string]any)["name"] = "schnet" }, []string{"reference", "reference on noise"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := copyOf(t, c.model)
			f.manifest(c.edit)
			f.fails(c.fails...)
		})
	}
}

func TestAModelWithoutAnArchitectureSaysWhatIsNotProved(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	f.manifest(func(m map[string]any) { m["architecture"] = nil })
	c := f.prove(prove.Full)
	if !c.OK || len(c.NotProved) != 1 || !strings.HasPrefix(c.NotProved[0], "reference:") {
		t.Errorf("ok %t, not proved %q", c.OK, c.NotProved)
	}
	for _, row := range c.Checks {
		if strings.HasPrefix(row.Name, "reference") {
			t.Errorf("%s was run", row.Name)
		}
	}
}

func TestUnknownElementsAreRefusedWhereTheManifestListsSome(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	f.manifest(func(m map[string]any) {
		m["chemistry"].(map[string]any)["elements"] = []string{"H", "C", "N", "O", "F", "Na", "Si", "P", "S", "Cl", "Br", "I"}
	})
	c := f.prove(prove.Full)
	i := slices.IndexFunc(c.Checks, func(row prove.Check) bool { return row.Name == "unknown element refused" })
	if i < 0 || !c.Checks[i].OK {
		t.Errorf("checks %+v", c.Checks)
	}
}

func TestAGoldenFileThatIsNoGoldenFileIsRefused(t *testing.T) {
	cases := func(edit func([]any) []any) func(map[string]any) {
		return func(g map[string]any) { g["cases"] = edit(g["cases"].([]any)) }
	}
	first := func(edit func(map[string]any)) func(map[string]any) {
		return func(g map[string]any) { edit(g["cases"].([]any)[0].(map[string]any)) }
	}
	tensor := func(key string, v any) func(map[string]any) {
		return first(func(c map[string]any) { c["tensors"].(map[string]any)["x"].(map[string]any)[key] = v })
	}
	for _, c := range []struct {
		name, want string
		edit       func(map[string]any)
	}{
		{"format", "format 2", func(g map[string]any) { g["golden"] = 2 }},
		{"an unknown key", "unknown field", func(g map[string]any) { g["note"] = "hello" }},
		{"few cases", "7 cases, fewer than 8", cases(func(c []any) []any { return c[:7] })},
		{"one case many times", "2 distinct records in the cases, fewer than 8", cases(func(c []any) []any { return slices.Repeat(c[1:3], 5) })},
		{"few probes", "511 distinct probes", func(g map[string]any) { g["probe"] = g["probe"].([]any)[:511] }},
		{"one probe many times", "1 distinct probes", func(g map[string]any) { g["probe"] = slices.Repeat(g["probe"].([]any)[:1], 600) }},
		{"a probe of no kind", "has none of", func(g map[string]any) { g["probe"].([]any)[0] = map[string]any{"id": "a"} }},
		{"a missing value", "0 values for 1 records", first(func(c map[string]any) { c["values"] = []any{} })},
		{"a value that is null", "null", first(func(c map[string]any) { c["values"] = []any{nil} })},
		{"a value that is a word", "neither a number nor", first(func(c map[string]any) { c["values"] = []any{"x"} })},
		{"a missing tensor", "has tensors", first(func(c map[string]any) { delete(c["tensors"].(map[string]any), "x") })},
		{"an unknown output", "has outputs", first(func(c map[string]any) { c["outputs"].(map[string]any)["z"] = c["outputs"].(map[string]any)["y"] })},
		{"a shape that does not fit", "of shape [1 1 71] has 72", tensor("shape", []int{1, 1, 71})},
		{"a negative shape", "of shape [-1 1 -72]", tensor("shape", []int{-1, 1, -72})},
		{"a type that is none", "unknown dtype", tensor("dtype", "float16")},
		{"a type that is another", "is float64, not float32", tensor("dtype", "float64")},
		{"a tensor that holds null", "null", tensor("data", slices.Repeat([]any{nil}, 72))},
		{"no data", "", tensor("data", "x")},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := copyOf(t, "esol-gcn")
			f.golden(c.edit)
			row := f.fails("golden file").Failed()[0]
			if !strings.Contains(row.Worst, c.want) {
				t.Errorf("%q does not say %q", row.Worst, c.want)
			}
		})
	}
	f := copyOf(t, "esol-gcn")
	f.write("golden.json", append(f.read("golden.json"), "{}"...))
	f.fails("golden file")
}

// Errors below 1 are absolute: of a network whose numbers are tiny nothing could be told, whatever it is scaled by.
func TestGoldenNumbersThatTellNothingAreRefused(t *testing.T) {
	network, err := os.ReadFile("testdata/nothing.onnx")
	if err != nil {
		t.Fatal(err)
	}
	f := copyOf(t, "esol-gcn")
	f.manifest(func(m map[string]any) {
		m["architecture"] = nil
		tr := m["outputs"].([]any)[0].(map[string]any)["transform"].(map[string]any)
		tr["scale"] = float(tr["scale"]) * 1e7
	})
	f.golden(func(g map[string]any) {
		for _, c := range g["cases"].([]any) {
			y := tensorData(c.(map[string]any), "outputs", "y")
			for k := range y {
				y[k] = float(y[k]) * 1e-7
			}
		}
	})
	f.write("model.onnx", network)
	if row := f.fails("golden file").Failed()[0]; !strings.Contains(row.Worst, "the golden numbers of logS are alike within 0.0001") {
		t.Errorf("said %q", row.Worst)
	}
}

func TestAProbeThatIsRefusedIsAFailureWithItsCode(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	f.golden(func(g map[string]any) { g["probe"].([]any)[7] = map[string]any{"smiles": "C1CC"} })
	row := f.fails("records").Failed()[0]
	if !strings.Contains(row.Worst, "probe 7") || !strings.Contains(row.Worst, "unclosed_ring") {
		t.Errorf("said %q", row.Worst)
	}
}

func TestAModelWhoseEveryRecordIsRefusedIsNotProved(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	f.golden(func(g map[string]any) {
		for i := range g["probe"].([]any) {
			g["probe"].([]any)[i] = map[string]any{"smiles": "C" + strings.Repeat("C", i) + "1"}
		}
		for i, c := range g["cases"].([]any) {
			for j := range c.(map[string]any)["records"].([]any) {
				c.(map[string]any)["records"].([]any)[j] = map[string]any{"smiles": strings.Repeat("C", i+1) + "1"}
			}
		}
	})
	if c := f.fails("records"); len(c.NotProved) == 0 || c.Failed()[0].Measured < 512 {
		t.Errorf("%+v", c)
	}
}

func TestAModelThatLetGoOfItsFilesIsNotProved(t *testing.T) {
	m := copyOf(t, "esol-gcn").open()
	m.Forget()
	c, err := prove.Prove(t.Context(), m, prove.Gate)
	if err != nil || c.OK {
		t.Errorf("%v, %+v", err, c)
	}
}

func TestProveEndsWithItsContext(t *testing.T) {
	m := copyOf(t, "esol-dmpnn").open()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	c, err := prove.Prove(ctx, m, prove.Full)
	if !errors.Is(err, context.DeadlineExceeded) || c != nil {
		t.Errorf("%v, %v", c, err)
	}
}

func TestCheckSurvivesJSON(t *testing.T) {
	for _, want := range []prove.Check{
		{Name: "a", Measured: 1e-7, Bound: 1e-5, OK: true, Detail: "d", Took: 1500 * time.Microsecond},
		{Name: "b", Measured: math.Inf(1), Worst: "w"},
	} {
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got prove.Check
		if err := json.Unmarshal(raw, &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
}

// The networks are those of testdata/liars.py.
func TestEachLawIsBrokenBySomeNetwork(t *testing.T) {
	for _, c := range []struct{ network, model, breaks string }{
		{"multiplied_mask", "esol-gcn", "padding of NaN"},
		{"mean_over_slots", "esol-gcn", "padding"},
		{"mean_over_slots", "esol-gcn", "batch mates"},
		{"first_atom", "esol-gcn", "permutation"},
		{"batch_mean", "esol-gcn", "batch mates"},
		{"batch_mean", "esol-gcn", "isolated atoms"},
		{"crowd", "esol-gcn", "batch mates"},
		{"random", "esol-gcn", "repeatable"},
		{"one_atom_is_infinite", "esol-gcn", "one atom"},
		{"ghost_is_felt", "esol-dmpnn", "padding of NaN"},
	} {
		t.Run(c.network+" "+c.breaks, func(t *testing.T) {
			network, err := os.ReadFile(filepath.Join("testdata", c.network+".onnx"))
			if err != nil {
				t.Fatal(err)
			}
			f := copyOf(t, c.model)
			f.manifest(func(m map[string]any) {
				m["architecture"] = nil
				if c.network == "random" {
					m["operators"] = []string{"RandomUniformLike"}
				}
			})
			f.write("model.onnx", network)
			for _, row := range f.prove(prove.Full).Failed() {
				if row.Name == c.breaks {
					return
				}
			}
			t.Errorf("%s holds", c.breaks)
		})
	}
}
