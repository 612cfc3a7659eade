package rewrite_test

import (
	"context"
	"fmt"
	"testing"

	"molserve/onnx"
)

// BenchmarkScatter runs the exported networks before and after, 64 molecules of 25 atoms and 54 directed
// bonds a batch.
func BenchmarkScatter(b *testing.B) {
	const molecules, atoms, edges = 64, 25, 54
	for _, name := range []string{"gin", "gcn", "gat", "scatter_add", "wide"} {
		before := network(b, name)
		for _, c := range []struct {
			state string
			data  []byte
		}{{"before", before}, {"after", rewritten(b, before).Bytes}} {
			b.Run(fmt.Sprintf("%s/%s", name, c.state), func(b *testing.B) { benchmark(b, session(b, c.data), molecules*atoms, molecules*edges, molecules) })
		}
	}
}

func benchmark(b *testing.B, s onnx.Session, atoms, edges, molecules int64) {
	in := batch(b, s, atoms, edges, molecules)
	for b.Loop() {
		if _, err := s.Run(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(molecules), "µs/molecule")
}
