package preprocess_test

import (
	"bufio"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// druglike are the graphs of the molecules that the speed tests use.
func druglike(t *testing.T) []*graph.Graph {
	t.Helper()
	f, err := os.Open("../tests/testdata/druglike.smi")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var graphs []*graph.Graph
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text, _, _ := strings.Cut(lines.Text(), " ")
		g, err := preprocess.Build(preprocess.Record{Kind: preprocess.SMILES, Text: strings.Fields(text)[0]}, bonds)
		if err != nil {
			t.Fatal(err)
		}
		graphs = append(graphs, g)
	}
	return graphs
}

// The waste of a ladder on batches of 1 to 64 molecules: figures of the log, bounds of the test.
func TestLadderWastesLittleOnRealMolecules(t *testing.T) {
	graphs := druglike(t)
	for _, c := range []struct{ ratio, most float64 }{{1.25, 0.2}, {1.5, 0.3}, {2, 0.4}} {
		r, shapes := rand.New(rand.NewPCG(1, 2)), map[[3]int]bool{}
		var atoms, edges float64
		const batches = 2000
		b := new(graph.Batch)
		for range batches {
			var few []*graph.Graph
			for range 1 + r.IntN(64) {
				few = append(few, graphs[r.IntN(len(graphs))])
			}
			b.Reset(few, graph.Packed, graph.Padding{})
			b.Reset(few, graph.Packed, graph.Ladder{Ratio: c.ratio}.Fit(b.N, b.E, b.G))
			a, e := b.Waste()
			atoms, edges = atoms+a/batches, edges+e/batches
			shapes[[3]int{b.N, b.E, b.G}] = true
		}
		t.Logf("ratio %v: %.1f %% of the atoms and %.1f %% of the edges are padding, %d shapes", c.ratio, 100*atoms, 100*edges, len(shapes))
		if atoms > c.most || edges > c.most {
			t.Errorf("ratio %v wastes more than %v", c.ratio, c.most)
		}
	}
}
