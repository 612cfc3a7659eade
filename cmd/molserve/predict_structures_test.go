package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/stream"
	"molserve/preprocess/xyz"
)

var potentialOutputs = []onnx.Output{{Name: "energy", Unit: "eV", Per: "graph"}, {Name: "forces", Unit: "eV/Å", Per: "atom", Symmetry: "vector"}}

// potential is a predictor without a network: the energy is the number of atoms, forces are positions.
func potential(_ context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
	rows := make([]onnx.Row, len(recs))
	for i, r := range recs {
		g, err := preprocess.Build(r, &preprocess.Spec{MaxAtoms: 100, Edges: preprocess.Edges{Kind: preprocess.Radius, Cutoff: 3}})
		if err != nil {
			rows[i].Err = err.(*molecule.Error)
			continue
		}
		forces := onnx.Value{Shape: []int{g.N, 3}}
		for _, x := range g.Positions {
			forces.Data = append(forces.Data, x[:]...)
		}
		rows[i] = onnx.Row{Graph: g, Values: []onnx.Value{{Data: []float64{float64(g.N)}}, forces}}
	}
	return rows, nil
}

// predictWith runs the way of the command, with a predictor in place of a model.
func predictWith(t *testing.T, in io.Reader, from stream.Format, to string, predict predictor) string {
	t.Helper()
	r, err := stream.Open(in, from, stream.Options{MaxAtoms: 100})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := newRowWriter(to, &out, rows.All(potentialOutputs))
	out.Write(headerOf(to, r.Columns(), rows.All(potentialOutputs)))
	err = pipeline(t.Context(), feed{Reader: kindReader{r, []string{"xyz", "atoms"}}}, predict, func(rows []answered) error {
		for _, row := range rows {
			if err := w.write(row); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, w.flush()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const (
	sodium  = "1\nLattice=\"4 0 0 0 4 0 0 0 4\" energy=9 id=a\nNa 0.5 0 0\n"
	water   = "3\nwater\nO 0 0 0.12\nH 0 0.76 -0.47\nH 0 -0.76 -0.47\n"
	doubled = "2\n\nC 0 0 0\nC 0 0 0\n"
	short   = "2\n\nC 0 0 0\n"
)

func TestPredictWritesFramesThatASEReads(t *testing.T) {
	got := predictWith(t, strings.NewReader(sodium+doubled+water+short), stream.XYZ, formatExtXYZ, potential)
	want := `1
Lattice="4.0 0.0 0.0 0.0 4.0 0.0 0.0 0.0 4.0" Properties=species:S:1:pos:R:3:forces:R:3 input_energy=9 id=a energy=1.0 pbc="T T T"
Na 0.5 0.0 0.0 0.5 0.0 0.0
2
Properties=species:S:1:pos:R:3 error_code=coincident error_message="atoms 0 and 1 are at one place, 0 Å apart" error_line=7 pbc="F F F"
C 0.0 0.0 0.0
C 0.0 0.0 0.0
3
Properties=species:S:1:pos:R:3:forces:R:3 energy=3.0 pbc="F F F"
O 0.0 0.0 0.12 0.0 0.0 0.12
H 0.0 0.76 -0.47 0.0 0.76 -0.47
H 0.0 -0.76 -0.47 0.0 -0.76 -0.47
1
Properties=species:S:1:pos:R:3 error_code=format error_message="the file ends after 1 of 2 atoms" error_line=15 pbc="F F F"
X 0.0 0.0 0.0
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestPredictWritesFramesAsCSVAndNDJSON(t *testing.T) {
	in := sodium + doubled + water + short
	rows, err := csv.NewReader(strings.NewReader(predictWith(t, strings.NewReader(in), stream.XYZ, formatCSV, potential))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"line|atoms|energy|forces|status|error_code|error_message|error_offset|error_line",
		"1|1|1|[[0.5,0,0]]|ok||||", "4|2|||error|coincident|atoms 0 and 1 are at one place, 0 Å apart||7",
		"8|3|3|[[0,0,0.12],[0,0.76,-0.47],[0,-0.76,-0.47]]|ok||||", "15||||error|format|the file ends after 1 of 2 atoms||15"} {
		if got := strings.Join(rows[i], "|"); got != want {
			t.Errorf("row %d is %s, want %s", i, got, want)
		}
	}
	lines := strings.Split(predictWith(t, strings.NewReader(in), stream.XYZ, formatNDJSON, potential), "\n")
	for i, want := range []string{`{"index":0,"id":"a","status":"ok","values":{"energy":1,"forces":[[0.5,0,0]]}}`, `{"index":1,"status":"error","error":{"code":"coincident"`,
		`{"index":2,"status":"ok","values":{"energy":3,`, `{"index":3,"status":"error","error":{"code":"format"`} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d is %s, want %s", i, lines[i], want)
		}
	}
}

func TestNDJSONHoldsStructuresOfBothForms(t *testing.T) {
	in := `{"id":"w","atoms":{"symbols":["O","H"],"positions":[[0,0,0],[0,0,1]]}}` + "\n" + `{"xyz":"1\nLattice=\"4 0 0 0 4 0 0 0 4\"\nNa 0.5 0 0\n"}` + "\n" +
		`{"smiles":"C"}` + "\n" + `{"atoms":[]}` + "\n"
	got := predictWith(t, strings.NewReader(in), stream.NDJSON, formatExtXYZ, potential)
	frames := xyz.NewReader(strings.NewReader(got), xyz.Options{})
	for i, want := range []string{"energy=2.0", "energy=1.0", "unsupported_kind", "format"} {
		f, err := frames.Next()
		if err != nil {
			t.Fatal(err)
		}
		energy, code := f.Key("energy"), f.Key("error_code")
		if energy != nil && fmt.Sprintf("energy=%.1f", energy.Floats[0]) != want || code != nil && code.Strings[0] != want || (energy == nil) != (code != nil) {
			t.Errorf("frame %d: %+v, want %s", i, f.Info, want)
		}
	}
	if !strings.Contains(got, "bonds") && !strings.Contains(got, "the model takes [xyz atoms]") {
		t.Errorf("%s", got)
	}
}

// frameSource writes frames without end, n of them, and counts those that were asked for.
type frameSource struct {
	n, made int
	rest    []byte
}

func (s *frameSource) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.made == s.n {
			return 0, io.EOF
		}
		s.made++
		s.rest = []byte(fmt.Sprintf("%d\nid=%d\n", 1+s.made%97, s.made-1) + "C 0 0 0\n")
		for i := range s.made % 97 {
			s.rest = fmt.Appendf(s.rest, "H 0 0 %d\n", i+1)
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func TestFramesStreamInChunksOfBoundedSizeAndInOrder(t *testing.T) {
	const n = 3000
	var largest atomic.Int64
	predict := func(ctx context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
		atoms := int64(0)
		for i := range recs {
			atoms += int64(recs[i].Frame.N())
		}
		for seen := largest.Load(); atoms > seen && !largest.CompareAndSwap(seen, atoms); seen = largest.Load() {
		}
		return potential(ctx, recs)
	}
	got := predictWith(t, &frameSource{n: n}, stream.XYZ, formatExtXYZ, predict)
	frames := xyz.NewReader(strings.NewReader(got), xyz.Options{})
	for i := range n {
		f, err := frames.Next()
		if err != nil {
			t.Fatal(err)
		}
		if id := f.Key("id"); id.Ints[0] != int64(i) || f.Key("energy").Floats[0] != float64(1+(i+1)%97) {
			t.Fatalf("frame %d is %+v", i, f.Info)
		}
	}
	if largest.Load() > chunkAtoms || largest.Load() < chunkAtoms/2 {
		t.Errorf("a chunk has %d atoms", largest.Load())
	}
}

func TestModelsOfBondsTakeNoFrames(t *testing.T) {
	r := predictShipped(t, water, "--model", "esol-gcn", "--format", "xyz", "-")
	if r.code != exitFailed || !strings.Contains(r.stderr, "bonds are never guessed") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
	r = predictShipped(t, `{"smiles":"C"}`+"\n"+`{"xyz":"x"}`+"\n", "--model", "esol-gcn", "--format", "ndjson", "--output-format", "ndjson", "-")
	if lines := strings.Split(r.stdout, "\n"); r.code != 0 || !strings.Contains(lines[0], `"status":"ok"`) || !strings.Contains(lines[1], "bonds are never guessed") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
	for _, args := range [][]string{{"--output-format", "extxyz", "-"}, {"-o", "/no/such/out.xyz", "-"}} {
		if r := predictShipped(t, "C\n", append([]string{"--model", "esol-gcn"}, args...)...); r.code != exitUsage {
			t.Errorf("%q: exit %d: %s", args, r.code, r.stderr)
		}
	}
}
