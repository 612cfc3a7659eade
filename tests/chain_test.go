package tests

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/preprocess/graph"
)

// aidedModel publishes a network whose answer is the sum of two auxiliary numbers and of the features of the
// atoms, which come from other models when nobody sends them.
func aidedModel(t *testing.T, root, name string, from ...onnx.Source) {
	t.Helper()
	smallModel(t, root, "aided", name, func(m *onnx.Manifest) {
		g := onnx.Dim{Symbol: "G"}
		m.Inputs = append(m.Inputs, onnx.Input{Tensor: "batch", Field: "graph_index", DType: graph.Int64, Shape: []onnx.Dim{{Symbol: "N"}}},
			onnx.Input{Tensor: "aux", Field: "auxiliary", DType: graph.Float32, Shape: []onnx.Dim{g, {Size: 2}}, From: from})
		m.Outputs = []onnx.Output{outputOf("y", "y", graph.PerGraph, nil)}
	})
}

type chainAnswer struct {
	Predictions []struct {
		Index     int
		Status    string
		Auxiliary []float64
		Values    struct{ Y float64 }
		Error     struct {
			Code, Message string
			Offset        *int
		}
	}
}

func atomsOfWhole(n int) onnx.Source {
	return onnx.Source{Model: "whole", Version: "1", Output: []string{"atoms", "sums", "h"}[n]}
}

func TestAModelTakesAuxiliaryNumbersFromAnother(t *testing.T) {
	onnxtest.Start(t)
	root := t.TempDir()
	wholeModel(t, root)
	aidedModel(t, root, "aided", atomsOfWhole(0), atomsOfWhole(0))
	aidedModel(t, root, "alone")
	aidedModel(t, root, "further", onnx.Source{Model: "aided", Version: "1", Output: "y"}, atomsOfWhole(0))
	p := serveUnproved(t, root)

	var chained, sent, second, third chainAnswer
	p.answer("/v1/models/aided/predict", `{"molecules":[{"smiles":"CCO"},{"smiles":"C(C","id":"broken"},{"smiles":"CCO","auxiliary":[3,3]},{"smiles":"CCO","auxiliary":[0,0.5]}]}`, &chained)
	p.answer("/v1/models/alone/predict", `{"molecules":[{"smiles":"CCO","auxiliary":[3,3]},{"smiles":"CCO","auxiliary":[0,0.5]}]}`, &sent)
	rows := chained.Predictions
	if rows[0].Values.Y != sent.Predictions[0].Values.Y || rows[2].Values.Y != rows[0].Values.Y || rows[3].Values.Y != sent.Predictions[1].Values.Y {
		t.Errorf("chained %+v\nsent %+v", rows, sent)
	}
	if !slices.Equal(rows[0].Auxiliary, []float64{3, 3}) || rows[2].Auxiliary != nil {
		t.Errorf("told of %v and %v", rows[0].Auxiliary, rows[2].Auxiliary)
	}
	if e := rows[1].Error; e.Code == "" || e.Offset == nil || !strings.HasPrefix(e.Message, "auxiliary comes from whole@1, which refuses the molecule: ") {
		t.Errorf("a broken molecule: %+v", rows[1])
	}
	// A chain of a chain.
	p.answer("/v1/models/further/predict", `{"smiles":["CCO"]}`, &second)
	if row := second.Predictions[0]; len(row.Auxiliary) != 2 || float32(row.Auxiliary[0]) != float32(rows[0].Values.Y) || row.Auxiliary[1] != 3 {
		t.Errorf("further %+v", row)
	}
	// Texts of V2 and rows of NDJSON go the same way.
	var v2 v2Answer
	p.answer("/v2/models/aided/infer", `{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[1],"data":["CCO"]}]}`, &v2)
	if _, data := v2.output("y"); data[0] != rows[0].Values.Y {
		t.Errorf("V2 %v, want %v", data, rows[0].Values.Y)
	}
	res, err := p.postTo("aided", `{"smiles":"CCO"}`+"\n", "Content-Type", "application/x-ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || json.Unmarshal(text, &third) != nil || third.Predictions[0].Values.Y != rows[0].Values.Y {
		t.Errorf("NDJSON: %s %v", text, err)
	}
}

func TestChainsThatCannotAnswerSayHowToDoWithout(t *testing.T) {
	onnxtest.Start(t)
	root := t.TempDir()
	wholeModel(t, root)
	aidedModel(t, root, "nowhere", onnx.Source{Model: "gone", Version: "1", Output: "y"})
	aidedModel(t, root, "old", onnx.Source{Model: "whole", Version: "7", Output: "atoms"})
	aidedModel(t, root, "wide", atomsOfWhole(1))
	aidedModel(t, root, "atoms", atomsOfWhole(2))
	aidedModel(t, root, "ping", onnx.Source{Model: "pong", Version: "1", Output: "y"})
	aidedModel(t, root, "pong", onnx.Source{Model: "ping", Version: "1", Output: "y"})
	p := serveUnproved(t, root)
	for model, want := range map[string]string{
		"nowhere": "auxiliary comes from output y of gone@1: there is no model of this name",
		"old":     "output atoms of whole@7: there is no such version of whole",
		"wide":    "all sources give 72 numbers, input aux takes 2",
		"atoms":   "it is per atom; auxiliary is per graph",
		"ping":    "the chain is longer than 8 models, if it has an end",
	} {
		res, err := http.Post(p.base+"/v1/models/"+model+"/predict", "application/json", strings.NewReader(`{"smiles":["CC"]}`))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != 503 || !strings.Contains(string(text), want) || !strings.Contains(string(text), "send auxiliary with each molecule to do without") {
			t.Errorf("%s: %d %s, want %q", model, res.StatusCode, text, want)
		}
		var got chainAnswer
		p.answer("/v1/models/"+model+"/predict", `{"molecules":[{"smiles":"CC","auxiliary":[1,2]}]}`, &got)
		if got.Predictions[0].Status != "ok" {
			t.Errorf("%s with numbers: %+v", model, got)
		}
	}
}
