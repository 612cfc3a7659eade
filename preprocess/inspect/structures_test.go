package inspect_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
	"molserve/preprocess/inspect"
)

// The examples of docs/inspect.md, and frames that cannot be read.
const (
	zincOxide = "2\nLattice=\"4.1 0 0 1.3 3.9 0 -0.7 0.9 5.2\" Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5\n" +
		"Zn 0.1 0.2 0.3 0 0 0\nO 2 2.1 2.2 0 0 0\n"
	wire = "1\nLattice=\"9 0 0 0 9 0 0 0 2.8\" pbc=\"F F T\"\nC 0 0 0\n"
	torn = "2\nplain\nC 0 0 0\nC 1 nan 0\n"
	pair = "2\nat one place\nC 0 0 0\nH 0 0 0\n"
)

func structures(t *testing.T, in string, o inspect.Options) []string {
	t.Helper()
	var out bytes.Buffer
	if err := inspect.Structures(strings.NewReader(in), &out, o); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func TestStructureRecordSaysWhatTheFileSays(t *testing.T) {
	got := structures(t, zincOxide+torn+"1\nno keys\nO 0 0 0\n", inspect.Options{})
	if len(got) != 3 {
		t.Fatalf("%q", got)
	}
	same(t, got[0], `{"n":2,"z":[30,8],"xyz":[[0.1,0.2,0.3],[2,2.1,2.2]],"cell":[[4.1,0,0],[1.3,3.9,0],[-0.7,0.9,5.2]],
		"pbc":[true,true,true],"info":{"energy":-1.5},"columns":{"forces":[[0,0,0],[0,0,0]]}}`)
	same(t, got[1], `{"error":{"code":"format","message":"coordinate NaN; coordinates must be finite and within 1e+06 Å","line":8}}`)
	same(t, got[2], `{"n":1,"z":[8],"xyz":[[0,0,0]],"cell":null,"pbc":[false,false,false],"info":{},"columns":{}}`)
}

func TestNeighboursRecordHoldsBothDirections(t *testing.T) {
	got := structures(t, wire+torn+pair, inspect.Options{Cutoff: 3})
	same(t, got[0], `{"n":1,"cutoff":3,"edges":[[0,0,0,0,-1],[0,0,0,0,1]],"vectors":[[0,0,-2.8],[0,0,2.8]],"distances":[2.8,2.8]}`)
	if !strings.HasPrefix(got[1], `{"error":{"code":"format"`) {
		t.Errorf("%s", got[1])
	}
	same(t, got[2], `{"n":2,"cutoff":3,"edges":[[1,0,0,0,0],[0,1,0,0,0]],"vectors":[[0,0,0],[0,0,0]],"distances":[0,0]}`)
	open := structures(t, wire, inspect.Options{Cutoff: 3, PBC: new([3]bool)})
	same(t, open[0], `{"n":1,"cutoff":3,"edges":[],"vectors":[],"distances":[]}`)
}

func TestHostileStructuresAreRefusedWithALine(t *testing.T) {
	for _, c := range []struct{ in, code, line string }{
		{"", "empty", `"line":1}`},
		{"1000000\n\nC 0 0 0\n", "too_large", `"line":1}`},
		{wire + "1\nLattice=\"1e-3 0 0 0 1e-3 0 0 0 1e-3\"\nC 0 0 0\n", "too_large", `"line":4}`},
		{"1\nLattice=\"1 0 0 2 0 0 0 0 1\"\nC 0 0 0\n", "format", `"line":2}`},
		{"1\nLattice=\"1 0 0 0 1 0 0 0 nan\"\nC 0 0 0\n", "format", `"line":2}`},
		{"2\n\nC 0 0 0\n", "format", `"line":3}`},
		{"1\n\nC 0 0 1e300\n", "format", `"line":3}`},
		{"1\n\nQq 0 0 0\n", "bad_element", `"line":3}`},
	} {
		got := structures(t, c.in, inspect.Options{Cutoff: 5})
		if last := got[len(got)-1]; !strings.Contains(last, `"code":"`+c.code+`"`) || !strings.Contains(last, c.line) {
			t.Errorf("%.40q: %s, want %s, %s", c.in, last, c.code, c.line)
		}
	}
}

// repeat is a reader of text, n times over.
type repeat struct {
	text string
	n    int
	rest string
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n, r.rest = r.n-1, r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func TestMemoryDoesNotGrowWithTheFrames(t *testing.T) {
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most := live(), uint64(0)
	lines := 0
	w := writerFunc(func(p []byte) {
		if lines += bytes.Count(p, []byte("\n")); lines%4096 < 8 {
			most = max(most, live())
		}
	})
	if err := inspect.Structures(&repeat{text: zincOxide, n: 20000}, w, inspect.Options{Cutoff: 3}); err != nil || lines != 20000 {
		t.Fatalf("%d lines, %v", lines, err)
	}
	if grown := int64(most) - int64(before); grown > 4<<20 {
		t.Errorf("%d bytes more are held", grown)
	}
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

func TestReadersThatFailEndTheRun(t *testing.T) {
	bad := errors.New("disk")
	for _, run := range []func(r io.Reader, w io.Writer) error{
		func(r io.Reader, w io.Writer) error { return inspect.Structures(r, w, inspect.Options{}) },
		func(r io.Reader, w io.Writer) error { return inspect.Harmonics(r, w, geometry.Harmonics{}) },
		func(r io.Reader, w io.Writer) error { return inspect.Batch(r, w, inspect.BatchOptions{Input: "xyz"}) },
	} {
		if err := run(io.MultiReader(strings.NewReader("1\n"), failing{bad}), io.Discard); !errors.Is(err, bad) {
			t.Errorf("%v", err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestHarmonicsRecordIsE3nns(t *testing.T) {
	var out bytes.Buffer
	in := "0 0 2\n1 2\n\n 1 1e400 0\n0 0 0\r\n1 x 2\n"
	if err := inspect.Harmonics(strings.NewReader(in), &out, geometry.Harmonics{LMax: 1}); err != nil {
		t.Fatal(err)
	}
	got := strings.Split(out.String(), "\n")
	same(t, got[0], `{"v":[0,0,2],"y":[1,0,0,1.7320508075688772]}`)
	for i, want := range map[int]string{1: `"code":"format"`, 2: `"code":"empty"`, 3: `"line":4}`, 4: `{"v":[0,0,0],"y":[1,0,0,0]}`, 5: `"line":6}`} {
		if !strings.Contains(got[i], want) {
			t.Errorf("line %d: %s, want %s", i, got[i], want)
		}
	}
	out.Reset()
	if err := inspect.Harmonics(strings.NewReader("0 0 2\n1e300 0 0\n"), &out, geometry.Harmonics{LMax: 2, Normalisation: geometry.Norm, KeepLength: true}); err != nil {
		t.Fatal(err)
	}
	got = strings.Split(out.String(), "\n")
	if !strings.HasPrefix(got[0], `{"v":[0,0,2],"y":[1,0,0,2,0,0,-2,0,3.464101615137754`) || !strings.Contains(got[1], `"code":"format"`) {
		t.Errorf("%q", got)
	}
	if math.Abs(2*math.Sqrt(3)-3.4641016151377544) > 1e-15 {
		t.Error("l = 2 along z is not 4·(√3/2)")
	}
}

func batch(t *testing.T, in string, o inspect.BatchOptions, fields ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	for _, f := range fields {
		o.Fields = append(o.Fields, graph.Field{Name: f})
	}
	err := inspect.Batch(strings.NewReader(in), &out, o)
	return out.String(), err
}

func TestBatchRecordHoldsTheFieldsOfAllThatWasRead(t *testing.T) {
	o := inspect.BatchOptions{Input: "xyz", Layout: graph.Packed, Options: inspect.Options{Cutoff: 3}, PadTo: &inspect.Sizes{Atoms: 5, Edges: 6, Graphs: 4}}
	got, err := batch(t, wire+torn+zincOxide+pair, o, "graph_index", "edge_index", "edge_vectors", "edge_shifts", "graph_ones")
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, `{"layout":"packed","rows":[0,2],"refused":[
		{"row":1,"error":{"code":"format","message":"coordinate NaN; coordinates must be finite and within 1e+06 Å","line":7}},
		{"row":3,"error":{"code":"coincident","message":"atoms 0 and 1 are at one place, 0 Å apart","line":15}}],"fields":{
		"graph_index":{"dtype":"int64","shape":[5],"data":[0,1,1,2,2]},
		"edge_index":{"dtype":"int64","shape":[2,6],"data":[0,0,2,1,4,3,0,0,1,2,3,4]},
		"edge_vectors":{"dtype":"float32","shape":[6,3],"data":[0,0,-2.8,0,0,2.8,0.6,-2,1.9,-0.6,2,-1.9,20,0,0,-20,0,0]},
		"edge_shifts":{"dtype":"float32","shape":[6,3],"data":[0,0,-1,0,0,1,0,-1,0,0,1,0,0,0,0,0,0,0]},
		"graph_ones":{"dtype":"float32","shape":[4],"data":[1,1,1,1]}}}`)
}

func TestPaddedBatchHasMasksAndZeros(t *testing.T) {
	o := inspect.BatchOptions{Input: "smiles", Layout: graph.Padded, PadTo: &inspect.Sizes{Atoms: 3, Graphs: 3}}
	got, err := batch(t, "CO\nC1CC\nN\n", o, "atom_mask", "atomic_numbers", "adjacency")
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, `{"layout":"padded","rows":[0,2],"refused":[{"row":1,"error":{"code":"unclosed_ring","message":"ring 1 opened at character 1 is never closed","offset":1}}],
		"fields":{"atom_mask":{"dtype":"bool","shape":[3,3],"data":[true,true,false,true,false,false,false,false,false]},
		"atomic_numbers":{"dtype":"int64","shape":[3,3],"data":[6,8,0,7,0,0,0,0,0]},
		"adjacency":{"dtype":"float32","shape":[3,3,3],"data":[0,1,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}}`)
}

func TestRecordsThatAFieldIsNotOfAreRefusedAlone(t *testing.T) {
	got, err := batch(t, "1\n\nC 0 0 0\n"+zincOxide+"nonsense", inspect.BatchOptions{Input: "xyz", Layout: graph.Padded}, "distances")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got, `{"layout":"padded","rows":[0],"refused":[{"row":1,"error":{"code":"unsupported"`) || !strings.Contains(got, `{"row":2,"error":{"code":"format"`) {
		t.Errorf("%s", got)
	}
}

func TestBatchesThatCannotBeAreErrors(t *testing.T) {
	small := &inspect.Sizes{Atoms: 2, Edges: 9, Graphs: 9} // without room for a ghost
	for _, c := range []struct {
		o     inspect.BatchOptions
		field string
	}{{inspect.BatchOptions{Input: "xyz", PadTo: small}, "graph_index"}, {inspect.BatchOptions{Input: "xyz"}, "node_features"},
		{inspect.BatchOptions{Input: "xyz", Options: inspect.Options{Cutoff: 3}}, "edge_features"}, {inspect.BatchOptions{Input: "xyz"}, "no_such_field"}} {
		if got, err := batch(t, wire, c.o, c.field); !errors.Is(err, inspect.ErrBatch) {
			t.Errorf("%+v: %s %v", c, got, err)
		}
	}
	if got, err := batch(t, "", inspect.BatchOptions{Input: "smiles"}, "graph_index"); err != nil ||
		got != `{"layout":"packed","rows":[],"refused":[],"fields":{"graph_index":{"dtype":"int64","shape":[0],"data":[]}}}`+"\n" {
		t.Errorf("nothing: %s %v", got, err)
	}
}
