package smiles_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// goldenStereo is a line of testdata/stereo.jsonl, written by tests/parity/golden_stereo.py.
type goldenStereo struct {
	SMILES      string   `json:"smiles"`
	Why         string   `json:"why"`
	Refused     bool     `json:"refused"`
	Chi         []int    `json:"chi"`
	CIP         []string `json:"cip"`
	Bonds       [][3]any `json:"bonds"` // begin, end, stereo
	H           []int    `json:"h"`
	Permutation []int    `json:"permutation"`
}

func TestStereoEqualsRDKit(t *testing.T) {
	file, err := os.Open("testdata/stereo.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan() // versions
	for lines.Scan() {
		var want goldenStereo
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		t.Run(want.SMILES, func(t *testing.T) { want.check(t) })
	}
}

func (want *goldenStereo) check(t *testing.T) {
	m, err := smiles.Parse(want.SMILES, smiles.Options{})
	if want.Refused {
		var refusal *molecule.Error
		if !errors.As(err, &refusal) || refusal.Code != molecule.CodeStereo || refusal.Offset != strings.Index(want.SMILES, "@") {
			t.Fatalf("%s: got %v, want a refusal with code stereo at the @", want.Why, err)
		}
		return
	}
	if err != nil {
		t.Fatal(want.Why, err)
	}
	want.checkAtoms(t, m)
	for k, b := range m.Bonds {
		got := [3]any{float64(b.Begin), float64(b.End), b.Stereo.String()}
		if got != want.Bonds[k] {
			t.Errorf("%s: bond %d is %v, want %v", want.Why, k, got, want.Bonds[k])
		}
	}
}

func (want *goldenStereo) checkAtoms(t *testing.T, m *molecule.Molecule) {
	var chi, hs []int
	var cip []string
	for i, a := range m.Atoms {
		chi, hs, cip = append(chi, int(a.Chiral)), append(hs, m.TotalHs(i)), append(cip, strings.Trim(string(a.CIP), "\x00"))
		if a.Chiral >= molecule.ChiralSquarePlanar && int(a.Permutation) != want.Permutation[i] {
			t.Errorf("%s: atom %d has permutation %d, want %d", want.Why, i, a.Permutation, want.Permutation[i])
		}
	}
	if !slices.Equal(chi, want.Chi) {
		t.Errorf("%s: tags %v, want %v", want.Why, chi, want.Chi)
	}
	if !slices.Equal(cip, want.CIP) {
		t.Errorf("%s: labels %q, want %q", want.Why, cip, want.CIP)
	}
	if !slices.Equal(hs, want.H) {
		t.Errorf("%s: hydrogens %v, want %v", want.Why, hs, want.H)
	}
}

// Exponential work over equal atoms would not end before the tests are ended.
func TestStereoOfSymmetricalGiantsEnds(t *testing.T) {
	for name, text := range map[string]string{
		"chain":    "F[C@H](Cl)" + strings.Repeat("C", 990),
		"centres":  strings.Repeat("[C@H](C)", 480) + "C",
		"dienes":   "C" + strings.Repeat("/C=C/C", 300),
		"parts":    strings.Repeat("C[C@H](O)F.", 200) + "C",
		"ring":     "[C@H]1(F)" + strings.Repeat("C", 480) + "[C@@H](F)" + strings.Repeat("C", 480) + "1",
		"bicycles": strings.Repeat("C1C[C@H]2CC[C@@H]1CC2.", 120) + "C",
		"star":     "[Fe@]" + strings.Repeat("([C@H](C)F)", 300) + "C",
	} {
		if _, err := smiles.Parse(text, smiles.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
