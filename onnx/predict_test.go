package onnx_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// chain makes a chain of n atoms of element z whose features are their own number plus start.
func chain(n int, z uint8, start float32) *graph.Graph {
	g := &graph.Graph{N: n, E: 2 * (n - 1), NodeWidth: 72, EdgeWidth: 14, NodeFeatures: make([]float32, 72*n),
		EdgeFeatures: make([]float32, 28*(n-1)), Numbers: slices.Repeat([]uint8{z}, n)}
	for i := range n {
		g.NodeFeatures[72*i], g.NodeFeatures[72*i+1] = start+float32(i), 10*(start+float32(i))
	}
	for k := range int32(n - 1) {
		g.Src, g.Dst = append(g.Src, k, k+1), append(g.Dst, k+1, k)
		g.Reverse = append(g.Reverse, 2*k+1, 2*k)
		g.EdgeFeatures[28*k] = 0.5
	}
	return g
}

// sum is what the networks add up for a chain: 11 (start + i) an atom; packed adds 0.5 a bond.
func sum(g *graph.Graph) (total float64) {
	for _, x := range g.NodeFeatures {
		total += float64(x)
	}
	for _, x := range g.EdgeFeatures {
		total += float64(x)
	}
	return total
}

func TestPackedOutputsGoBackToTheirOwners(t *testing.T) {
	m := open(t, "packed", nil)
	graphs := []*graph.Graph{chain(2, 6, 1), chain(1, 6, 5), chain(3, 7, 2)}
	rows, err := m.Predict(context.Background(), graphs)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range graphs {
		v := rows[i].Values
		if rows[i].Err != nil || rows[i].Index != i || len(v) != 5 {
			t.Fatalf("row %d: %+v", i, rows[i])
		}
		if v[0].Shape != nil || len(v[0].Data) != 1 || math.Abs(v[0].Data[0]-(2*sum(g)+100)) > 1e-4 {
			t.Errorf("row %d: sum %v, want %g", i, v[0], 2*sum(g)+100)
		}
		if !slices.Equal(v[1].Shape, []int{g.N}) || !slices.Equal(v[2].Shape, []int{g.N, 3}) || !slices.Equal(v[3].Shape, []int{g.N}) || !slices.Equal(v[4].Shape, []int{2}) {
			t.Errorf("row %d: shapes %v", i, v)
		}
		for k := range g.N {
			x := float64(g.NodeFeatures[72*k])
			if v[1].Data[k] != 11*x || v[2].Data[3*k] != x || v[2].Data[3*k+1] != 10*x || v[3].Data[k] != 10*x {
				t.Errorf("row %d atom %d: %v", i, k, v)
			}
		}
	}
}

func TestPaddedOutputsGoBackToTheirOwners(t *testing.T) {
	m := open(t, "padded", nil)
	graphs := []*graph.Graph{chain(2, 6, 1), chain(1, 6, 5), chain(4, 7, 2)}
	rows, err := m.Predict(context.Background(), graphs)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range graphs {
		v := rows[i].Values
		if rows[i].Err != nil || !slices.Equal(v[1].Shape, []int{g.N}) || !slices.Equal(v[2].Shape, []int{g.N, 2}) {
			t.Fatalf("row %d: %+v", i, rows[i])
		}
		for k := range g.N {
			degree := float64(min(1, k) + min(1, g.N-1-k))
			if v[1].Data[k] != degree || v[2].Data[2*k+1] != degree || v[2].Data[2*k] != 11*float64(g.NodeFeatures[72*k]) {
				t.Errorf("row %d atom %d: %v", i, k, v)
			}
		}
	}
}

func TestOneBadGraphFailsAlone(t *testing.T) {
	// column 1 of y is log(atoms − 1): −Inf for a lone atom. Element 9 makes the network itself fail.
	m := open(t, "packed", func(m *onnx.Manifest) { m.Outputs[0] = output("y", "log", "graph", 1, nil) })
	rows, err := m.Predict(context.Background(), []*graph.Graph{chain(2, 6, 1), chain(1, 6, 1), chain(3, 9, 1), chain(2, 6, 2)})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "not_finite: output log is not finite", "internal: the network failed on this molecule", ""} {
		got := ""
		if rows[i].Err != nil {
			got = rows[i].Err.Error()
		}
		if got != want || (rows[i].Values == nil) != (want != "") || (rows[i].Cause != nil) != (i == 2) {
			t.Errorf("row %d: %q, want %q; %+v", i, got, want, rows[i])
		}
	}
}

func TestGraphsOfAnotherFeaturizerAreRefused(t *testing.T) {
	g := chain(2, 6, 1)
	g.NodeWidth, g.NodeFeatures = 36, g.NodeFeatures[:72]
	m := open(t, "packed", nil)
	if _, err := m.Bind(graph.Collate([]*graph.Graph{g}, graph.Packed, graph.Padding{})); err == nil {
		t.Error("bound")
	}
}

func TestBatchIsTheSameAsOneByOne(t *testing.T) {
	for _, name := range []string{"packed", "padded"} {
		m := open(t, name, nil)
		var graphs []*graph.Graph
		for i := range 3 * onnx.DefaultBatch().Graphs {
			graphs = append(graphs, chain(1+i%17, 6, float32(i)))
		}
		together, err := m.Predict(context.Background(), graphs)
		if err != nil {
			t.Fatal(err)
		}
		for i := range graphs {
			alone, err := m.Predict(context.Background(), graphs[i:i+1])
			if err != nil || fmt.Sprint(alone[0].Values) != fmt.Sprint(together[i].Values) || together[i].Index != i {
				t.Fatalf("%s graph %d: %v alone, %v together, %v", name, i, alone[0], together[i], err)
			}
		}
	}
}

func TestChunksKeepTheLimits(t *testing.T) {
	var graphs []*graph.Graph
	for i := range 500 {
		graphs = append(graphs, &graph.Graph{N: 1 + (i*i)%300})
	}
	graphs = append(graphs, &graph.Graph{N: 3 * onnx.DefaultBatch().Atoms})
	for _, layout := range []graph.Layout{graph.Packed, graph.Padded} {
		next := 0
		for _, c := range onnx.Chunk(graphs, layout) {
			b := graph.Collate(graphs[c[0]:c[1]], layout, graph.Padding{})
			atoms := b.N
			if layout == graph.Padded {
				atoms = b.Slots * len(b.Graphs)
			}
			if c[0] != next || len(b.Graphs) > onnx.DefaultBatch().Graphs || atoms > onnx.DefaultBatch().Atoms && len(b.Graphs) > 1 {
				t.Errorf("%s chunk %v: %d atoms, should start at %d", layout, c, atoms, next)
			}
			next = c[1]
		}
		if next != len(graphs) {
			t.Errorf("%s: %d of %d graphs are in chunks", layout, next, len(graphs))
		}
	}
}

func smilesRecords(texts ...string) []preprocess.Record {
	var out []preprocess.Record
	for i, s := range texts {
		out = append(out, preprocess.Record{ID: fmt.Sprint("id", i), Kind: preprocess.SMILES, Text: s})
	}
	return out
}

func TestPredictRecordsKeepsOrderAndPlaces(t *testing.T) {
	m := open(t, "packed", func(m *onnx.Manifest) { m.Outputs = m.Outputs[:1] })
	rows, err := m.PredictRecords(context.Background(), smilesRecords("CCO", "", "C1CC", "c1ccccc1O", "C"), onnx.Options{Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	for i, code := range []string{"", "empty", "unclosed_ring", "", ""} {
		got := ""
		if rows[i].Err != nil {
			got = string(rows[i].Err.Code)
		}
		if rows[i].Index != i || rows[i].ID != fmt.Sprint("id", i) || got != code || (len(rows[i].Values) == 1) != (code == "") {
			t.Errorf("row %d: %+v, want code %q", i, rows[i], code)
		}
	}
	if rows, err := m.PredictRecords(context.Background(), nil, onnx.Options{}); err != nil || len(rows) != 0 {
		t.Errorf("no records: %v, %v", rows, err)
	}
}

func TestPredictRecordsRefusesOtherKinds(t *testing.T) {
	m := open(t, "packed", nil)
	recs := append(smilesRecords("C"), preprocess.Record{Kind: preprocess.XYZ, Text: "1\n\nC 0 0 0"})
	_, err := m.PredictRecords(context.Background(), recs, onnx.Options{})
	var kind *onnx.KindError
	if !errors.Is(err, onnx.ErrKind) || !errors.As(err, &kind) || kind.Index != 1 || kind.Kind != preprocess.XYZ {
		t.Errorf("got %v", err)
	}
}

func TestPredictEndsWithItsContextAndItsModel(t *testing.T) {
	m := open(t, "packed", nil)
	why := errors.New("deadline of the caller")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	if _, err := m.PredictRecords(ctx, smilesRecords("C", "CC"), onnx.Options{}); !errors.Is(err, why) {
		t.Errorf("after cancel: %v", err)
	}
	if _, err := m.Predict(ctx, []*graph.Graph{chain(2, 6, 1)}); !errors.Is(err, why) {
		t.Errorf("after cancel: %v", err)
	}
	m.Close()
	if _, err := m.Predict(context.Background(), []*graph.Graph{chain(2, 6, 1)}); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := m.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}
