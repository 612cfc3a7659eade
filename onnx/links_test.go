package onnx_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// link is a raw graph of atoms with the features 1, 2, … n, what its sender adds, and the link scores.
func link(n int, pairs [][2]int, aux string) (preprocess.Record, []float64) {
	nodes, scores := "[1]", []float64{}
	for i := 2; i <= n; i++ {
		nodes += fmt.Sprintf(",[%d]", i)
	}
	for _, p := range pairs {
		scores = append(scores, float64((p[0]+1)*(p[1]+1)))
	}
	text, _ := json.Marshal(pairs)
	return preprocess.Record{Kind: preprocess.RawGraph, Text: `{"node_features":[` + nodes + `]}`, Auxiliary: aux, Pairs: string(text)}, scores
}

// links opens the network of pairs for raw graphs.
func links(t *testing.T) *onnx.Model {
	t.Helper()
	return open(t, "links", func(m *onnx.Manifest) { m.Accepts = []string{"graph"} })
}

func TestAnswersOfPairsAndNumbersOfSendersGoToTheirRecords(t *testing.T) {
	a, scoresA := link(4, [][2]int{{0, 3}, {2, 2}, {1, 0}}, "[1,2]")
	b, scoresB := link(1, [][2]int{{0, 0}}, "[-1,0.5]")
	none, _ := link(2, [][2]int{}, "[0,0]")
	late, _ := link(2, [][2]int{{0, 2}}, "[0,0]")
	silent, _ := link(2, [][2]int{{0, 1}}, "")
	rows, err := links(t).PredictRecords(t.Context(), []preprocess.Record{a, none, late, b, silent}, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]struct {
		scores []float64
		total  float64
	}{0: {scoresA, 13}, 1: {[]float64{}, 10}, 3: {scoresB, 9.5}} {
		v := rows[i].Values
		if rows[i].Err != nil || !slices.Equal(v[0].Data, want.scores) || !slices.Equal(v[0].Shape, []int{len(want.scores)}) || v[1].Data[0] != want.total {
			t.Errorf("row %d: %+v, want %+v", i, rows[i], want)
		}
	}
	for i, want := range map[int]string{2: "pairs/0: [0 2] for 2 atoms", 4: "auxiliary is missing"} {
		if rows[i].Err == nil || !strings.Contains(rows[i].Err.Message, want) {
			t.Errorf("row %d: %+v, want %q", i, rows[i], want)
		}
	}
}

// A bucket changes no bit, whatever its ghosts hold.
func TestPairsAreAnsweredTheSameInABucket(t *testing.T) {
	m := links(t)
	var graphs []*graph.Graph
	for n := 1; n < 9; n++ {
		r, _ := link(n, [][2]int{{0, n - 1}, {n / 2, 0}}, fmt.Sprintf("[%d,0.25]", n))
		g, err := preprocess.Build(r, m.Spec())
		if err != nil {
			t.Fatal(err)
		}
		graphs = append(graphs, g)
	}
	want, err := m.Run(t.Context(), graph.Collate(graphs, graph.Packed, graph.Padding{}))
	if err != nil {
		t.Fatal(err)
	}
	b := graph.Collate(graphs, graph.Packed, nanBucket(graphs))
	got, err := m.Run(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for name, per := range map[string]string{"score": graph.PerPair, "total": graph.PerGraph} {
		whole, alone := got[name], want[name]
		parts, err := b.Split(&whole, per)
		if err != nil {
			t.Fatal(err)
		}
		var all []float32
		for _, p := range parts {
			all = append(all, p.F32...)
		}
		if !slices.Equal(all, alone.F32) {
			t.Errorf("%s in a bucket %v, without %v", name, all, alone.F32)
		}
	}
}
