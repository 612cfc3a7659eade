package xyz_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"molserve/preprocess/xyz"
)

// ethanols is a trajectory like rMD17's: 9 atoms with forces, 8 decimals.
func ethanols(frames int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for i := range frames {
		fmt.Fprintf(&b, "9\nProperties=species:S:1:pos:R:3:forces:R:3 energy=%.8f md17_index=%d splits=\"train01,train02\" pbc=\"F F F\"\n",
			-97075+10*rng.NormFloat64(), i)
		for _, s := range "CCOHHHHHH" {
			fmt.Fprintf(&b, "%c", s)
			for range 3 {
				fmt.Fprintf(&b, " %.8f", 2*rng.NormFloat64())
			}
			for range 3 {
				fmt.Fprintf(&b, " %.8f", 40*rng.NormFloat64())
			}
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

func readAll(tb testing.TB, text []byte) (frames []*xyz.Frame) {
	tb.Helper()
	r := xyz.NewReader(bytes.NewReader(text), xyz.Options{})
	for {
		f, err := r.Next()
		if err == io.EOF {
			return frames
		}
		if err != nil {
			tb.Fatal(err)
		}
		frames = append(frames, f)
	}
}

// BenchmarkReader reads the file that MOLSERVE_XYZ_BENCH names, or a made trajectory.
func BenchmarkReader(b *testing.B) {
	text := ethanols(1000)
	if name := os.Getenv("MOLSERVE_XYZ_BENCH"); name != "" {
		var err error
		if text, err = os.ReadFile(name); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	frames := 0
	for b.Loop() {
		r := xyz.NewReader(bytes.NewReader(text), xyz.Options{})
		for {
			if _, err := r.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			frames++
		}
	}
	b.ReportMetric(float64(frames)/b.Elapsed().Seconds(), "frames/s")
}

func BenchmarkWriter(b *testing.B) {
	frames := readAll(b, ethanols(1000))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		w := xyz.NewWriter(io.Discard)
		for _, f := range frames {
			if err := w.Write(f); err != nil {
				b.Fatal(err)
			}
		}
		n += len(frames)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
}

func BenchmarkRecord(b *testing.B) {
	f := readAll(b, ethanols(1))[0]
	var dst []byte
	for b.Loop() {
		dst, _ = xyz.AppendRecord(dst[:0], f)
	}
}

// atoms25 is a molecule of 25 atoms with as many digits as float64 has.
func atoms25() []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	var z, p []string
	for i := range 25 {
		z = append(z, []string{"6", "1", "8"}[i%3])
		p = append(p, fmt.Sprintf("[%v, %v, %v]", 5*rng.NormFloat64(), 5*rng.NormFloat64(), 5*rng.NormFloat64()))
	}
	return fmt.Appendf(nil, `{"numbers": [%s], "positions": [%s], "cell": null, "pbc": [false, false, false]}`,
		strings.Join(z, ", "), strings.Join(p, ", "))
}

func BenchmarkParseAtoms(b *testing.B) {
	data := atoms25()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xyz.ParseAtoms(data); err != nil {
			b.Fatal(err)
		}
	}
}
