package smiles

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"testing"

	"molserve/preprocess/molecule"
)

// goldenRow is one molecule as RDKit reads it (tests/parity/golden_smiles.py).
type goldenRow struct {
	SMILES    string
	Hydrogens string
	Record    map[string]any
}

var hydrogenModes = map[string]molecule.Hydrogens{"implicit": molecule.Implicit, "keep": molecule.Keep, "explicit": molecule.Explicit}

// TestGolden compares every field of every record with RDKit's.
func TestGolden(t *testing.T) {
	for _, row := range append(readGolden(t, "testdata/golden.jsonl", 200), readGolden(t, "testdata/odd.jsonl", 30)...) {
		m, err := Parse(row.SMILES, Options{Hydrogens: hydrogenModes[row.Hydrogens]})
		if row.Record["error"] != nil {
			if err == nil {
				t.Errorf("%s: read, but RDKit refuses: %v", row.SMILES, row.Record["error"])
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", row.SMILES, err)
			continue
		}
		got := asJSON(t, molecule.NewRecord(m))
		if len(got) != len(row.Record) {
			t.Errorf("%s: %d fields, want %d", row.SMILES, len(got), len(row.Record))
		}
		for key, want := range row.Record {
			if !same(got[key], want) {
				t.Errorf("%s (%s): %s\n got %v\nwant %v", row.SMILES, row.Hydrogens, key, got[key], want)
			}
		}
	}
}

// readGolden reads the rows after the line with the versions.
func readGolden(t *testing.T, name string, least int) []goldenRow {
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows []goldenRow
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row goldenRow
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.SMILES != "" {
			rows = append(rows, row)
		}
	}
	if len(rows) < least {
		t.Fatalf("%s has %d rows", name, len(rows))
	}
	return rows
}

func asJSON(t *testing.T, record molecule.Record) map[string]any {
	data, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

// same compares floats to one part in 10¹² and all else exactly.
func same(a, b any) bool {
	x, okX := a.(float64)
	y, okY := b.(float64)
	if okX && okY {
		return math.Abs(x-y) <= 1e-12*max(1, math.Abs(y))
	}
	return reflect.DeepEqual(a, b)
}
