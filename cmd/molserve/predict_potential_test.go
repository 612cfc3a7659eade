package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/preprocess/stream"
	"molserve/preprocess/xyz"
)

// openPotential opens the untrained potential of onnx/testdata, which has nothing to prove itself with.
func openPotential(t *testing.T) *onnx.Model {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	onnxtest.Start(t)
	data, err := os.ReadFile("../../onnx/testdata/potential.json")
	must(err)
	manifest, err := onnx.ReadManifest(data)
	must(err)
	m, err := onnx.Open(writtenFolder(t, manifest, "potential"))
	must(err)
	t.Cleanup(func() { m.Close() })
	return m
}

func TestPredictLabelsTrajectoriesAndStructuresOfNDJSON(t *testing.T) {
	m := openPotential(t)
	for format, in := range map[stream.Format]string{stream.XYZ: strings.Repeat("2\nstep=1 energy=7\nO 0 0 0.1\nH 0 0 1\n"+water, 500),
		stream.NDJSON: strings.Repeat(`{"atoms":{"numbers":[8,1],"positions":[[0,0,0.1],[0,0,1]]}}`+"\n"+`{"xyz":"3\n\nO 0 0 0.12\nH 0 0.76 -0.47\nH 0 -0.76 -0.47\n"}`+"\n", 500)} {
		p := predictFlags{output: filepath.Join(t.TempDir(), "out.extxyz"), quiet: true}
		r, err := stream.Open(strings.NewReader(in), format, stream.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if sum, err := p.write(t.Context(), rootCommand(), m, feed{Reader: kindReader{r, m.Manifest().Accepts}}, nil); err != nil || sum.total != 1000 || sum.failed != 0 {
			t.Fatalf("%s: %+v, %v", format, sum, err)
		}
		out, err := os.Open(p.output)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		frames := xyz.NewReader(out, xyz.Options{})
		var first [2]float64
		for i := range 1000 {
			f, err := frames.Next()
			if err != nil {
				t.Fatal(err)
			}
			energy, forces := f.Key("energy"), f.Column("forces")
			if f.N() != 2+i%2 || energy == nil || forces == nil || forces.Len() != 3*f.N() || f.Column("features").Shape[1] != 4 || f.Key("virial") != nil {
				t.Fatalf("%s: frame %d: %+v %+v", format, i, f.Info, f.Columns)
			}
			if i < 2 {
				first[i] = energy.Floats[0]
			}
			if d := energy.Floats[0] - first[i%2]; d > 1e-4 || d < -1e-4 { // of float32 sums in other batches
				t.Fatalf("%s: frame %d has %v eV, frame %d %v", format, i, energy.Floats[0], i%2, first[i%2])
			}
		}
	}
}
