package preprocess_test

import (
	"math/rand/v2"
	"testing"

	"molserve/preprocess"
	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
	"molserve/preprocess/xyz"
)

// molecule25 is 25 atoms, no two nearer than 1 Å, with about 410 directed edges within 5 Å.
func molecule25() *xyz.Frame {
	r, f := rand.New(rand.NewPCG(7, 8)), new(xyz.Frame)
	for len(f.Numbers) < 25 {
		p := [3]float64{8.1 * r.Float64(), 5.8 * r.Float64(), 5.6 * r.Float64()}
		free := true
		for _, q := range f.Positions {
			x, y, z := p[0]-q[0], p[1]-q[1], p[2]-q[2]
			free = free && x*x+y*y+z*z > 1
		}
		if free {
			f.Positions, f.Numbers = append(f.Positions, p), append(f.Numbers, []uint8{1, 6, 8}[r.IntN(3)])
		}
	}
	return f
}

// geometricFields are the tensors of an invariant or equivariant model.
var geometricFields = []graph.Field{
	{Name: "species", Elements: []uint8{1, 6, 8}},
	{Name: "edge_index"},
	{Name: "radial_basis", Basis: &geometry.Basis{Kind: geometry.Bessel, N: 8, Cutoff: 5}},
	{Name: "cutoff_envelope", Envelope: &geometry.Envelope{Kind: geometry.Polynomial, P: 6, Cutoff: 5}},
	{Name: "spherical_harmonics", LMax: 2},
	{Name: "graph_index"},
	{Name: "graph_ones"},
}

// From a frame to packed tensors with 8 Bessel functions, envelope and harmonics of l ≤ 2.
func BenchmarkAtomsToTensors(b *testing.B) {
	f, batch, out := molecule25(), new(graph.Batch), make([]graph.Tensor, len(geometricFields))
	graphs := make([]*graph.Graph, 1)
	for b.Loop() {
		g, err := preprocess.BuildStructure(f, radius)
		if err != nil {
			b.Fatal(err)
		}
		graphs[0] = g
		batch.Reset(graphs, graph.Packed, graph.Padding{})
		for k := range geometricFields {
			if err := batch.FillField(geometricFields[k], &out[k]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(graphs[0].E), "edges")
}

func BenchmarkBuildStructure(b *testing.B) {
	f := molecule25()
	for b.Loop() {
		if _, err := preprocess.BuildStructure(f, radius); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkField(b *testing.B) {
	g, err := preprocess.BuildStructure(molecule25(), radius)
	if err != nil {
		b.Fatal(err)
	}
	batch, out := graph.Collate([]*graph.Graph{g}, graph.Packed, graph.Padding{}), new(graph.Tensor)
	for _, f := range geometricFields {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				if err := batch.FillField(f, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
