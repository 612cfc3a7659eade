package smiles

import (
	"errors"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
)

// refusals holds one row or more for each way to refuse a SMILES.
var refusals = []struct {
	text   string
	code   molecule.Code
	offset int
}{
	{"", molecule.CodeEmpty, 0},
	{" \t", molecule.CodeEmpty, 0},
	{strings.Repeat("C", 1001), molecule.CodeTooLarge, 1000},
	{strings.Repeat("C", 100_001), molecule.CodeTooLong, 100_000},

	{"C=", molecule.CodeSyntax, 2},
	{"=C", molecule.CodeSyntax, 0},
	{"C==C", molecule.CodeSyntax, 2},
	{"C.", molecule.CodeSyntax, 2},
	{".C", molecule.CodeSyntax, 0},
	{"C..C", molecule.CodeSyntax, 2},
	{"C-.C", molecule.CodeSyntax, 2},
	{"C.-C", molecule.CodeSyntax, 2},
	{"C()C", molecule.CodeSyntax, 2},
	{"(C)C", molecule.CodeSyntax, 0},
	{"C((C))C", molecule.CodeSyntax, 2},
	{"C.(C)C", molecule.CodeSyntax, 2},
	{"C(=)C", molecule.CodeSyntax, 3},
	{"C(1)CC1", molecule.CodeSyntax, 2},
	{"C(=1)CC1", molecule.CodeSyntax, 3},
	{"1CC1", molecule.CodeSyntax, 0},
	{"C%01CC%01", molecule.CodeSyntax, 2},
	{"C%1", molecule.CodeSyntax, 3},
	{"C%(123456)", molecule.CodeSyntax, 8},
	{"C%()", molecule.CodeSyntax, 3},
	{"C&C", molecule.CodeSyntax, 1},
	{"CC\x00C", molecule.CodeSyntax, 2},
	{"CC\u00e9", molecule.CodeSyntax, 2},
	{"C C", molecule.CodeSyntax, 1},
	{"[]", molecule.CodeSyntax, 1},
	{"[12]", molecule.CodeSyntax, 3},
	{"[H3]", molecule.CodeSyntax, 2},
	{"[C+++]", molecule.CodeSyntax, 4},
	{"[C+01]", molecule.CodeSyntax, 4},
	{"[013C]", molecule.CodeSyntax, 2},
	{"[C:]", molecule.CodeSyntax, 3},
	{"[C:a]", molecule.CodeSyntax, 3},
	{"[C@@@]", molecule.CodeSyntax, 4},
	{"[C@1]", molecule.CodeSyntax, 3},
	{"[99999999999C]", molecule.CodeSyntax, 1},
	{"[C=O]", molecule.CodeSyntax, 2},

	{"C1CC", molecule.CodeUnclosedRing, 1},
	{"C1CC2", molecule.CodeUnclosedRing, 1},
	{"C12CC2", molecule.CodeUnclosedRing, 1},
	{"C1CC1C1", molecule.CodeUnclosedRing, 6},
	{"C%12C", molecule.CodeUnclosedRing, 1},
	{"C(", molecule.CodeUnclosedBranch, 1},
	{"C(C(C)C", molecule.CodeUnclosedBranch, 1},
	{"CC)C", molecule.CodeUnclosedBranch, 2},
	{"C[", molecule.CodeUnclosedBranch, 1},
	{"C[13", molecule.CodeUnclosedBranch, 1},
	{"C[nH", molecule.CodeUnclosedBranch, 1},

	{"H", molecule.CodeBadElement, 0},
	{"CX", molecule.CodeBadElement, 1},
	{"CSi", molecule.CodeBadElement, 2},
	{"[Xx]", molecule.CodeBadElement, 1},
	{"[12Qq]", molecule.CodeBadElement, 3},
	{"[#119]", molecule.CodeBadElement, 1},

	{"C11", molecule.CodeBond, 2},
	{"C12CC12", molecule.CodeBond, 6},
	{"C1C1", molecule.CodeBond, 3},

	{"[C@SP4](F)(Cl)(Br)I", molecule.CodeStereo, 2},
	{"[C@SP0](F)(Cl)(Br)I", molecule.CodeStereo, 2},
	{"[C@XY1]", molecule.CodeStereo, 2},

	{"CC(C)(C)(C)C", molecule.CodeValence, 1},
	{"C[N](C)(C)(C)C", molecule.CodeValence, 1},
	{"FF(F)", molecule.CodeValence, 1},
	{"C#$C", molecule.CodeSyntax, 2},
	{"[C-114]", molecule.CodeValence, 0},

	{"c1cccc1", molecule.CodeKekulize, 0},
	{"Cc1cncc1", molecule.CodeKekulize, 1},
	{"cC", molecule.CodeKekulize, 0},
}

func TestRefusals(t *testing.T) {
	for _, row := range refusals {
		_, err := Parse(row.text, Options{})
		var refusal *molecule.Error
		if !errors.As(err, &refusal) {
			t.Errorf("%.40q: got %v, want a refusal with code %s", row.text, err, row.code)
			continue
		}
		if refusal.Code != row.code || refusal.Offset != row.offset {
			t.Errorf("%.40q: got %s at %d (%s), want %s at %d", row.text, refusal.Code, refusal.Offset, refusal.Message, row.code, row.offset)
		}
	}
}

func TestUnclosedRingMessage(t *testing.T) {
	_, err := Parse("C1CC", Options{})
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Message != "ring 1 opened at character 1 is never closed" {
		t.Errorf("got %v", err)
	}
}

// TestHostile gives the reader what is made to take long; exponential work would not end before the tests are ended.
func TestHostile(t *testing.T) {
	wide := Options{MaxBytes: 10_000_000}
	texts := map[string]string{
		"open branches":       strings.Repeat("(", 1_000_000),
		"nested branches":     strings.Repeat("C(", 1_000_000),
		"one chain":           strings.Repeat("C", 1_000_000),
		"open brackets":       strings.Repeat("[", 1_000_000),
		"ring digits":         "C" + strings.Repeat("1", 1_000_000),
		"digits of two atoms": "*" + strings.Repeat("12", 100_000) + "*" + strings.Repeat("12", 100_000),
		"long number":         "[" + strings.Repeat("9", 1_000_000) + "C]",
		"dots":                strings.Repeat("C.", 1_000_000),
		"bonds":               "C" + strings.Repeat("=", 1_000_000),
		"complete graph":      completeGraph(120),
		"grid of dummies":     grid(28, "*"),
		"grid of carbons":     grid(28, "C"),
		"aromatic grid":       grid(28, "c"),
		"aromatic chain":      strings.Repeat("c", 999),
		"dummy cage":          completeGraph(30),
		"aromatic dummies":    "c1" + strings.Repeat("*", 40) + "c1",
		"marked atoms":        strings.Repeat("[C@H](F)", 490),
	}
	for name, text := range texts {
		m, err := Parse(text, wide)
		var refusal *molecule.Error
		if err == nil && len(m.Atoms) == 0 || err != nil && !errors.As(err, &refusal) {
			t.Errorf("%s: %v is no refusal", name, err)
		}
	}
}

// completeGraph bonds each of n dummy atoms to each other one.
func completeGraph(n int) string {
	var text strings.Builder
	for i := range n {
		text.WriteString("*")
		for j := range n {
			if j == i || j == i+1 || j == i-1 {
				continue
			}
			low, high := min(i, j), max(i, j)
			text.WriteString("%(" + itoa(low*n+high) + ")")
		}
	}
	return text.String()
}

// grid is a square lattice of n × n atoms.
func grid(n int, atom string) string {
	var text strings.Builder
	for row := range n {
		for column := range n {
			text.WriteString(atom)
			if row > 0 && column < n-1 {
				text.WriteString("%(" + itoa((row-1)*n+column) + ")")
			}
			if row < n-1 && column < n-1 {
				text.WriteString("%(" + itoa(row*n+column) + ")")
			}
		}
		if row < n-1 {
			text.WriteString(".")
		}
	}
	return text.String()
}

func itoa(n int) string {
	digits := ""
	for ; n > 0 || digits == ""; n /= 10 {
		digits = string(rune('0'+n%10)) + digits
	}
	return digits
}
