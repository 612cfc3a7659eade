package tests

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"molserve/preprocess/xyz"
)

const potentialModel = "ethanol-egnn"

// ethanolFrames are the first n frames of rMD17 ethanol, or a frame of our own again and again.
func ethanolFrames(t *testing.T, n int) string {
	t.Helper()
	const own = "9\nid=own\nC 0.01 -0.56 0\nC -1.28 0.25 0\nO 1.13 0.32 0\nH 0.04 -1.2 0.89\nH 0.04 -1.2 -0.89\nH -2.15 -0.42 0\nH -1.34 0.89 0.89\nH -1.34 0.89 -0.89\nH 1.97 -0.14 0\n"
	packed, err := os.Open("../../shared/data/geometry/rmd17_ethanol.extxyz.gz")
	if err != nil {
		return strings.Repeat(own, n)
	}
	defer packed.Close()
	text, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	frames, w := xyz.NewReader(text, xyz.Options{}), xyz.NewWriter(&out)
	for range n {
		f, err := frames.Next()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return out.String()
}

// labels reads energies and forces out of extended XYZ.
func labels(t *testing.T, text string) (energies []float64, forces [][]float64) {
	t.Helper()
	frames := xyz.NewReader(strings.NewReader(text), xyz.Options{})
	for {
		f, err := frames.Next()
		if errors.Is(err, io.EOF) {
			return energies, forces
		}
		if err != nil {
			t.Fatal(err)
		}
		e, v := f.Key("energy"), f.Column("forces")
		if e == nil || v == nil {
			t.Fatalf("frame %d has no energy or no forces: %+v", len(energies), f.Info)
		}
		energies, forces = append(energies, e.Floats[0]), append(forces, v.Floats)
	}
}

// closeTo compares labels: the network's float32 sums differ with the batch that a frame is in.
func closeTo(t *testing.T, what, a, b string) {
	t.Helper()
	const energyTol, forceTol = 1e-5, 1e-4 // eV, eV/Å
	e, f := labels(t, a)
	e2, f2 := labels(t, b)
	if len(e) != len(e2) || len(e) == 0 {
		t.Fatalf("%s: %d and %d frames", what, len(e), len(e2))
	}
	for i := range e {
		if math.Abs(e[i]-e2[i]) > energyTol {
			t.Errorf("%s: frame %d: %v and %v eV", what, i, e[i], e2[i])
		}
		for k := range f[i] {
			if math.Abs(f[i][k]-f2[i][k]) > forceTol {
				t.Fatalf("%s: frame %d: forces %v and %v eV/Å", what, i, f[i][k], f2[i][k])
			}
		}
	}
}

// structures posts frames to the potential and returns the reply.
func (p *process) structures(t *testing.T, frames, accept string) string {
	t.Helper()
	res, err := p.postTo(potentialModel, frames, "Content-Type", "chemical/x-xyz", "Accept", accept)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != accept {
		t.Fatalf("%d %s %v", res.StatusCode, body, err)
	}
	return string(body)
}

func TestForcesOverHTTPAreThoseOfPredict(t *testing.T) {
	root := "../exported_models"
	frames := ethanolFrames(t, 40)
	p := startServing(t, root)
	over := p.structures(t, frames, "chemical/x-xyz")
	closeTo(t, "alone and together", over, p.structures(t, frames, "chemical/x-xyz"))

	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.extxyz"), filepath.Join(dir, "out.extxyz")
	if err := os.WriteFile(in, []byte(frames), 0o644); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command("go", "run", "molserve/cmd/molserve", "predict", "--models", root, "--model", potentialModel, "-o", out, in).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	predicted, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "HTTP and predict", over, string(predicted))
}

func TestForcesOfAFrameSumToZero(t *testing.T) {
	p := startServing(t, "../exported_models")
	body := p.structures(t, ethanolFrames(t, 3), "application/json")
	var reply struct {
		Predictions []struct {
			Status string
			Values struct {
				Energy float64
				Forces [][3]float64
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &reply); err != nil || len(reply.Predictions) != 3 {
		t.Fatalf("%v: %s", err, body)
	}
	for i, row := range reply.Predictions {
		var sum [3]float64
		for _, f := range row.Values.Forces {
			for a := range sum {
				sum[a] += f[a]
			}
		}
		if row.Status != "ok" || len(row.Values.Forces) != 9 || math.Abs(sum[0])+math.Abs(sum[1])+math.Abs(sum[2]) > 1e-4 {
			t.Errorf("frame %d: %s, %d forces that sum to %v eV/Å", i, row.Status, len(row.Values.Forces), sum)
		}
	}
}
