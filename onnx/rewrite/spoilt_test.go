package rewrite_test

import (
	"math/rand/v2"
	"testing"

	"molserve/onnx/rewrite"
	"molserve/onnx/scan"
)

// Whatever is taken and rewritten is taken again, of networks with a few bytes changed.
func TestNothingIsMadeThatWouldBeRefused(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"gat", "tensor_product", "equations", "scatter_add", "denormal"} {
		for range 1000 {
			data := network(t, name)
			for range 1 + rng.IntN(4) {
				data[rng.IntN(len(data))] = byte(rng.Uint32())
			}
			m, err := scan.Scan(data, scan.Options{Einsum: true})
			if err != nil {
				continue
			}
			r, err := rewrite.Network(m)
			if err != nil || r.Bytes == nil {
				continue
			}
			if _, err := scan.Scan(r.Bytes, scan.Options{}); err != nil {
				t.Errorf("%s: %+v: %v", name, r.Changes, err)
			}
		}
	}
}
