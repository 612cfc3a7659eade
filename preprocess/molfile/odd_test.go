package molfile_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
)

// goldenOdd is a line of testdata/odd.jsonl, written by tests/parity/odd_molblocks.py. Without Z RDKit
// refuses the block, or there are no atoms.
type goldenOdd struct {
	Block string            `json:"block"`
	Z     []int             `json:"z"`
	Q     []int             `json:"q"`
	Iso   []int             `json:"iso"`
	Map   []int             `json:"map"`
	H     []int             `json:"h"`
	Rad   []int             `json:"rad"`
	Bonds [][3]any          `json:"bonds"` // begin, end, type
	Props map[string]string `json:"props"`
	Dim   int               `json:"dim"`
	Query bool              `json:"query"`
}

func readGoldenOdd(t testing.TB) (list []goldenOdd) {
	t.Helper()
	file, err := os.Open("testdata/odd.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan() // versions
	for lines.Scan() {
		var want goldenOdd
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		list = append(list, want)
	}
	return list
}

func TestOddBlocksAreReadOrRefusedAsByRDKit(t *testing.T) {
	cases := readGoldenOdd(t)
	if len(cases) < 100 {
		t.Fatalf("%d blocks", len(cases))
	}
	for _, want := range cases {
		r, err := molfile.Parse(want.Block, molfile.Options{})
		var refusal *molecule.Error
		switch {
		case len(want.Z) == 0:
			if err == nil {
				t.Errorf("read, RDKit refuses it or finds no atoms:\n%s", want.Block)
			}
		case want.Query:
			if !errors.As(err, &refusal) || refusal.Code != molecule.CodeUnsupported {
				t.Errorf("a query is %v:\n%s", err, want.Block)
			}
		case err != nil:
			t.Errorf("%v; RDKit reads it:\n%s", err, want.Block)
		default:
			want.compare(t, r)
		}
	}
}

func (want *goldenOdd) compare(t *testing.T, r *molfile.Record) {
	t.Helper()
	got := molecule.NewRecord(r.Mol)
	for name, pair := range map[string][2][]int{"z": {got.Z, want.Z}, "q": {got.Q, want.Q}, "iso": {got.Iso, want.Iso},
		"map": {got.Map, want.Map}, "h": {got.H, want.H}, "rad": {got.Rad, want.Rad}, "dim": {{r.Dim}, {want.Dim}}} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s is %v, want %v:\n%s", name, pair[0], pair[1], want.Block)
		}
	}
	same := len(got.Bonds) == len(want.Bonds)
	for k := range want.Bonds {
		begin, end := int32(want.Bonds[k][0].(float64)), int32(want.Bonds[k][1].(float64))
		same = same && got.Bonds[k][0] == begin && got.Bonds[k][1] == end && got.Bonds[k][2] == want.Bonds[k][2]
	}
	if !same {
		t.Errorf("bonds %v, want %v:\n%s", got.Bonds, want.Bonds, want.Block)
	}
	if len(r.Props) != len(want.Props) {
		t.Errorf("data items %v, want %v", r.Props, want.Props)
	}
	for _, item := range r.Props {
		if want.Props[item.Name] != item.Value {
			t.Errorf("data item %s is %q, want %q", item.Name, item.Value, want.Props[item.Name])
		}
	}
}
