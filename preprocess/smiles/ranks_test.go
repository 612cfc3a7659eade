package smiles

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"molserve/preprocess/molecule"
)

// TestCanonicalRanks compares canonical ranks with RDKit's (tests/parity/ranks.py).
func TestCanonicalRanks(t *testing.T) {
	file, err := os.Open("testdata/ranks.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var row struct {
			SMILES       string
			Tied, Broken []int32
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.SMILES == "" {
			continue // the line with the versions
		}
		rows++
		m, err := Parse(row.SMILES, Options{})
		if err != nil {
			t.Fatal(row.SMILES, err)
		}
		for broken, want := range map[bool][]int32{false: row.Tied, true: row.Broken} {
			if got, err := molecule.CanonicalRanks(m, broken); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s (ties broken: %v): %v, want %v (%v)", row.SMILES, broken, got, want, err)
			}
		}
	}
	if rows < 100 {
		t.Errorf("%d rows", rows)
	}
}
