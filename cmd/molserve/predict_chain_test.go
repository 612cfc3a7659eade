package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/library"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// chained writes a small network of onnx/testdata, which has nothing to prove itself with, as a folder.
func chained(t *testing.T, network string, change func(*onnx.Manifest)) string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("../../onnx/testdata/manifest.json")
	must(err)
	m, err := onnx.ReadManifest(text)
	must(err)
	m.Name, m.Architecture, m.Chemistry.Elements = network, nil, nil
	m.Inputs, m.Outputs = m.Inputs[:1], m.Outputs[:1]
	m.Outputs[0].Transform, m.Outputs[0].Column = nil, nil
	change(m)
	return writtenFolder(t, m, network)
}

// writtenFolder writes a manifest and a network of onnx/testdata as a folder, with a golden.json that proves nothing.
func writtenFolder(t *testing.T, m *onnx.Manifest, network string) string {
	t.Helper()
	bytes, err := os.ReadFile("../../onnx/testdata/" + network + ".onnx")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	m.Files = map[string]onnx.File{}
	write := func(name string, data []byte) {
		m.Files[name] = onnx.File{SHA256: fmt.Sprintf("%x", sha256.Sum256(data)), Bytes: int64(len(data))}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("model.onnx", bytes)
	write("golden.json", []byte("{}"))
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// aided is a model of two auxiliary numbers, by default the number of atoms twice.
func aided(t *testing.T, from ...onnx.Source) string {
	return chained(t, "aided", func(m *onnx.Manifest) {
		m.Inputs = append(m.Inputs, onnx.Input{Tensor: "batch", Field: "graph_index", DType: graph.Int64, Shape: []onnx.Dim{{Symbol: "N"}}},
			onnx.Input{Tensor: "aux", Field: "auxiliary", DType: graph.Float32, Shape: []onnx.Dim{{Symbol: "G"}, {Size: 2}}, From: from})
		m.Outputs[0].Name = "y"
	})
}

func TestPredictAsksTheModelsOfAChainWhichAreOpenedOnce(t *testing.T) {
	path, err := library.Find("")
	if err == nil {
		err = onnx.Start(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	atoms := onnx.Source{Model: "whole", Version: "1", Output: "atoms"}
	folders := map[string]string{
		"whole@1": chained(t, "whole", func(m *onnx.Manifest) {
			m.Outputs[0].Tensor, m.Outputs[0].Name, m.Outputs[0].Per = "atoms", "atoms", graph.PerBatch
			m.Outputs[0].Column = new(int)
		}),
		"aided@1": aided(t, atoms, atoms),
		"round@1": aided(t, onnx.Source{Model: "round", Version: "1", Output: "y"}),
	}
	var opened []string
	c := &chain{open: func(ref string) (*onnx.Model, error) {
		opened = append(opened, ref)
		if folders[ref] == "" {
			return nil, errors.New("no model " + ref)
		}
		return onnx.Open(folders[ref])
	}}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Error(err)
		}
	})
	m, err := c.model("aided@1")
	if err != nil {
		t.Fatal(err)
	}
	smiles := func(text, aux string) preprocess.Record {
		return preprocess.Record{Kind: preprocess.SMILES, Text: text, Auxiliary: aux}
	}
	for range 2 {
		rows, err := c.predict(t.Context(), m, []preprocess.Record{smiles("CCO", ""), smiles("CCO", "[3,3]"), smiles("C(", "")}, onnx.Options{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if rows[0].Values[0].Data[0] != rows[1].Values[0].Data[0] || !slices.Equal(rows[0].Chained, []float32{3, 3}) || rows[2].Err == nil {
			t.Errorf("%+v", rows)
		}
	}
	if !slices.Equal(opened, []string{"aided@1", "whole@1"}) {
		t.Errorf("opened %v", opened)
	}
	round, err := c.model("round@1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.predict(t.Context(), round, []preprocess.Record{smiles("C", "")}, onnx.Options{}, 1); err == nil || !strings.Contains(err.Error(), "the chain is longer than 8 models") {
		t.Errorf("a chain without an end: %v", err)
	}
	gone, err := onnx.Open(aided(t, onnx.Source{Model: "gone", Version: "2", Output: "y"}))
	if err != nil {
		t.Fatal(err)
	}
	defer gone.Close()
	if _, err := c.predict(t.Context(), gone, []preprocess.Record{smiles("C", "")}, onnx.Options{}, 1); err == nil || !strings.Contains(err.Error(), "output y of gone@2: no model gone@2; send auxiliary") {
		t.Errorf("a chain to nowhere: %v", err)
	}
}
