package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/serve"
)

// potential is a fake that takes structures: the energy is the sum of atomic numbers, the force on an
// atom its position, charges a number an atom; the virial is there where all directions repeat.
type potential struct{ open *atomic.Int64 }

func (*potential) Manifest() *onnx.Manifest {
	return &onnx.Manifest{Name: "p", Version: "1", Accepts: []string{"xyz", "atoms"}, Chemistry: onnx.Chemistry{MaxAtoms: 50}}
}

func (*potential) Outputs() []onnx.Output {
	return []onnx.Output{{Name: "energy", Unit: "eV", Per: "graph"}, {Name: "q", Unit: "e", Per: "atom"},
		{Name: "features", Unit: "1", Per: "atom", Symmetry: "1x0e+1x1o"}, {Name: "forces", Unit: "eV/Å", Per: "atom", Symmetry: "vector"},
		{Name: "virial", Unit: "eV", Per: "graph", Symmetry: "tensor"}}
}

func (*potential) Network() onnx.Network { return echo{} }

func (p *potential) Close() error {
	p.open.Add(-1)
	return nil
}

var potentialSpec = preprocess.Spec{MaxAtoms: 50, Elements: []uint8{1, 6, 8}, Edges: preprocess.Edges{Kind: preprocess.Radius, Cutoff: 5}}

func (*potential) Build(_ context.Context, recs []preprocess.Record, o onnx.Options) ([]*graph.Graph, []onnx.Row, error) {
	graphs, rows := make([]*graph.Graph, len(recs)), make([]onnx.Row, len(recs))
	for i, r := range recs {
		rows[i] = onnx.Row{Index: i, ID: r.ID}
		g, err := preprocess.Build(r, &potentialSpec)
		if err != nil {
			rows[i].Err = err.(*molecule.Error)
			continue
		}
		if graphs[i] = g; o.KeepGraphs {
			rows[i].Graph = g
		}
	}
	return graphs, rows, nil
}

func (*potential) LoadOf(g *graph.Graph) onnx.Load { return onnx.Load{Graphs: 1, Atoms: g.N} }

func (*potential) Concurrency() int { return 2 }
func (*potential) Beside() int      { return 1 }

func (*potential) Batch() onnx.BatchLimits { return onnx.BatchLimits{Graphs: 4} }

func (*potential) Fits(l onnx.Load) bool { return l.Graphs <= 4 }

func (*potential) PredictBatch(_ context.Context, graphs []*graph.Graph) ([]onnx.Row, error) {
	rows := make([]onnx.Row, len(graphs))
	for i, g := range graphs {
		var energy float64
		var q, features, forces onnx.Value
		q.Shape, features.Shape, forces.Shape = []int{g.N}, []int{g.N, 4}, []int{g.N, 3}
		for a, x := range g.Positions {
			z := float64(g.Numbers[a])
			energy += z
			q.Data = append(q.Data, z)
			features.Data = append(features.Data, z, 1, 2, 3)
			forces.Data = append(forces.Data, x[:]...)
		}
		virial := onnx.Value{}
		if g.Periodic == [3]bool{true, true, true} {
			virial = onnx.Value{Shape: []int{3, 3}, Data: []float64{1, 2, 3, 2, 4, 5, 3, 5, 6}}
		}
		rows[i].Values = []onnx.Value{{Data: []float64{energy}}, q, features, forces, virial}
	}
	return rows, nil
}

// startPotential serves the potential as p beside m.
func startPotential(t *testing.T, cfg serve.Config) *world {
	t.Helper()
	w := start(t, cfg)
	w.publish("p", 1, "potential")
	eventually(t, "the potential serves", func() bool { return w.do("GET", "/v1/models/p", "").status == 200 })
	eventually(t, "the potential answers", func() bool { return w.structures(`{"molecules":[]}`, "application/json", "").status == 200 })
	return w
}

func (w *world) structures(body, media, accept string) answer {
	w.t.Helper()
	return w.do("POST", "/v1/models/p/predict", body, "Content-Type", media, "Accept", accept)
}

const (
	waterAtoms = `{"atoms":{"numbers":[8,1,1],"positions":[[0,0,0.12],[0,0.76,-0.47],[0,-0.76,-0.47]],"cell":null,"pbc":[false,false,false]},"id":"w"}`
	waterXYZ   = "3\nwater\nO 0 0 0.12\nH 0 0.76 -0.47\nH 0 -0.76 -0.47\n"
	ironCell   = "1\nLattice=\"9 0 0 0 9 0 0 0 9\" id=7 energy=3 Properties=species:S:1:pos:R:3:tags:I:1\nC 1 2 3 5\n"

	waterValues = `{"energy":10,"q":[8,1,1],"features":[[8,1,2,3],[1,1,2,3],[1,1,2,3]],"forces":[[0,0,0.12],[0,0.76,-0.47],[0,-0.76,-0.47]]}`
	cellValues  = `{"energy":6,"q":[6],"features":[[6,1,2,3]],"forces":[[1,2,3]],"virial":[[1,2,3],[2,4,5],[3,5,6]]}`
)

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func TestStructuresOfManyFormsAndSizesAreAnsweredTogether(t *testing.T) {
	w := startPotential(t, serve.Config{})
	body := `{"molecules":[` + waterAtoms + `,{"xyz":` + quote(waterXYZ) + `},{"id":"c","xyz":` + quote(ironCell) + `},{"xyz":` + quote(waterXYZ+waterXYZ) + `}]}`
	want := `{"model":"p","version":"1","outputs":[{"name":"energy","unit":"eV","per":"graph"},{"name":"q","unit":"e","per":"atom"},` +
		`{"name":"features","unit":"1","per":"atom","irreps":"1x0e+1x1o"},{"name":"forces","unit":"eV/Å","per":"atom"},{"name":"virial","unit":"eV","per":"graph"}],"predictions":[` +
		`{"index":0,"id":"w","status":"ok","values":` + waterValues + `},{"index":1,"status":"ok","values":` + waterValues + `},` +
		`{"index":2,"id":"c","status":"ok","values":` + cellValues + `},` +
		`{"index":3,"status":"error","error":{"code":"format","message":"a second frame; a record is one structure","line":6}}]}` + "\n"
	if a := w.structures(body, "application/json", ""); a.status != 200 || a.body != want {
		t.Errorf("%d\n got %s\nwant %s", a.status, a.body, want)
	}
	a := w.do("GET", "/v1/models/p", "")
	if !strings.Contains(a.body, `{"name":"features","unit":"1","per":"atom","irreps":"1x0e+1x1o"}`) {
		t.Errorf("%s", a.body)
	}
}

func TestRawBodiesHoldARowAFrameOrALine(t *testing.T) {
	w := startPotential(t, serve.Config{})
	for media, body := range map[string]string{
		"chemical/x-xyz":       ironCell + waterXYZ + "2\n\nC 0 0 0\nC 0 zero 0\n" + "1\n\nXx 0 0 0\n" + waterXYZ + "5\n\nC 0 0 0\n",
		"application/x-ndjson": `{"id":7,"xyz":` + quote(ironCell) + "}\n" + waterAtoms + "\n{\"atoms\":[}\r\n{\"smile\":\"C\"}\n" + waterAtoms + "\nnope",
	} {
		a := w.structures(body, media, "application/x-ndjson")
		lines := strings.Split(strings.TrimSpace(a.body), "\n")
		if a.status != 200 || len(lines) != 6 {
			t.Fatalf("%s: %d %s", media, a.status, a.body)
		}
		broken := map[string][]int{"chemical/x-xyz": {12, 15, 23}, "application/x-ndjson": {3, 4, 6}}[media]
		for i, want := range []string{`{"index":0,"id":"7","status":"ok","values":` + cellValues + `}`, `"status":"ok","values":` + waterValues,
			fmt.Sprintf(`"line":%d}`, broken[0]), fmt.Sprintf(`"line":%d}`, broken[1]), `"status":"ok","values":` + waterValues, fmt.Sprintf(`"line":%d}`, broken[2])} {
			if !strings.Contains(lines[i], want) || !strings.HasPrefix(lines[i], fmt.Sprintf(`{"index":%d,`, i)) {
				t.Errorf("%s: row %d is %s, want %s", media, i, lines[i], want)
			}
		}
	}
}

func TestRepliesInExtendedXYZKeepStepWithTheRequest(t *testing.T) {
	w := startPotential(t, serve.Config{})
	a := w.structures(ironCell+"1\n\nU 0 0 0\n"+"1\n\nC 0 0\n"+waterXYZ, "chemical/x-xyz", "chemical/x-xyz")
	want := `1
Lattice="9.0 0.0 0.0 0.0 9.0 0.0 0.0 0.0 9.0" Properties=species:S:1:pos:R:3:tags:I:1:q:R:1:features:R:4:forces:R:3 id=7 input_energy=3 energy=6.0 virial="1.0 2.0 3.0 2.0 4.0 5.0 3.0 5.0 6.0" pbc="T T T"
C 1.0 2.0 3.0 5 6.0 6.0 1.0 2.0 3.0 1.0 2.0 3.0
1
Properties=species:S:1:pos:R:3 error_code=unsupported error_message="atom 0 is U, an element that the model does not know" error_line=6 pbc="F F F"
U 0.0 0.0 0.0
1
`
	if a.status != 200 || a.header.Get("Content-Type") != "chemical/x-xyz" || !strings.HasPrefix(a.body, want) ||
		!strings.Contains(a.body, "error_line=9 pbc=\"F F F\"\nX 0.0 0.0 0.0\n3\nProperties=") {
		t.Errorf("%d\n got %s\nwant %s", a.status, a.body, want)
	}
	a = w.structures(`{"molecules":[`+waterAtoms+`],"outputs":["forces","energy"]}`, "application/json", "text/csv;q=0.5, chemical/x-xyz")
	if want := "3\nProperties=species:S:1:pos:R:3:forces:R:3 id=w energy=10.0 pbc=\"F F F\"\nO 0.0 0.0 0.12 0.0 0.0 0.12\n"; !strings.HasPrefix(a.body, want) {
		t.Errorf("got %s", a.body)
	}
	a = w.do("POST", "/v1/models/m/predict", `{"smiles":["C"]}`, "Content-Type", "application/json", "Accept", "chemical/x-xyz")
	if a.header.Get("Content-Type") != "application/json" {
		t.Errorf("a model without structures answers %s", a.header.Get("Content-Type"))
	}
}

func TestModelsOfBondsSayThatTheyAreNeverGuessed(t *testing.T) {
	w := start(t, serve.Config{})
	for media, body := range map[string]string{"application/json": `{"molecules":[{"smiles":"C"},` + waterAtoms + `]}`,
		"chemical/x-xyz": "x\n" + waterXYZ + waterXYZ, "application/x-ndjson": `{"xyz":"x"}`} {
		if media == "chemical/x-xyz" {
			body = "1\nbroken\n\n" + waterXYZ // what cannot be read is no reason for a refusal of the whole
		}
		a := w.do("POST", "/v1/models/m/predict", body, "Content-Type", media)
		if a.status != 422 || !strings.Contains(a.body, `"code":"unsupported_kind"`) || !strings.Contains(a.body, "bonds are never guessed") {
			t.Errorf("%s: %d %s", media, a.status, a.body)
		}
	}
}

func TestHostileStructuresAreRowsWithACodeAPlaceAndAMessage(t *testing.T) {
	w := startPotential(t, serve.Config{})
	for _, c := range []struct{ body, code, place string }{
		{"", "empty", `"line":1`},
		{"1\n\nC nan 0 0\n", "format", `"line":3`},
		{"1\n\nC 0 1e300 0\n", "format", `"line":3`},
		{"1\n\nC 0 0 1e999\n", "format", `"line":3`},
		{"3\n\nC 0 0 0\n", "format", `"line":3`},
		{"99999999999999999999\n\nC 0 0 0\n", "format", `"line":1`},
		{"1000000\n\nC 0 0 0\n", "too_large", `"line":1`},
		{"51\n\n" + strings.Repeat("C 0 0 0\n", 51), "too_large", `"line":1`},
		{"1\n\nJx 0 0 0\n", "bad_element", `"line":3`},
		{"1\n\nU 0 0 0\n", "unsupported", `"line":3`},
		{"1\nLattice=\"1 0 0 2 0 0 0 0 1\"\nC 0 0 0\n", "format", `"line":2`},
		{"1\nLattice=\"1e-3 0 0 0 1e-3 0 0 0 1e-3\"\nC 0 0 0\n", "too_large", ``},
		{"2\n\nC 0 0 0\nC 0 0 0\n", "coincident", `"line":4`},
		{"nonsense", "format", `"line":1`},
	} {
		a := w.structures(c.body, "chemical/x-xyz", "")
		if a.status != 200 || !strings.Contains(a.body, `"code":"`+c.code+`"`) || !strings.Contains(a.body, c.place) || strings.Count(a.body, `"index"`) != 1 {
			t.Errorf("%.40q: %d %s, want %s at %s", c.body, a.status, a.body, c.code, c.place)
		}
		// as a record of JSON it is the same row
		if b := w.structures(`{"molecules":[{"xyz":`+quote(c.body)+`}]}`, "application/json", ""); b.body != a.body {
			t.Errorf("%.40q: as JSON %s, as text %s", c.body, b.body, a.body)
		}
	}
	for _, c := range []struct{ atoms, code string }{
		{`{"numbers":[8],"positions":[[0,0,1e300]]}`, "format"}, {`{"numbers":[8],"positions":[]}`, "format"}, {`{"numbers":[],"positions":[]}`, "empty"},
		{`{"numbers":[200],"positions":[[0,0,0]]}`, "bad_element"}, {`{"numbers":[8],"positions":[[0,0,0]],"pbc":true}`, "format"},
		{`{"numbers":[8],"numbers":[8],"positions":[[0,0,0]]}`, "format"}, {`null`, "format"}, {`{"numbers":[92],"positions":[[0,0,0]]}`, "unsupported"},
		{`[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]`, "format"},
	} {
		a := w.structures(`{"molecules":[{"atoms":`+c.atoms+`}]}`, "application/json", "")
		if a.status != 200 || !strings.Contains(a.body, `"code":"`+c.code+`"`) {
			t.Errorf("%s: %d %s", c.atoms, a.status, a.body)
		}
	}
}

func TestLimitsOfRowsHoldForStructures(t *testing.T) {
	w := startPotential(t, serve.Config{MaxMolecules: 2, MaxBody: 4096})
	for _, c := range []struct {
		media, body string
		status      int
		rows        int
		want        string
	}{
		{"chemical/x-xyz", waterXYZ + waterXYZ + waterXYZ, 200, 3, `"index":2,"status":"ok"`},
		{"chemical/x-xyz", "x\n", 200, 1, `"code":"format"`},
		{"chemical/x-xyz", "0\n\n0\n\n0\n\n", 200, 3, `"code":"empty"`},
		{"application/x-ndjson", "\n\n\n", 200, 3, `"line":3`},
		{"application/x-ndjson", "", 200, 0, `"predictions":[]`},
		{"application/x-ndjson", `{"xyz":"` + strings.Repeat(" ", 5000) + `"}` + "\n" + waterAtoms, 200, 2, `"code":"too_long","message":"a line of more than 4096 bytes","line":1`},
		{"chemical/x-xyz", strings.Repeat(" ", 4000), 200, 1, `"code":"empty"`},
		{"chemical/x-xyz", strings.Repeat(" ", 50000), 200, 1, `"code":"too_large","message":"line of more than 4096 bytes`},
		{"chemical/x-xyz", "1\n\xff\nC 0 0 0\n", 400, 0, `"code":"bad_text"`},
	} {
		a := w.structures(c.body, c.media, "")
		if a.status != c.status || strings.Count(a.body, `"index"`) != c.rows || !strings.Contains(a.body, c.want) {
			t.Errorf("%s %.20q: %d %s", c.media, c.body, a.status, a.body)
		}
	}
}
