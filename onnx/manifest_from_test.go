package onnx_test

import (
	"strings"
	"testing"

	"molserve/onnx"
)

// graphOnes is the last input of the example.
const graphOnes = "\"field\": \"graph_ones\",\n   \"dtype\": \"float32\",\n   \"shape\": [\n    \"G\""

// auxiliaryFrom makes it two numbers of other models.
func auxiliaryFrom(sources string) string {
	return `"field": "auxiliary", "from": ` + sources + `, "dtype": "float32", "shape": ["G", 2`
}

var badChains = []bad{
	{"chain of nothing", graphOnes, auxiliaryFrom(`[]`), "/inputs/5/from", "is empty; leave it out where senders give the numbers"},
	{"chain in a word", graphOnes, auxiliaryFrom(`"esol-gcn"`), "/inputs/5/from", "is a string, not an array"},
	{"chain without an output", graphOnes, auxiliaryFrom(`[{"model": "a", "version": "1"}]`), "/inputs/5/from/0/output", "is missing"},
	{"chain of an empty output", graphOnes, auxiliaryFrom(`[{"model": "a", "version": "1", "output": ""}]`), "/inputs/5/from/0/output", "is empty; name an output per graph of a"},
	{"chain of any version", graphOnes, auxiliaryFrom(`[{"model": "a", "version": "latest", "output": "y"}]`), "/inputs/5/from/0/version", `"latest" is not a positive integer; a chain hangs on one version`},
	{"chain of a path", graphOnes, auxiliaryFrom(`[{"model": "../a", "version": "1", "output": "y"}]`), "/inputs/5/from/0/model", `"../a" does not match`},
	{"chain with a key", graphOnes, auxiliaryFrom(`[{"model": "a", "version": "1", "output": "y", "column": 0}]`), "/inputs/5/from/0/column", "is an unknown key"},
	{"chain to itself", graphOnes, auxiliaryFrom(`[{"model": "esol-dmpnn", "version": "1", "output": "logS"}]`), "/inputs/5/from/0/model", "is this version itself, which would wait for its own answer"},
	{"chain of too many", graphOnes, auxiliaryFrom(`[{"model": "a", "version": "1", "output": "x"}, {"model": "a", "version": "1", "output": "y"}, {"model": "a", "version": "1", "output": "z"}]`),
		"/inputs/5/from", "names 3 outputs for 2 numbers; each gives one or more"},
	{"chain of two inputs", "\"field\": \"graph_index\",\n   \"dtype\": \"int64\",\n   \"shape\": [\n    \"N\"\n   ]\n  },\n  {\n   \"tensor\": \"n_graphs\",\n   " + graphOnes,
		auxiliaryFrom(`[{"model": "a", "version": "1", "output": "x"}]`) + `]}, {"tensor": "n_graphs", ` + auxiliaryFrom(`[{"model": "b", "version": "1", "output": "x"}]`), "/inputs/5/field", "is auxiliary, as that of input batch is"},
	{"chain of another field", graphOnes, `"field": "total_charge", "from": [{"model": "a", "version": "1", "output": "y"}], "dtype": "float32", "shape": ["G"`, "/inputs/5/from", "is no option of field total_charge"},
}

func init() { badManifests["manifest"] = append(badManifests["manifest"], badChains...) }

func TestAManifestMayNameAChain(t *testing.T) {
	text := strings.Replace(example(t), graphOnes, auxiliaryFrom(`[{"model": "a", "version": "2", "output": "x"}, {"model": "esol-dmpnn", "version": "9", "output": "y"}]`), 1)
	m, err := onnx.ReadManifest([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if in := m.Chained(); in == nil || len(in.From) != 2 || in.From[0] != (onnx.Source{Model: "a", Version: "2", Output: "x"}) {
		t.Errorf("%+v", in)
	}
	if err := validate(schema(t), text); err != nil {
		t.Errorf("the schema refuses it: %v", err)
	}
	if plain, err := onnx.ReadManifest([]byte(example(t))); err != nil || plain.Chained() != nil {
		t.Errorf("without one: %v", err)
	}
}
