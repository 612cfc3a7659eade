package reference_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"molserve/preprocess/graph"
	"molserve/reference"
)

// safetensors writes random weights of the given shapes, small enough that no layer blows up.
func safetensors(shapes map[string][]int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	header, body := map[string]any{}, []byte{}
	for name, shape := range shapes {
		n := 1
		for _, d := range shape {
			n *= d
		}
		begin := len(body)
		for range n {
			body = binary.LittleEndian.AppendUint32(body, math.Float32bits(float32(r.NormFloat64()/20)))
		}
		header[name] = map[string]any{"dtype": "F32", "shape": shape, "data_offsets": []int{begin, len(body)}}
	}
	raw, err := json.Marshal(header)
	if err != nil {
		panic(err)
	}
	return file(string(raw), body...)
}

// ring is a cycle of n atoms with one-hot features, as wide as chemprop's.
func ring(n int) *graph.Graph {
	g := &graph.Graph{N: n, E: 2 * n, NodeWidth: 72, EdgeWidth: 14, Numbers: make([]uint8, n),
		NodeFeatures: make([]float32, n*72), EdgeFeatures: make([]float32, 2*n*14)}
	for i := range n {
		j := (i + 1) % n
		g.Src, g.Dst = append(g.Src, int32(i), int32(j)), append(g.Dst, int32(j), int32(i))
		g.Reverse = append(g.Reverse, int32(2*i+1), int32(2*i))
		for f := range 8 {
			g.NodeFeatures[i*72+f*9] = 1
		}
		g.EdgeFeatures[28*i+1], g.EdgeFeatures[28*i+15] = 1, 1
	}
	return g
}

// BenchmarkForward is one molecule of ESOL's mean size at the sizes of the shipped models.
func BenchmarkForward(b *testing.B) {
	dmpnn := map[string][]int{
		"message_passing.W_i.weight": {300, 86}, "message_passing.W_h.weight": {300, 300},
		"message_passing.W_o.weight": {300, 372}, "message_passing.W_o.bias": {300},
		"predictor.ffn.0.0.weight": {300, 300}, "predictor.ffn.0.0.bias": {300},
		"predictor.ffn.1.2.weight": {1, 300}, "predictor.ffn.1.2.bias": {1},
	}
	gcn := map[string][]int{"head.0.weight": {128, 128}, "head.0.bias": {128}, "head.2.weight": {1, 128}, "head.2.bias": {1}}
	for l, in := range []int{72, 128, 128, 128} {
		gcn[fmt.Sprintf("convs.%d.lin.weight", l)], gcn[fmt.Sprintf("convs.%d.bias", l)] = []int{128, in}, []int{128}
	}
	for _, c := range []struct {
		name   string
		shapes map[string][]int
		hyper  map[string]any
	}{
		{"dmpnn", dmpnn, map[string]any{"aggregation": "mean"}},
		{"gcn", gcn, nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			n, err := reference.Open(reference.Spec{Architecture: c.name, Hyperparameters: c.hyper}, safetensors(c.shapes))
			if err != nil {
				b.Fatal(err)
			}
			g := ring(13)
			for b.Loop() {
				if _, err := n.Forward(g); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkGeometric is the small geometric networks on their largest molecule.
func BenchmarkGeometric(b *testing.B) {
	s, graphs := readGeometric(b)
	for _, c := range s.Cases {
		b.Run(c.Architecture, func(b *testing.B) {
			spec := reference.Spec{Architecture: c.Architecture, Hyperparameters: c.Hyperparameters, Elements: s.Elements}
			n, err := reference.Open(spec, weights(b, c.Architecture))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := n.Forward(graphs[3]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
