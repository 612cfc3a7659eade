package inspect_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"molserve/preprocess/inspect"
	"molserve/preprocess/molecule"
)

func lines(t *testing.T, in string, o inspect.Options) []string {
	t.Helper()
	var out bytes.Buffer
	if err := inspect.SMILES(strings.NewReader(in), &out, o); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

// same compares JSON texts by value.
func same(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The record of RDKit 2026.03.6 for C[C@H](O)c1cc[nH]c1.
const pyrrolylEthanol = `{"n":8,"nb":8,"frags":1,"charge":0,"formula":"C6H9NO","mass":111.14399999999998,"exact":111.068413908,
"z":[6,6,8,6,6,6,7,6],"q":[0,0,0,0,0,0,0,0],"iso":[0,0,0,0,0,0,0,0],"map":[0,0,0,0,0,0,0,0],"h":[3,1,1,0,1,1,1,1],
"hi":[3,0,1,0,1,1,0,1],"rad":[0,0,0,0,0,0,0,0],"arom":[0,0,0,1,1,1,1,1],"deg":[1,3,1,3,2,2,2,2],"ring":[0,0,0,1,1,1,1,1],
"minring":[0,0,0,5,5,5,5,5],"hyb":["SP3","SP3","SP3","SP2","SP2","SP2","SP2","SP2"],"chi":[0,2,0,0,0,0,0,0],
"cip":["","S","","","","","",""],"frag":[0,0,0,0,0,0,0,0],"bonds":[[0,1,"SINGLE",0,0,0,"NONE"],[1,2,"SINGLE",0,0,0,"NONE"],
[1,3,"SINGLE",0,0,0,"NONE"],[3,4,"AROMATIC",1,1,1,"NONE"],[4,5,"AROMATIC",1,1,1,"NONE"],[5,6,"AROMATIC",1,1,1,"NONE"],
[6,7,"AROMATIC",1,1,1,"NONE"],[7,3,"AROMATIC",1,1,1,"NONE"]],"sssr":[5],"symm":[5]}`

func TestMoleculeRecordIsRDKits(t *testing.T) {
	same(t, lines(t, "C[C@H](O)c1cc[nH]c1\n", inspect.Options{})[0], pyrrolylEthanol)
}

func TestTitleStandsOnlyWhereThereIsOne(t *testing.T) {
	got := lines(t, "C methane, the lightest\nC\n", inspect.Options{})
	if !strings.Contains(got[0], `"title":"methane, the lightest"`) || strings.Contains(got[1], "title") {
		t.Errorf("%q", got)
	}
}

func TestFeaturesRecordHoldsRowsAndEdges(t *testing.T) {
	var r struct {
		Features  string
		N         int
		X         [][]float32
		EdgeIndex [][]int     `json:"edge_index"`
		EdgeAttr  [][]float32 `json:"edge_attr"`
	}
	if err := json.Unmarshal([]byte(lines(t, "C=O", inspect.Options{Features: "chemprop_v2"})[0]), &r); err != nil {
		t.Fatal(err)
	}
	if r.Features != "chemprop_v2" || r.N != 2 || len(r.X) != 2 || len(r.X[0]) != 72 || len(r.EdgeAttr) != 2 || len(r.EdgeAttr[0]) != 14 {
		t.Errorf("%+v", r)
	}
	if !reflect.DeepEqual(r.EdgeIndex, [][]int{{0, 1}, {1, 0}}) {
		t.Errorf("edges %v", r.EdgeIndex)
	}
}

func TestMoleculeWithoutBondsHasEmptyLists(t *testing.T) {
	got := lines(t, "C", inspect.Options{Features: "chemprop_v2"})[0]
	if !strings.HasSuffix(got, `"edge_index":[[],[]],"edge_attr":[]}`) {
		t.Errorf("…%s", got[len(got)-60:])
	}
}

func TestOneLineComesOutForEveryRecord(t *testing.T) {
	got := lines(t, "CC\r\n\n  C1CC ring\nCl", inspect.Options{})
	if len(got) != 4 {
		t.Fatalf("%d lines: %q", len(got), got)
	}
	if !strings.Contains(got[1], `"code":"empty"`) {
		t.Errorf("empty line: %s", got[1])
	}
	same(t, got[2], `{"error":{"code":"unclosed_ring","message":"ring 1 opened at character 1 is never closed","offset":1}}`)
}

func TestRefusalWithoutAPlaceHasNullOffset(t *testing.T) {
	got := lines(t, strings.Repeat("C", 20)+"\n", inspect.Options{MaxAtoms: 10})
	var r inspect.Refusal
	if err := json.Unmarshal([]byte(got[0]), &r); err != nil || r.Error.Code != molecule.CodeTooLarge {
		t.Errorf("%s: %v", got[0], err)
	}
}

func TestHydrogensPolicyIsHeeded(t *testing.T) {
	for policy, want := range map[molecule.Hydrogens]string{molecule.Implicit: `"n":1,`, molecule.Keep: `"n":2,`, molecule.Explicit: `"n":5,`} {
		if got := lines(t, "[H]C", inspect.Options{Hydrogens: policy})[0]; !strings.Contains(got, want) {
			t.Errorf("%v: no %s in %s", policy, want, got)
		}
	}
}

func TestFeaturesOfALibraryThatRaisesAreRefused(t *testing.T) {
	got := lines(t, "C=O\n[U+7]\n", inspect.Options{Features: "ogb"})
	same(t, got[0], `{"features":"ogb","n":2,"x":[[5,0,3,5,2,0,1,0,0],[7,0,1,5,0,0,1,0,0]],"edge_index":[[0,1],[1,0]],"edge_attr":[[1,0,0],[1,0,0]]}`)
	got = lines(t, "C=O\n[U+7]\n", inspect.Options{Features: "pyg"})
	same(t, got[1], `{"error":{"code":"unsupported","message":"atom 0 (U) has formal charge 7, which pyg has no index for","offset":0}}`)
}

func TestBatchOfIndicesIsInt64(t *testing.T) {
	got, err := batch(t, "C=O\n", inspect.BatchOptions{Input: "smiles", Options: inspect.Options{Features: "ogb"}}, "edge_features")
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, `{"layout":"packed","rows":[0],"refused":[],"fields":{"edge_features":{"dtype":"int64","shape":[2,3],"data":[1,0,0,1,0,0]}}}`)
}
