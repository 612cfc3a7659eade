package onnx_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/xyz"
)

// nanBucket is the rung of the ladder for graphs and what a graph has slots for, NaN where a network must not look.
func nanBucket(graphs []*graph.Graph) graph.Padding {
	pad := graph.Ladder{}.FitGraphs(graphs)
	pad.Slots, pad.Fill = 64, float32(math.NaN())
	return pad
}

// bucketSMILES and the frames beside them are of many sizes, a lone atom among them.
var bucketSMILES = []string{"C", "CCO", "c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "O", "C1CC1C#N", "[Na+].[Cl-]", "CN1CCC[C@H]1c1cccnc1", "CC", "OCC(O)CO"}

// frames are atoms of H, C and O in a box, one of them periodic, no two nearer than 0.9 Å.
func frames() []preprocess.Record {
	r := rand.New(rand.NewPCG(21, 22))
	var list []preprocess.Record
	for _, n := range []int{1, 2, 9, 14, 5, 21, 3, 9} {
		f := &xyz.Frame{}
		for side := 2.2 * math.Cbrt(float64(n)); len(f.Numbers) < n; {
			p := [3]float64{side * r.Float64(), side * r.Float64(), side * r.Float64()}
			if !slices.ContainsFunc(f.Positions, func(q [3]float64) bool { return math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2]) < 0.9 }) {
				f.Positions, f.Numbers = append(f.Positions, p), append(f.Numbers, []uint8{1, 6, 8}[r.IntN(3)])
			}
		}
		if n == 14 {
			f.Cell, f.PBC = &[3][3]float64{{7, 0, 0}, {1, 7, 0}, {0, -1, 7}}, [3]bool{true, true, true}
		}
		list = append(list, preprocess.Record{Kind: preprocess.XYZ, Frame: f})
	}
	return list
}

// graphsFor builds the records that a model takes.
func graphsFor(t *testing.T, m *onnx.Model) []*graph.Graph {
	t.Helper()
	records := frames()
	if slices.Contains(m.Manifest().Accepts, string(preprocess.SMILES)) {
		records = nil
		for _, s := range bucketSMILES {
			records = append(records, preprocess.Record{Kind: preprocess.SMILES, Text: s})
		}
	}
	graphs, rows, err := m.Build(t.Context(), records, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Err != nil {
			t.Fatal(row.Err)
		}
	}
	return graphs
}

// nowhere is a graph of two atoms and two edges whose places are all NaN: the geometry of a ghost is finite
// by construction, and this one's is not.
func nowhere(like *graph.Graph) *graph.Graph {
	nan := math.NaN()
	v := [3]float64{nan, nan, nan}
	return &graph.Graph{N: 2, E: 2, Numbers: []uint8{6, 6}, Src: []int32{1, 0}, Dst: []int32{0, 1}, Reverse: []int32{1, 0},
		NodeWidth: like.NodeWidth, NodeFeatures: slices.Repeat([]float32{float32(nan)}, 2*like.NodeWidth),
		EdgeWidth: like.EdgeWidth, EdgeFeatures: slices.Repeat([]float32{float32(nan)}, 2*like.EdgeWidth),
		Positions: [][3]float64{v, v}, Vectors: [][3]float64{v, v}, Lengths: []float64{nan, nan}, Shifts: make([][3]int32, 2)}
}

// realRows are what a network says of the first n graphs of a batch, by output tensor and graph.
func realRows(t *testing.T, m *onnx.Model, b *graph.Batch, n int) map[string][][]float64 {
	t.Helper()
	out, err := m.Run(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][][]float64{}
	for _, o := range m.Manifest().Outputs {
		whole := out[o.Tensor]
		parts, err := b.Split(&whole, o.Per)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts[:n] {
			var x []float64
			for k := range p.Len() {
				x = append(x, p.At(k))
			}
			rows[o.Tensor] = append(rows[o.Tensor], x)
		}
	}
	return rows
}

// sameBits tells numbers of one representation; NaN is no answer.
func sameBits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y && math.Signbit(x) == math.Signbit(y) })
}

// Of every shipped model: NaN ghosts in a bucket change no bit of what zeros in their place give, and no
// number beyond rounding of what the batch gives without a bucket.
func TestNaNGhostsChangeNoBitOfShippedModels(t *testing.T) {
	dirs, err := filepath.Glob("../exported_models/*/*")
	if err != nil || len(dirs) < 4 {
		t.Fatalf("%d models, %v", len(dirs), err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(filepath.Dir(dir)), func(t *testing.T) {
			m, err := onnx.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			graphs, l := graphsFor(t, m), m.Manifest().Layout
			for n := 1; n <= len(graphs); n++ {
				batch := graphs[:n]
				pad := nanBucket(batch)
				pad.Graphs += 3
				zeros := pad
				zeros.Fill = 0
				plain := realRows(t, m, graph.Collate(batch, l, graph.Padding{}), n)
				want := realRows(t, m, graph.Collate(batch, l, zeros), n)
				got := realRows(t, m, graph.Collate(batch, l, pad), n)
				compare(t, fmt.Sprintf("%d graphs, ghosts of NaN", n), got, want, 0)
				compare(t, fmt.Sprintf("%d graphs in a bucket", n), want, plain, m.Manifest().Tolerance.Symmetry)
				if l == graph.Padded {
					continue
				}
				mates := append(slices.Clone(batch), nowhere(batch[0]))
				pad.Atoms, pad.Edges, zeros.Atoms, zeros.Edges = pad.Atoms+2, pad.Edges+2, zeros.Atoms+2, zeros.Edges+2
				got = realRows(t, m, graph.Collate(mates, l, pad), n)
				want = realRows(t, m, graph.Collate(batch, l, zeros), n)
				compare(t, fmt.Sprintf("%d graphs beside one at NaN", n), got, want, 0)
			}
		})
	}
}

// compare holds numbers against those wanted, bit for bit where the bound is 0.
func compare(t *testing.T, what string, got, want map[string][][]float64, bound float64) {
	t.Helper()
	for tensor, rows := range want {
		for i, row := range rows {
			if len(got[tensor][i]) != len(row) {
				t.Fatalf("%s: %s of graph %d has %d numbers, want %d", what, tensor, i, len(got[tensor][i]), len(row))
			}
			if bound == 0 && !sameBits(got[tensor][i], row) {
				t.Errorf("%s: %s of graph %d is %v, want %v", what, tensor, i, got[tensor][i], row)
				continue
			}
			for k, x := range row {
				if d := math.Abs(got[tensor][i][k] - x); !(d <= bound*max(1, math.Abs(x))) {
					t.Errorf("%s: %s of graph %d differs by %v", what, tensor, i, d)
				}
			}
		}
	}
}
