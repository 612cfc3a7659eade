package preprocess_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// speedRecords are 256 drug-like molecules, or the lines of the file that MOLSERVE_BENCH_SMILES names
// (tests/parity/speed_chemistry.py).
func speedRecords(tb testing.TB) []preprocess.Record {
	tb.Helper()
	path := os.Getenv("MOLSERVE_BENCH_SMILES")
	if path == "" {
		path = "../tests/testdata/druglike.smi"
	}
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var records []preprocess.Record
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text, _, _ := smiles.SplitLine(lines.Text())
		records = append(records, preprocess.Record{Kind: preprocess.SMILES, Text: text})
	}
	return records
}

// chempropFields are the inputs of a chemprop 2 network.
var chempropFields = []graph.Field{{Name: "node_features"}, {Name: "edge_features"}, {Name: "edge_index"}, {Name: "reverse_edge"}, {Name: "graph_index"}}

// tensorWay takes records from SMILES to packed tensors, 64 a batch, in the memory of the batch before.
type tensorWay struct {
	batch   graph.Batch
	graphs  []*graph.Graph
	tensors [5]graph.Tensor
}

func (w *tensorWay) run(tb testing.TB, records []preprocess.Record) {
	for batch := range slices.Chunk(records, 64) {
		w.graphs = w.graphs[:0]
		for _, r := range batch {
			if g, err := preprocess.BuildCompact(r, bonds); err == nil {
				w.graphs = append(w.graphs, g)
			}
		}
		w.fill(tb)
	}
}

func (w *tensorWay) fill(tb testing.TB) {
	w.batch.Reset(w.graphs, graph.Packed, graph.Padding{})
	for k, f := range chempropFields {
		if err := w.batch.FillField(f, &w.tensors[k]); err != nil {
			tb.Fatal(err)
		}
	}
}

// The law of compact graphs: a batch cannot tell them from those of Build.
func TestCompactGraphsMakeTheSameTensors(t *testing.T) {
	records := speedRecords(t)
	for _, text := range []string{"C", "[2H]C", "[Fe]", "*", "F/C=C/F", "C[C@H](N)O", "[NH4+].[Cl-]", "C$C", "N->[Fe]", "c1cc[nH]c1", "[13CH3-]"} {
		records = append(records, preprocess.Record{Kind: preprocess.SMILES, Text: text})
	}
	var dense, compact tensorWay
	for _, r := range records {
		g, err := preprocess.Build(r, bonds)
		if err != nil {
			t.Fatal(r.Text, err)
		}
		c, err := preprocess.BuildCompact(r, bonds)
		if err != nil {
			t.Fatal(r.Text, err)
		}
		if d := c.Dense(); !slices.Equal(d.NodeFeatures, g.NodeFeatures) || !slices.Equal(d.EdgeFeatures, g.EdgeFeatures) {
			t.Fatalf("%s: rows written out differ", r.Text)
		}
		dense.graphs, compact.graphs = append(dense.graphs, g), append(compact.graphs, c)
	}
	dense.fill(t)
	compact.fill(t)
	for k, f := range chempropFields {
		a, b := &dense.tensors[k], &compact.tensors[k]
		if !slices.Equal(a.Shape, b.Shape) || !slices.Equal(a.F32, b.F32) || !slices.Equal(a.I64, b.I64) {
			t.Errorf("%s differs", f.Name)
		}
	}
}

func TestTensorsOfAMoleculeCostAtMostFiveAllocations(t *testing.T) {
	if racing {
		t.Skip("sync.Pool forgets")
	}
	records, w := speedRecords(t), new(tensorWay)
	w.run(t, records)
	if n := testing.AllocsPerRun(5, func() { w.run(t, records) }) / float64(len(records)); n > 5 {
		t.Errorf("%.1f allocations a molecule", n)
	}
}

// processorTime is what this process has used so far, ns.
func processorTime(tb testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

// eachPass runs pass over all records and reports processor time and allocations a molecule.
func eachPass(b *testing.B, records []preprocess.Record, pass func()) {
	pass()
	allocs := testing.AllocsPerRun(1, pass)
	start := processorTime(b)
	for b.Loop() {
		pass()
	}
	b.ReportMetric((processorTime(b)-start)/float64(b.N*len(records)), "ns/mol")
	b.ReportMetric(allocs/float64(len(records)), "allocs/mol")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkSMILESToPerceived(b *testing.B) {
	records := speedRecords(b)
	var reader smiles.Reader
	eachPass(b, records, func() {
		for _, r := range records {
			_, _ = reader.Parse(r.Text, smiles.Options{}) // refusals are part of a corpus
		}
	})
}

// BenchmarkSMILESToKept is the same with molecules that are kept.
func BenchmarkSMILESToKept(b *testing.B) {
	records := speedRecords(b)
	eachPass(b, records, func() {
		for _, r := range records {
			_, _ = smiles.Parse(r.Text, smiles.Options{})
		}
	})
}

func BenchmarkSMILESToTensors(b *testing.B) {
	records, w := speedRecords(b), new(tensorWay)
	eachPass(b, records, func() { w.run(b, records) })
}

// A reader that is used again answers as one that is new, after refusals and giants too.
func TestReaderAnswersAsParse(t *testing.T) {
	texts := []string{"C[C@H](O)F", "C1CC", strings.Repeat("C", 900), "c1ccccc1", "F/C=C/F", "", "[H]C([H])[H]", "C1CC2CC1CC2", "c1cccc1", "[nH]1cccc1", "O"}
	for _, r := range speedRecords(t) {
		texts = append(texts, r.Text)
	}
	var reader smiles.Reader
	for _, text := range texts {
		for _, h := range []molecule.Hydrogens{molecule.Implicit, molecule.Keep, molecule.Explicit} {
			o := smiles.Options{Hydrogens: h}
			got, err := reader.Parse(text, o)
			want, wanted := smiles.Parse(text, o)
			if (err == nil) != (wanted == nil) || err != nil && err.Error() != wanted.Error() {
				t.Fatalf("%q: %v, want %v", text, err, wanted)
			}
			if err == nil && !alike(got, want) {
				t.Fatalf("%q: another molecule", text)
			}
		}
	}
}

func alike(a, b *molecule.Molecule) bool {
	rings := func(x, y [][]int32) bool { return slices.EqualFunc(x, y, slices.Equal[[]int32]) }
	return slices.Equal(a.Atoms, b.Atoms) && slices.Equal(a.Bonds, b.Bonds) && rings(a.Rings.SSSR, b.Rings.SSSR) &&
		rings(a.Rings.Symmetric, b.Rings.Symmetric) && rings(a.Rings.Bonds, b.Rings.Bonds) && slices.Equal(a.Rings.MinSize, b.Rings.MinSize)
}
