package inspect_test

import (
	"bytes"
	"strings"
	"testing"

	"molserve/preprocess/graph"
	"molserve/preprocess/inspect"
	"molserve/preprocess/molecule"
	"molserve/preprocess/standardize"
)

// acetate has its counterion first, so that atoms move up when that goes.
const acetate = "acetate\n\n\n  5  3  0  0  0  0  0  0  0  0999 V2000\n    9.0000    0.0000    0.0000 Na  0  3\n" +
	"    1.0000    0.0000    0.0000 C   0  0\n    2.5000    0.0000    0.0000 C   0  0\n    3.2000    1.2000    0.0000 O   0  0\n" +
	"    3.2000   -1.2000    0.0000 O   0  5\n  2  3  1  0\n  3  4  2  0\n  3  5  1  0\nM  END\n> <note>\nx\n\n"

// highUranium has a charge that pyg has no index for, on line 5.
const highUranium = "uranium\n\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 U   0  0\n" +
	"M  CHG  1   1   7\nM  END\n"

func TestStandardizedMolfilesKeepThePlacesOfTheirAtoms(t *testing.T) {
	var out bytes.Buffer
	o := inspect.Options{Standardize: standardize.Steps}
	if err := inspect.SDF(strings.NewReader(acetate+"$$$$\n"+methanol+"$$$$\n"), &out, o); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for _, want := range []string{`{"title":"acetate","n":4,`, `"charge":0,"formula":"C2H4O2"`, `"z":[6,6,8,8],`,
		`"changes":["1 of 2 fragments taken away, 1 atoms","charge of atom 3 (O) from -1 to +0"]`,
		`"xyz":[[1,0,0],[2.5,0,0],[3.2,1.2,0],[3.2,-1.2,0]],"dim":2,"props":{"note":"x"}}`} {
		if !strings.Contains(lines[0], want) {
			t.Errorf("no %s in %s", want, lines[0])
		}
	}
	if strings.Contains(lines[1], "changes") || !strings.Contains(lines[1], `"xyz":[[0,0,0],[1.4,0,0.5]],"dim":3`) {
		t.Errorf("untouched: %s", lines[1])
	}
}

func TestBatchOfMolfilesIsThatOfTheirSMILES(t *testing.T) {
	o := inspect.BatchOptions{Input: "sdf", PadTo: &inspect.Sizes{Atoms: 9, Edges: 12, Graphs: 3}}
	o.Features, o.Standardize = "chemprop_v2", []standardize.Step{standardize.LargestFragment, standardize.Neutralize}
	got, err := batch(t, acetate+"$$$$\n"+methanol+"$$$$\n", o, "node_features", "edge_features", "edge_index", "graph_index")
	if err != nil {
		t.Fatal(err)
	}
	o.Input = "smiles"
	want, err := batch(t, "CC(=O)O\nCO\n", o, "node_features", "edge_features", "edge_index", "graph_index")
	if err != nil {
		t.Fatal(err)
	}
	if got != want || !strings.Contains(want, `"rows":[0,1],"refused":[]`) {
		t.Errorf("of molfiles\n%s\nof SMILES\n%s", got, want)
	}
}

func TestRefusedMolfilesOfABatchHaveTheirLine(t *testing.T) {
	got, err := batch(t, methanol+"$$$$\nbad\n$$$$\n"+highUranium, inspect.BatchOptions{Input: "sdf", Options: inspect.Options{Features: "pyg"}}, "edge_index")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"rows":[0],"refused":[{"row":1,"error":{"code":"format"`, `"line":18}},{"row":2,`,
		`{"row":2,"error":{"code":"unsupported","message":"atom 0 (U) has formal charge 7, which pyg has no index for","line":23}}]`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	o := inspect.BatchOptions{Input: "sdf", Fields: []graph.Field{{Name: "species", Elements: []uint8{6, 8}}}}
	got, err = batch(t, methanol+"$$$$\n"+acetate, o)
	if err != nil || !strings.Contains(got, `"rows":[0],"refused":[{"row":1,"error":{"code":"unsupported","message":"atom 0 is Na, none of the species","line":17}}]`) {
		t.Errorf("%s %v", got, err)
	}
}

func TestBatchOfAMolfileIsOneGraph(t *testing.T) {
	o := inspect.BatchOptions{Input: "mol", Layout: graph.Padded, Options: inspect.Options{Hydrogens: molecule.Explicit}}
	got, err := batch(t, methanol, o, "atomic_numbers")
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, `{"layout":"padded","rows":[0],"refused":[],"fields":{"atomic_numbers":{"dtype":"int64","shape":[1,6],"data":[6,8,1,1,1,1]}}}`)
	got, err = batch(t, "", o, "atomic_numbers")
	if err != nil || !strings.Contains(got, `"rows":[],"refused":[{"row":0,"error":{"code":"`) {
		t.Errorf("%s %v", got, err)
	}
}

func TestFeaturesOfAMolfileAreRefusedAtTheLineOfTheAtom(t *testing.T) {
	var out bytes.Buffer
	if err := inspect.Molfile(strings.NewReader(highUranium), &out, inspect.Options{Features: "pyg"}); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), `{"error":{"code":"unsupported","message":"atom 0 (U) has formal charge 7, which pyg has no index for","line":5}}`)
}
