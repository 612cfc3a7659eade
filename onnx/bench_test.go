package onnx_test

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// drugs are molecules of 9 to 38 heavy atoms.
var drugs = []string{"CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "CC(C)Cc1ccc(cc1)C(C)C(=O)O", "c1ccc2c(c1)cccc2O",
	"CN1CCC(=C2c3ccccc3CCc4cccnc24)CC1", "CC(C)NCC(O)COc1cccc2ccccc12", "Clc1ccc(cc1)C(c1ccccc1)N1CCN(CC1)CCOCC(=O)O",
	"CC1(C)SC2C(NC(=O)Cc3ccccc3)C(=O)N2C1C(=O)O", "CCOC(=O)C1=C(C)NC(C)=C(C1c1cccc(Cl)c1Cl)C(=O)OC", "OCC1OC(O)C(O)C(O)C1O"}

// BenchmarkBatch runs the shipped models: processor time a molecule, by molecules in a run.
func BenchmarkBatch(b *testing.B) {
	folders, err := onnx.Discover("../exported_models")
	if os.IsNotExist(err) || len(folders) == 0 {
		b.Skip("no exported models")
	}
	for _, f := range folders {
		m, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		defer m.Close()
		graphs := benchmarkGraphs(b, m)
		for _, n := range []int{1, 2, 4, 8, 16, 32, 64, 128} {
			b.Run(fmt.Sprintf("%s/%d", f.Name, n), func(b *testing.B) { benchmarkBatch(b, m, graphs, n) })
		}
	}
}

// benchmarkGraphs are drugs, or structures of 9 atoms and 72 edges, as ethanol has.
func benchmarkGraphs(b *testing.B, m *onnx.Model) (graphs []*graph.Graph) {
	if m.Spec().Edges.Kind == preprocess.Bonds {
		graphs, _, err := m.Build(context.Background(), smilesRecords(drugs...), onnx.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return graphs
	}
	for i := range 10 {
		graphs = append(graphs, structure(9, uint64(i), nil).graph(b))
	}
	return graphs
}

func benchmarkBatch(b *testing.B, m *onnx.Model, graphs []*graph.Graph, n int) {
	var batch []*graph.Graph
	for i := range n {
		batch = append(batch, graphs[i%len(graphs)])
	}
	before := cpu(b)
	for b.Loop() {
		if _, err := m.Run(context.Background(), graph.Collate(batch, m.Manifest().Layout, graph.Padding{})); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N*n), "cpu-µs/molecule")
}

// cpu is the time that the process has had a core: other programs of the machine do not count.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
