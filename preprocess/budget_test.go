package preprocess_test

import (
	"errors"
	"strings"
	"testing"

	"molserve/preprocess"
	"molserve/preprocess/molecule"
)

// hungry are molecules that take much work, by the search that takes it: they are read with the default budget and refused,
// with a code and these words, with the least.
var hungry = []struct {
	name, text string
	kind       preprocess.Kind
	code       molecule.Code
	words      string
}{
	{"rings", drawn("[U]", "~", cubes)(8), preprocess.SMILES, molecule.CodeUnsupported, "takes more than 100000 steps"},
	{"fused rings", drawn("c", "", rungs)(500), preprocess.SMILES, molecule.CodeUnsupported, "has more than 1000 combinations"},
	{"dummies", "c%10:*:c%11:*:c%12:c:c%13:*:c%14:*:c%15:*:c%16.c%10:*:c%11:o:c%12:*:c%13:*:c%14:o:c%15:o:c%16", preprocess.SMILES,
		molecule.CodeKekulize, "not every way to leave dummy atoms out"},
	{"hydrogens of an atom", "[Fe]" + strings.Repeat("([H])", 900) + strings.Repeat("(C)", 900), preprocess.SMILES, molecule.CodeTooLarge, "too many hydrogens"},
	{"double bonds of an atom", drawnHub(200), preprocess.SDF, molecule.CodeUnsupported, "more than 25000 bonds"},
	{"substance groups", groups("M  V30 %d DAT 0\n")(300), preprocess.SDF, molecule.CodeTooLarge, "300 substance groups, more than 250"},
}

func TestTheWorkBudgetRefusesWhatTakesMore(t *testing.T) {
	for _, h := range hungry {
		read := func(b molecule.Budget) error {
			_, err := preprocess.Read(preprocess.Record{Kind: h.kind, Text: h.text}, &preprocess.Spec{MaxAtoms: 5000, Budget: b})
			return err
		}
		for _, b := range []molecule.Budget{0, molecule.DefaultBudget, molecule.MostBudget} {
			if err := read(b); err != nil {
				t.Errorf("%s, budget %d: %v", h.name, b, err)
			}
		}
		var refusal *molecule.Error
		if err := read(molecule.LeastBudget); !errors.As(err, &refusal) || refusal.Code != h.code || !strings.Contains(refusal.Message, h.words) ||
			!strings.Contains(refusal.Message, "--work-budget") {
			t.Errorf("%s: %v, want %s: %s", h.name, err, h.code, h.words)
		}
	}
}

// The ranks of a chain cost the square of its length; a budget goes on to copies and subsets.
func TestTheWorkBudgetBoundsCanonicalRanks(t *testing.T) {
	chain := func(b molecule.Budget) *molecule.Molecule {
		m, err := preprocess.Read(preprocess.Record{Kind: preprocess.SMILES, Text: strings.Repeat("C", 900)}, &preprocess.Spec{Budget: b})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if _, err := molecule.CanonicalRanks(chain(0), true); err != nil {
		t.Error(err)
	}
	m := chain(molecule.LeastBudget)
	all := make([]bool, len(m.Atoms))
	for i := range all {
		all[i] = true
	}
	part, _ := m.Subset(all)
	for _, m := range []*molecule.Molecule{m, m.Copy(), part} {
		var refusal *molecule.Error
		if _, err := molecule.CanonicalRanks(m, true); !errors.As(err, &refusal) || refusal.Code != molecule.CodeTooLarge || !strings.Contains(refusal.Message, "--work-budget") {
			t.Errorf("%v", err)
		}
	}
}
