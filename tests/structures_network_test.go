package tests

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/prove"
	"molserve/preprocess"
	"molserve/preprocess/xyz"
	"molserve/serve"
)

// smallPotential publishes the untrained potential of onnx/testdata, which learns nothing but has
// energies, gradients and irreps, and returns its folder of models.
func smallPotential(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	m, err := onnx.ReadManifest(readFile(t, "../onnx/testdata/potential.json"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"model.onnx": readFile(t, "../onnx/testdata/potential.onnx"), "golden.json": []byte("{}")}
	for name, data := range files {
		m.Files[name] = onnx.File{SHA256: fmt.Sprintf("%x", sha256.Sum256(data)), Bytes: int64(len(data))}
		writeFile(t, filepath.Join(root, "potential", "1", name), data)
	}
	writeFile(t, filepath.Join(root, "potential", "1", "manifest.json"), marshal(t, m))
	return root
}

// serveUnproved serves root, whose models have nothing to prove themselves with.
func serveUnproved(t *testing.T, root string) *process {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := func(_ context.Context, f onnx.Folder) (serve.Predictor, *prove.Certificate, error) {
		m, err := f.Open()
		if err != nil {
			t.Log(err)
			return nil, nil, err // and not a nil *onnx.Model
		}
		return m, nil, nil
	}
	ready, ended := make(chan struct{}), make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		ended <- serve.New(serve.Config{Models: root, Load: open, OnReady: func([]*onnx.Manifest) { close(ready) }, Log: slog.New(slog.DiscardHandler)}).Run(ctx, l)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	<-ready
	return &process{t: t, base: "http://" + l.Addr().String()}
}

// mixedFrames are structures of 1 to 30 atoms, every third one periodic.
func mixedFrames(n int) []*xyz.Frame {
	r := rand.New(rand.NewPCG(5, 0))
	var frames []*xyz.Frame
	for k := range n {
		f := &xyz.Frame{}
		for range 1 + r.IntN(30) {
			f.Numbers = append(f.Numbers, []uint8{1, 6, 8}[r.IntN(3)])
			f.Positions = append(f.Positions, [3]float64{8 * r.Float64(), 8 * r.Float64(), 8 * r.Float64()})
		}
		if k%3 == 2 {
			f.Cell, f.PBC = &[3][3]float64{{8, 0, 0}, {1, 9, 0}, {0, -1, 8}}, [3]bool{true, true, k%2 == 0}
		}
		frames = append(frames, f)
	}
	return frames
}

func textOf(t *testing.T, frames []*xyz.Frame) string {
	t.Helper()
	var b strings.Builder
	w := xyz.NewWriter(&b)
	for _, f := range frames {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return b.String()
}

func ask(t *testing.T, p *process, body string, headers ...string) string {
	t.Helper()
	res, err := p.postTo("potential", body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%d %s %v", res.StatusCode, text, err)
	}
	return string(text)
}

// reply is a JSON reply.
type structureReply struct {
	Outputs     []struct{ Name, Unit, Per, Irreps string }
	Predictions []struct {
		Index  int
		Status string
		Values struct {
			Energy     float64
			AtomEnergy []float64 `json:"atom_energy"`
			Features   [][]float64
			Forces     [][3]float64
			Virial     *[3][3]float64
		}
	}
}

func TestStructuresOfAllFormsHaveTheSameNumbers(t *testing.T) {
	onnxtest.Start(t)
	p := serveUnproved(t, smallPotential(t))
	frames := mixedFrames(60)
	text := textOf(t, frames)
	whole := ask(t, p, text, "Content-Type", "chemical/x-xyz")

	var long, lines []string
	for i, f := range frames {
		record := fmt.Sprintf(`{"xyz":%s}`, marshal(t, textOf(t, frames[i:i+1])))
		if i%2 == 0 {
			record = fmt.Sprintf(`{"atoms":{"numbers":%s,"positions":%s,"cell":%s,"pbc":%s}}`, marshal(t, ints(f.Numbers)), marshal(t, f.Positions), marshal(t, f.Cell), marshal(t, f.PBC))
		}
		long, lines = append(long, record), append(lines, record+"\n")
	}
	if got := ask(t, p, `{"molecules":[`+strings.Join(long, ",")+`]}`, "Content-Type", "application/json"); got != whole {
		t.Errorf("JSON and XYZ differ:\n%.300s\n%.300s", got, whole)
	}
	if got := ask(t, p, strings.Join(lines, ""), "Content-Type", "application/x-ndjson"); got != whole {
		t.Errorf("NDJSON and XYZ differ:\n%.300s\n%.300s", got, whole)
	}

	var r structureReply
	unmarshal(t, []byte(whole), &r)
	if len(r.Predictions) != len(frames) || r.Outputs[2].Irreps != "1x0e+1x1o" || r.Outputs[3].Name != "forces" {
		t.Fatalf("%d predictions, outputs %+v", len(r.Predictions), r.Outputs)
	}
	for i, row := range r.Predictions {
		n := frames[i].N()
		v := row.Values
		if row.Index != i || row.Status != "ok" || len(v.Forces) != n || len(v.AtomEnergy) != n || len(v.Features) != n || len(v.Features[0]) != 4 ||
			(v.Virial != nil) != (frames[i].PBC != [3]bool{}) {
			t.Errorf("frame %d of %d atoms: %+v", i, n, row)
		}
	}
}

func ints(z []uint8) (out []int) {
	for _, v := range z {
		out = append(out, int(v))
	}
	return out
}

func TestExtendedXYZReplyHoldsTheNumbersOfTheJSON(t *testing.T) {
	onnxtest.Start(t)
	root := smallPotential(t)
	p := serveUnproved(t, root)
	frames := mixedFrames(20)
	text := textOf(t, frames)
	var r structureReply
	unmarshal(t, []byte(ask(t, p, text, "Content-Type", "chemical/x-xyz")), &r)
	back := xyz.NewReader(strings.NewReader(ask(t, p, text, "Content-Type", "chemical/x-xyz", "Accept", "chemical/x-xyz")), xyz.Options{})
	for i, sent := range frames {
		f, err := back.Next()
		if err != nil {
			t.Fatal(err)
		}
		want := r.Predictions[i].Values
		if !slices.Equal(f.Numbers, sent.Numbers) || !slices.Equal(f.Positions, sent.Positions) || f.PBC != sent.PBC || (f.Cell == nil) != (sent.Cell == nil) {
			t.Errorf("frame %d came back otherwise", i)
		}
		if f.Key("energy").Floats[0] != want.Energy || !slices.Equal(f.Column("atom_energy").Floats, want.AtomEnergy) {
			t.Errorf("frame %d: energy %v, want %v", i, f.Key("energy").Floats, want.Energy)
		}
		for k, x := range f.Column("forces").Floats {
			if x != want.Forces[k/3][k%3] {
				t.Fatalf("frame %d: force %d is %v, want %v", i, k, x, want.Forces[k/3])
			}
		}
	}
	// and they are what the model says without a server
	m, err := onnx.Open(filepath.Join(root, "potential", "1"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var recs []preprocess.Record
	for _, f := range frames {
		recs = append(recs, preprocess.Record{Kind: preprocess.XYZ, Frame: f})
	}
	rows, err := m.PredictRecords(t.Context(), recs, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if row.Err != nil || row.Values[0].Data[0] != r.Predictions[i].Values.Energy {
			t.Errorf("frame %d: %+v, over HTTP %v", i, row, r.Predictions[i].Values.Energy)
		}
	}
}

func TestBrokenStructuresLeaveTheirMatesAlone(t *testing.T) {
	onnxtest.Start(t)
	p := serveUnproved(t, smallPotential(t))
	good := textOf(t, mixedFrames(1))
	alone := ask(t, p, good, "Content-Type", "chemical/x-xyz", "Accept", "application/x-ndjson")
	mixed := ask(t, p, "2\n\nC 0 0 0\nC 0 0 0\n"+"1\n\nC nan 0 0\n"+"1\n\nU 0 0 0\n"+good+"9\n\nC 0 0 0\n", "Content-Type", "chemical/x-xyz", "Accept", "application/x-ndjson")
	lines := strings.SplitAfter(mixed, "\n")
	for i, want := range []string{`"coincident"`, `"format"`, `"unsupported"`, strings.TrimPrefix(alone, `{"index":0`), `"format"`} {
		if !json.Valid([]byte(lines[i])) || !strings.Contains(lines[i], want) {
			t.Errorf("row %d: %s, want %s", i, lines[i], want)
		}
	}
}
