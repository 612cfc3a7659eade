package scaffold_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/scaffold"
	"molserve/preprocess/smiles"
)

// TestScaffoldDriver answers the SMILES on standard input, one a line, with their scaffolds on standard output, for
// tests/parity/scaffold.py, which sets SCAFFOLD_DRIVER.
func TestScaffoldDriver(t *testing.T) {
	if os.Getenv("SCAFFOLD_DRIVER") == "" {
		t.Skip("set SCAFFOLD_DRIVER to answer SMILES on standard input")
	}
	out := json.NewEncoder(os.Stdout)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		answer := struct {
			Atoms  []int32          `json:"atoms"`
			Record *molecule.Record `json:"record"` // null: refused
		}{}
		if m, err := smiles.Parse(in.Text(), smiles.Options{}); err == nil {
			if s, atoms, err := scaffold.Murcko(m); err == nil {
				r := molecule.NewRecord(s)
				answer.Atoms, answer.Record = atoms, &r
			}
		}
		if err := out.Encode(answer); err != nil {
			t.Fatal(err)
		}
	}
}
