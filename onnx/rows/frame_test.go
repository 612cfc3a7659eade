package rows

import (
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

func writeFrame(t *testing.T, rec preprocess.Record, row onnx.Row) string {
	t.Helper()
	var b strings.Builder
	w, all := xyz.NewWriter(&b), All(served)
	if err := WriteFrame(w, &all, &rec, &row); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFramesHoldColumnsPerAtomAndKeysPerGraph(t *testing.T) {
	row := frames()[0]
	row.ID = "a b"
	row.Graph = &graph.Graph{N: 2, Numbers: []uint8{8, 1}, Positions: [][3]float64{{0, 0, 0.5}, {1, 2, 3}},
		Cell: &[3][3]float64{{9, 0, 0}, {0, 9, 0}, {0, 0, 9}}, Periodic: [3]bool{true, true, false}}
	want := `2
Lattice="9.0 0.0 0.0 0.0 9.0 0.0 0.0 0.0 9.0" Properties=species:S:1:pos:R:3:forces:R:3:features:R:4 id="a b" energy=-1.5 virial="1.0 0.0 0.0 0.0 2.0 0.0 0.0 0.0 3.0" pbc="T T F"
O 0.0 0.0 0.5 1.0 2.0 3.0 1.0 2.0 3.0 4.0
H 1.0 2.0 3.0 -1.0 -2.0 -3.0 5.0 6.0 7.0 8.0
`
	if got := writeFrame(t, preprocess.Record{}, row); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestLabelsOfTheInputAreNotTakenForPredictions(t *testing.T) {
	in := "2\nProperties=species:S:1:pos:R:3:forces:R:3:tags:I:1 energy=7 stress=\"1 0 0 0 1 0 0 0 1\" input_energy=6 T=300 id=x pbc=F\n" +
		"O 0 0 0 9 9 9 4\nH 0 0 1 8 8 8 5\n"
	f, err := xyz.NewReader(strings.NewReader(in), xyz.Options{}).Next()
	if err != nil {
		t.Fatal(err)
	}
	got := writeFrame(t, preprocess.Record{Kind: preprocess.XYZ, Frame: f, ID: "x"}, frames()[1])
	for _, want := range []string{"Properties=species:S:1:pos:R:3:input_forces:R:3:tags:I:1:forces:R:3:features:R:4 ", " energy=-1.5 ",
		" input_input_energy=7 ", " input_energy=6 ", " input_stress=", " T=300 ", " id=x ", "\nH 0.0 0.0 1.0 8.0 8.0 8.0 5 -1.0 -2.0 -3.0 "} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if f.Key("energy") == nil || f.Column("forces") == nil {
		t.Error("the record was changed")
	}
}

func TestFailedRowsAreFramesThatSayWhy(t *testing.T) {
	row := onnx.Row{Index: 3, ID: "b", Err: &molecule.Error{Code: molecule.CodeFormat, Message: `"x" is no number`, Offset: -1, Line: 12}}
	want := "1\nProperties=species:S:1:pos:R:3 id=b error_code=format error_message=\"\\\"x\\\" is no number\" error_line=12 pbc=\"F F F\"\nX 0.0 0.0 0.0\n"
	if got := writeFrame(t, preprocess.Record{}, row); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	f := &xyz.Frame{Numbers: []uint8{6}, Positions: [][3]float64{{1, 2, 3}}}
	if got := writeFrame(t, preprocess.Record{Frame: f}, row); !strings.Contains(got, "error_code=format") || !strings.HasSuffix(got, "C 1.0 2.0 3.0\n") {
		t.Errorf("the atoms are lost: %s", got)
	}
}

func TestOutputsThatNoColumnCanBeCalledAreAnError(t *testing.T) {
	odd := Selection{Outputs: []onnx.Output{{Name: "a:b", Per: "atom"}}, Columns: []int{0}}
	row := onnx.Row{Values: []onnx.Value{{Shape: []int{1}, Data: []float64{1}}}}
	rec := preprocess.Record{Frame: &xyz.Frame{Numbers: []uint8{6}, Positions: [][3]float64{{1, 2, 3}}}}
	var b strings.Builder
	w := xyz.NewWriter(&b)
	if err := WriteFrame(w, &odd, &rec, &row); err != nil {
		t.Fatal(err)
	}
	if w.Flush(); !strings.Contains(b.String(), "error_code=unsupported") {
		t.Errorf("%s", b.String())
	}
}
