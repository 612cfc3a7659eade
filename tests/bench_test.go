package tests

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/rows"
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

// processorTime is what this process has used so far, ns: on a shared machine the clock counts others too.
func processorTime(tb testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

// perMolecule runs pass, which handles n molecules, and reports processor time and allocations per molecule.
func perMolecule(b *testing.B, n int, pass func()) {
	allocs := testing.AllocsPerRun(1, pass)
	start := processorTime(b)
	for b.Loop() {
		pass()
	}
	b.ReportMetric((processorTime(b)-start)/float64(b.N*n), "ns/mol")
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

func BenchmarkParse(b *testing.B) {
	records := druglike(b)
	perMolecule(b, len(records), func() { readAll(b, records) })
}

func readAll(b *testing.B, records []preprocess.Record) []*molecule.Molecule {
	molecules := make([]*molecule.Molecule, len(records))
	for i, r := range records {
		molecules[i] = must[*molecule.Molecule](b)(smiles.Read(r.Text, smiles.Options{}))
	}
	return molecules
}

// BenchmarkPerceive times perception alone: it changes its molecule, so each pass reads new ones first.
func BenchmarkPerceive(b *testing.B) {
	records := druglike(b)
	spent := 0.0
	for b.Loop() {
		molecules := readAll(b, records)
		start := processorTime(b)
		for _, m := range molecules {
			if err := molecule.Perceive(m, molecule.Implicit); err != nil {
				b.Fatal(err)
			}
		}
		spent += processorTime(b) - start
	}
	both := testing.AllocsPerRun(1, func() {
		for _, r := range records {
			must[*molecule.Molecule](b)(smiles.Parse(r.Text, smiles.Options{}))
		}
	})
	parse := testing.AllocsPerRun(1, func() { readAll(b, records) })
	b.ReportMetric(spent/float64(b.N*len(records)), "ns/mol")
	b.ReportMetric((both-parse)/float64(len(records)), "allocs/mol")
	b.ReportMetric(0, "ns/op")
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

// eachModel runs a benchmark for every shipped model that takes SMILES.
func eachModel(b *testing.B, bench func(*testing.B, *onnx.Model)) {
	onnxtest.Start(b)
	for _, f := range must[[]onnx.Folder](b)(onnx.Discover("../exported_models")) {
		m := must[*onnx.Model](b)(f.Open())
		if slices.Contains(m.Manifest().Accepts, string(preprocess.SMILES)) {
			b.Run(f.Name, func(b *testing.B) { bench(b, m) })
		}
		m.Close()
	}
}

// batches cuts graphs as the server does: full batches of onnx.DefaultBatch().Graphs or onnx.DefaultBatch().Atoms rows.
func batches(m *onnx.Model, graphs []*graph.Graph) (out [][]*graph.Graph) {
	var batch []*graph.Graph
	for _, g := range graphs {
		if b := append(slices.Clone(batch), g); len(b) > onnx.DefaultBatch().Graphs || rowsOf(m, b) > onnx.DefaultBatch().Atoms {
			out, batch = append(out, batch), nil
		}
		batch = append(batch, g)
	}
	return append(out, batch)
}

// rowsOf counts the node rows of a batch, padding included.
func rowsOf(m *onnx.Model, graphs []*graph.Graph) int {
	b := graph.Collate(graphs, m.Manifest().Layout, graph.Padding{})
	if b.Layout == graph.Padded {
		return b.Slots * len(graphs)
	}
	return b.N
}

func bindAll(b *testing.B, m *onnx.Model, batches [][]*graph.Graph) (ready [][]graph.Tensor) {
	for _, batch := range batches {
		ready = append(ready, must[[]graph.Tensor](b)(m.Bind(graph.Collate(batch, m.Manifest().Layout, graph.Padding{}))))
	}
	return ready
}

func BenchmarkBatch(b *testing.B) {
	eachModel(b, func(b *testing.B, m *onnx.Model) {
		graphs := graphsOf(b, m, druglike(b))
		cut := batches(m, graphs)
		perMolecule(b, len(graphs), func() { bindAll(b, m, cut) })
	})
}

func BenchmarkRun(b *testing.B) {
	eachModel(b, func(b *testing.B, m *onnx.Model) {
		ready := readyTensors(b, m, druglike(b))
		perMolecule(b, 256, func() { runAll(b, m, ready) })
	})
}

// BenchmarkEncode writes the rows of the JSON reply.
func BenchmarkEncode(b *testing.B) {
	eachModel(b, func(b *testing.B, m *onnx.Model) {
		predicted := must[[]onnx.Row](b)(m.PredictRecords(context.Background(), druglike(b), onnx.Options{}))
		all := rows.All(m.Manifest().Outputs)
		var buffer []byte
		perMolecule(b, len(predicted), func() {
			buffer = buffer[:0]
			for i := range predicted {
				buffer = rows.AppendJSON(buffer, &all, &predicted[i])
			}
		})
	})
}

func readyTensors(b *testing.B, m *onnx.Model, records []preprocess.Record) [][]graph.Tensor {
	return bindAll(b, m, batches(m, graphsOf(b, m, records)))
}

func runAll(b *testing.B, m *onnx.Model, ready [][]graph.Tensor) {
	for _, in := range ready {
		must[map[string]graph.Tensor](b)(m.RunTensors(context.Background(), in))
	}
}

// BenchmarkSMILESToPrediction measures the whole way beside its limit, ONNX Runtime alone on ready
// tensors of the same batches, both on one core, in turn, and reports the median of the pairs' ratios.
func BenchmarkSMILESToPrediction(b *testing.B) {
	eachModel(b, func(b *testing.B, m *onnx.Model) {
		besideTheLimit(b, m, druglike(b), "mol")
	})
}

// besideTheLimit measures the whole way of records on one core beside ONNX Runtime alone on their tensors, by record.
func besideTheLimit(b *testing.B, m *onnx.Model, records []preprocess.Record, unit string) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // here: every sub-benchmark sets it anew
	ready := readyTensors(b, m, records)
	var whole, alone, ratios []float64
	for b.Loop() {
		w := took(b, func() {
			must[[]onnx.Row](b)(m.PredictRecords(context.Background(), records, onnx.Options{Workers: 1}))
		})
		a := took(b, func() { runAll(b, m, ready) })
		whole, alone, ratios = append(whole, w), append(alone, a), append(ratios, a/w)
	}
	b.ReportMetric(median(whole)/float64(len(records)), "ns/"+unit)
	b.ReportMetric(median(alone)/float64(len(records)), "onnx-alone-ns/"+unit)
	b.ReportMetric(median(ratios), "of-the-limit")
	b.ReportMetric(0, "ns/op")
}

// took is processor time, ns.
func took(tb testing.TB, f func()) float64 {
	start := processorTime(tb)
	f()
	return processorTime(tb) - start
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// BenchmarkStructuresToForces is BenchmarkSMILESToPrediction for the potential: atoms in, energy and
// forces out, 1 and 32 structures a call.
func BenchmarkStructuresToForces(b *testing.B) {
	onnxtest.Start(b)
	m := must[*onnx.Model](b)(onnx.Open("../exported_models/ethanol-egnn/1"))
	defer m.Close()
	var golden struct{ Probe []preprocess.Record }
	if err := json.Unmarshal(m.File("golden.json"), &golden); err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 32} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			besideTheLimit(b, m, golden.Probe[:n], "structure")
		})
	}
}
