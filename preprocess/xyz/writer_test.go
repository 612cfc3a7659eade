package xyz_test

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// write returns the text of one frame.
func write(tb testing.TB, f *xyz.Frame) ([]byte, error) {
	tb.Helper()
	var b bytes.Buffer
	w := xyz.NewWriter(&b)
	err := w.Write(f)
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes(), err
}

func ints(x ...int64) xyz.Array { return xyz.Array{Type: xyz.Int, Shape: []int{len(x)}, Ints: x} }
func bools(x ...bool) xyz.Array { return xyz.Array{Type: xyz.Bool, Shape: []int{len(x)}, Bools: x} }

// everything is a frame with a value of every kind.
func everything() *xyz.Frame {
	f := &xyz.Frame{Line: 1, Numbers: []uint8{8, 0}, Positions: [][3]float64{{0, -0.5, 1.0 / 3}, {1e-7, 12345.678, -1}},
		Cell: &[3][3]float64{{5, 0, 0}, {0.1, 1.0 / 3, 0}, {0, 0, 1e5}}, PBC: [3]bool{true, false, true}}
	for i, s := range []string{"", "plain", "two words", "12", "1.5 2", "T", "_JSON [1]", `"q"`, `a\b`, "line\nend", " ", ",", "{x}", "a=b", "ü ☺", "it's"} {
		f.Info = append(f.Info, xyz.Named{Name: "s" + string(rune('a'+i)), Array: xyz.Text(s)})
	}
	f.Info = append(f.Info,
		xyz.Named{Name: "energy", Array: xyz.Of(-1.5)}, xyz.Named{Name: "whole", Array: xyz.Of(3)}, xyz.Named{Name: "tiny", Array: xyz.Of(5e-324)},
		xyz.Named{Name: "big", Array: xyz.Of(1e22)}, xyz.Named{Name: "inf", Array: xyz.Of(math.Inf(-1))},
		xyz.Named{Name: "stress", Array: xyz.Floats([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9.5}, 3, 3)},
		xyz.Named{Name: "matrix", Array: xyz.Floats([]float64{1, 2, math.Inf(1), 4}, 2, 2)},
		xyz.Named{Name: "dipole", Array: xyz.Floats([]float64{1, 2, 3}, 3)}, xyz.Named{Name: "one", Array: xyz.Floats([]float64{1}, 1)},
		xyz.Named{Name: "n", Array: xyz.Array{Type: xyz.Int, Ints: []int64{math.MinInt64}}}, xyz.Named{Name: "list", Array: ints(1, 2)},
		xyz.Named{Name: "none", Array: ints()}, xyz.Named{Name: "flags", Array: bools(true, false)}, xyz.Named{Name: "single", Array: bools(true)},
		xyz.Named{Name: "a key", Array: xyz.Array{Bools: []bool{true}}}, xyz.Named{Name: "uid", Array: xyz.Text("12")},
		xyz.Named{Name: "object", Array: xyz.Array{Type: xyz.JSON, Strings: []string{`{"x":["a\nb",null]}`}}})
	f.Columns = []xyz.Named{
		{Name: "forces", Array: xyz.Floats([]float64{1, 2, 3, 4, 5, -0.1}, 2, 3)}, {Name: "charge", Array: xyz.Floats([]float64{0.5, math.Copysign(0, -1)}, 2)},
		{Name: "tag", Array: ints(1, -2)}, {Name: "name", Array: xyz.Array{Type: xyz.String, Shape: []int{2}, Strings: []string{"CA", "ü"}}},
		{Name: "move mask", Array: xyz.Array{Shape: []int{2, 2}, Bools: []bool{true, false, false, true}}},
	}
	return f
}

func TestWhatIsWrittenReadsBackEqual(t *testing.T) {
	want := everything()
	text, err := write(t, want)
	if err != nil {
		t.Fatal(err)
	}
	got := readAll(t, text)
	if len(got) != 1 {
		t.Fatalf("%d frames", len(got))
	}
	for i := range want.Info {
		if !slices.EqualFunc(got[0].Info[i:i+1], want.Info[i:i+1], func(a, b xyz.Named) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("%#v, want %#v", got[0].Info[i], want.Info[i])
		}
	}
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("got  %+v\nwant %+v\nfrom %s", got[0], want, text)
	}
}

func TestWhatIsWrittenLooksLikeASEs(t *testing.T) {
	f := &xyz.Frame{Numbers: []uint8{30}, Positions: [][3]float64{{0.1, 0, -3}}, Cell: &[3][3]float64{{4.1}, {0, 3.9}, {0, 0, 5}}, PBC: [3]bool{true, true},
		Info:    []xyz.Named{{Name: "energy", Array: xyz.Of(-2)}, {Name: "smiles", Array: xyz.Text("C=O")}},
		Columns: []xyz.Named{{Name: "forces", Array: xyz.Floats([]float64{0, 1e-7, 2}, 1, 3)}}}
	want := `1
Lattice="4.1 0.0 0.0 0.0 3.9 0.0 0.0 0.0 5.0" Properties=species:S:1:pos:R:3:forces:R:3 energy=-2.0 smiles="C=O" pbc="T T F"
Zn 0.1 0.0 -3.0 0.0 1e-07 2.0
`
	if got, err := write(t, f); err != nil || string(got) != want {
		t.Errorf("%v\n%s, want\n%s", err, got, want)
	}
}

func TestWriterRefusesWhatCannotBeReadBack(t *testing.T) {
	for name, change := range map[string]func(f *xyz.Frame){
		"no atoms":          func(f *xyz.Frame) { *f = xyz.Frame{} },
		"positions":         func(f *xyz.Frame) { f.Positions = f.Positions[:1] },
		"NaN":               func(f *xyz.Frame) { f.Positions[1][2] = math.NaN() },
		"element":           func(f *xyz.Frame) { f.Numbers[0] = 200 },
		"flat cell":         func(f *xyz.Frame) { f.Cell[1] = f.Cell[0] },
		"column too short":  func(f *xyz.Frame) { f.Columns[0].Floats = f.Columns[0].Floats[:5] },
		"column of JSON":    func(f *xyz.Frame) { f.Columns[3].Type = xyz.JSON },
		"name with a colon": func(f *xyz.Frame) { f.Columns[0].Name = "a:R:1:b" },
		"column twice":      func(f *xyz.Frame) { f.Columns[0].Name = "charge" },
		"column pos":        func(f *xyz.Frame) { f.Columns[0].Name = "pos" },
		"column Z":          func(f *xyz.Frame) { f.Columns[2].Name = "Z" },
		"two words":         func(f *xyz.Frame) { f.Columns[3].Strings[0] = "a b" },
		"empty word":        func(f *xyz.Frame) { f.Columns[3].Strings[0] = "" },
		"key pbc":           func(f *xyz.Frame) { f.Info[0].Name = "pbc" },
		"key twice":         func(f *xyz.Frame) { f.Info[0].Name = "energy" },
		"key with a break":  func(f *xyz.Frame) { f.Info[0].Name = "a\nb" },
		"no key":            func(f *xyz.Frame) { f.Info[0].Name = "" },
		"stress of six":     func(f *xyz.Frame) { f.Info = []xyz.Named{{Name: "stress", Array: xyz.Floats(make([]float64, 6), 6)}} },
		"uid of a number":   func(f *xyz.Frame) { f.Info = []xyz.Named{{Name: "uid", Array: xyz.Of(1)}} },
		"no JSON": func(f *xyz.Frame) {
			f.Info = []xyz.Named{{Name: "x", Array: xyz.Array{Type: xyz.JSON, Strings: []string{"{"}}}}
		},
		"shape": func(f *xyz.Frame) { f.Info = []xyz.Named{{Name: "x", Array: xyz.Floats(make([]float64, 6), 5)}} },
	} {
		f := everything()
		change(f)
		text, err := write(t, f)
		if err == nil || len(text) > 0 {
			t.Errorf("%s: written as %s", name, text)
			continue
		}
		refusal(t, err)
	}
}

func TestRecord(t *testing.T) {
	f := readAll(t, []byte("2\nLattice=\"4.1 0 0 1.3 3.9 0 -0.7 0.9 5.2\" energy=-1.5 ok name=\"a<b ü\" m=\"_JSON [[1,2],[3,4]]\" Properties=species:S:1:pos:R:3:forces:R:3:s:S:2:t:L:1\n"+
		"Zn 0.1 0.2 0.3 0 0 0 a b T\nO 2 2.1 2.2 0 0 1e-9 c d F\n"))[0]
	want := `{"n":2,"z":[30,8],"xyz":[[0.1,0.2,0.3],[2,2.1,2.2]],"cell":[[4.1,0,0],[1.3,3.9,0],[-0.7,0.9,5.2]],"pbc":[true,true,true],` +
		`"info":{"energy":-1.5,"ok":true,"name":"a\u003cb ü","m":[[1,2],[3,4]]},"columns":{"forces":[[0,0,0],[0,0,1e-09]],"s":[["a","b"],["c","d"]],"t":[true,false]}}`
	if got, err := xyz.NewRecord(f); err != nil || string(got) != want {
		t.Errorf("%v\n%s, want\n%s", err, got, want)
	}
	if got, err := xyz.NewRecord(readAll(t, []byte(good))[0]); err != nil ||
		string(got) != `{"n":1,"z":[8],"xyz":[[0,0,0]],"cell":null,"pbc":[false,false,false],"info":{},"columns":{}}` {
		t.Errorf("%v %s", err, got)
	}
}

func TestRecordRefusesWhatJSONCannotHold(t *testing.T) {
	for _, text := range []string{"1\nenergy=nan\nO 0 0 0\n", "1\nProperties=species:S:1:pos:R:3:f:R:1\nO 0 0 0 inf\n"} {
		_, err := xyz.NewRecord(readAll(t, []byte(strings.Repeat(good, 2)+text))[2])
		if e := refusal(t, err); e.Code != molecule.CodeFormat || e.Line != 7 {
			t.Errorf("%v at %d", e, e.Line)
		}
	}
}
