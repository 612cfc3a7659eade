package scaffold_test

import (
	"testing"

	"molserve/preprocess/internal/goldentest"
	"molserve/preprocess/molecule"
	"molserve/preprocess/scaffold"
)

// TestScaffoldDriver answers SMILES with their scaffolds, for tests/parity/scaffold.py.
func TestScaffoldDriver(t *testing.T) {
	goldentest.Answer(t, "SCAFFOLD_DRIVER", func(m *molecule.Molecule) any {
		answer := struct {
			Atoms  []int32          `json:"atoms"`
			Record *molecule.Record `json:"record"` // null: refused
		}{}
		if m == nil {
			return answer
		}
		if s, atoms, err := scaffold.Murcko(m); err == nil {
			r := molecule.NewRecord(s)
			answer.Atoms, answer.Record = atoms, &r
		}
		return answer
	})
}
