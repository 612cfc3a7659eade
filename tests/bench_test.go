package tests

import (
	"bufio"
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// The stage benchmarks take 256 drug-like molecules through the way of the data. Every figure is
// per molecule: ns/mol and allocs/mol.

func druglike(tb testing.TB) []preprocess.Record {
	tb.Helper()
	f, err := os.Open("testdata/druglike.smi")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var records []preprocess.Record
	for lines := bufio.NewScanner(f); lines.Scan(); {
		records = append(records, preprocess.Record{Kind: preprocess.SMILES, Text: lines.Text()})
	}
	return records
}

// perMolecule runs pass, which handles n molecules, and reports figures per molecule.
func perMolecule(b *testing.B, n int, pass func()) {
	allocs := testing.AllocsPerRun(1, pass)
	for b.Loop() {
		pass()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/mol")
	b.ReportMetric(allocs/float64(n), "allocs/mol")
	b.ReportMetric(0, "ns/op")
}

func must[T any](tb testing.TB) func(T, error) T {
	return func(v T, err error) T {
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func graphsOf(tb testing.TB, m *onnx.Model, records []preprocess.Record) []*graph.Graph {
	graphs := make([]*graph.Graph, len(records))
	for i, r := range records {
		graphs[i] = must[*graph.Graph](tb)(preprocess.Build(r, m.Spec()))
	}
	return graphs
}

func BenchmarkParseAndPerceive(b *testing.B) {
	records := druglike(b)
	perMolecule(b, len(records), func() {
		for _, r := range records {
			must[*molecule.Molecule](b)(smiles.Parse(r.Text, smiles.Options{}))
		}
	})
}

func BenchmarkFeaturize(b *testing.B) {
	records := druglike(b)
	f := must[*featurize.Featurizer](b)(featurize.Named("chemprop_v2"))
	molecules := make([]*molecule.Molecule, len(records))
	for i, r := range records {
		molecules[i] = must[*molecule.Molecule](b)(smiles.Parse(r.Text, smiles.Options{}))
	}
	perMolecule(b, len(records), func() {
		for _, m := range molecules {
			must[*graph.Graph](b)(f.Graph(m))
		}
	})
}

// eachModel runs a benchmark for every shipped model.
func eachModel(b *testing.B, bench func(*testing.B, *onnx.Model)) {
	for _, f := range must[[]onnx.Folder](b)(onnx.Discover("../exported_models")) {
		b.Run(f.Name, func(b *testing.B) {
			m := must[*onnx.Model](b)(onnx.Open(f.Dir))
			defer m.Close()
			bench(b, m)
		})
	}
}

// batchSize is what a full batch of the server holds.
const batchSize = 64

func BenchmarkBatch(b *testing.B) {
	eachModel(b, func(b *testing.B, m *onnx.Model) {
		graphs := graphsOf(b, m, druglike(b))
		perMolecule(b, len(graphs), func() {
			for chunk := range slices.Chunk(graphs, batchSize) {
				must[[]graph.Tensor](b)(m.Bind(graph.Collate(chunk, m.Manifest().Layout, graph.Padding{})))
			}
		})
	})
}

func BenchmarkRun(b *testing.B) {
	eachModel(b, func(b *testing.B, m *onnx.Model) {
		ready := readyTensors(b, m, druglike(b))
		perMolecule(b, 256, func() { runAll(b, m, ready) })
	})
}

func readyTensors(b *testing.B, m *onnx.Model, records []preprocess.Record) (ready [][]graph.Tensor) {
	for chunk := range slices.Chunk(graphsOf(b, m, records), batchSize) {
		ready = append(ready, must[[]graph.Tensor](b)(m.Bind(graph.Collate(chunk, m.Manifest().Layout, graph.Padding{}))))
	}
	return ready
}

func runAll(b *testing.B, m *onnx.Model, ready [][]graph.Tensor) {
	for _, in := range ready {
		must[map[string]graph.Tensor](b)(m.RunTensors(context.Background(), in))
	}
}

// BenchmarkSMILESToPrediction measures the whole way beside its limit, ONNX Runtime alone on ready
// tensors, both on one core, in turn, and reports the median of the pairs' ratios.
func BenchmarkSMILESToPrediction(b *testing.B) {
	eachModel(b, func(b *testing.B, m *onnx.Model) {
		records := druglike(b)
		ready := readyTensors(b, m, records)
		var whole, alone, ratios []float64
		for b.Loop() {
			w := took(func() {
				must[[]onnx.Row](b)(m.PredictRecords(context.Background(), records, onnx.Options{Workers: 1}))
			})
			a := took(func() { runAll(b, m, ready) })
			whole, alone, ratios = append(whole, w), append(alone, a), append(ratios, a/w)
		}
		b.ReportMetric(median(whole)/256, "ns/mol")
		b.ReportMetric(median(alone)/256, "onnx-alone-ns/mol")
		b.ReportMetric(median(ratios), "of-the-limit")
		b.ReportMetric(0, "ns/op")
	})
}

func took(f func()) float64 {
	start := time.Now()
	f()
	return float64(time.Since(start).Nanoseconds())
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
