package molfile

import (
	"errors"
	"io"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
)

const ethanol = `ethanol
     drawn          2D

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    1.2990    0.7500    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    2.5981   -0.0000    0.0000 O   0  0  0  0  0  0  0  0  0  0  0  0
  1  2  1  0
  2  3  1  0
M  END
`

const alanine = `alanine

  of V3000
  0  0  0  0  0  0  0  0  0  0999 V3000
M  V30 BEGIN CTAB
M  V30 COUNTS 6 5 1 0 1
M  V30 BEGIN ATOM
M  V30 11 N -1.3 0.75 0 0 CHG=1
M  V30 12 C 0 0 0 7 CFG=2
M  V30 13 C 0 -1.5 0 0 MASS=-
M  V30 13
M  V30 14 C 1.3 0.75 0 0
M  V30 15 O 2.6 0 0 0 CHG=-1
M  V30 16 O 1.3 2.25 0 0
M  V30 END ATOM
M  V30 BEGIN BOND
M  V30 1 1 12 11
M  V30 2 1 12 13 CFG=1
M  V30 3 1 12 14
M  V30 4 1 14 15
M  V30 5 2 14 16
M  V30 END BOND
M  V30 LINKNODE 1 3 2 12 11 12 13
M  V30 BEGIN SGROUP
M  V30 1 DAT 0 ATOMS=(2 11 15) FIELDNAME="pK a" FIELDDATA="two ""quoted"" words"
M  V30 END SGROUP
M  V30 BEGIN COLLECTION
M  V30 MDLV30/STEABS ATOMS=(1 2)
M  V30 END COLLECTION
M  V30 END CTAB
M  END
`

func read(t *testing.T, text string) *Record {
	t.Helper()
	r, err := Parse(text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBothVersionsAreRead(t *testing.T) {
	r := read(t, ethanol)
	if r.Mol.Title != "ethanol" || r.Mol.Formula() != "C2H6O" || r.Dim != 2 || r.Positions[2] != [3]float64{2.5981, 0, 0} {
		t.Errorf("%s %s %d %v", r.Mol.Title, r.Mol.Formula(), r.Dim, r.Positions)
	}
	r = read(t, alanine)
	a := r.Mol.Atoms
	if r.Mol.Formula() != "C3H7NO2" || a[0].Charge != 1 || a[1].Map != 7 || a[2].Isotope != 13 || a[1].CIP == 0 {
		t.Errorf("%s %+v", r.Mol.Formula(), a)
	}
}

// edit replaces one line of ethanol, counted from 1.
func edit(line int, text string) string {
	rows := strings.SplitAfter(ethanol, "\n")
	rows[line-1] = text + "\n"
	return strings.Join(rows, "")
}

// atom is an atom line with a symbol and the columns behind it.
func atom(symbol, rest string) string {
	return "    0.0000    0.0000    0.0000 " + symbol + strings.Repeat(" ", 3-len(symbol)) + rest
}

const blankFields = " 0  0  0  0  0  0  0  0  0  0  0  0"

func TestAtomLinesSayWhatRDKitReads(t *testing.T) {
	for _, c := range []struct {
		line string
		want molecule.Atom
	}{
		{atom("D", blankFields), molecule.Atom{Z: 1, Isotope: 2}},
		{atom("T", blankFields), molecule.Atom{Z: 1, Isotope: 3}},
		{atom("CL", blankFields), molecule.Atom{Z: 17}},
		{atom("R3", blankFields), molecule.Atom{Isotope: 3}},
		{atom("R#", blankFields), molecule.Atom{}},
		{atom("*", blankFields), molecule.Atom{}},
		{atom("Pol", blankFields), molecule.Atom{}},
		{atom("L", blankFields), molecule.Atom{}},
		{atom("GH*", blankFields), molecule.Atom{}},
		{atom("ALK", blankFields), molecule.Atom{}},
		{atom("Uut", blankFields), molecule.Atom{Z: 113}},
		{atom("O", " 1  5"), molecule.Atom{Z: 8, Isotope: 17, Charge: -1}},
		{atom("N", "-1  3"), molecule.Atom{Z: 7, Isotope: 13, Charge: 1}},
		{atom("O", " 0  0  0  0  0  0  0  0  0 12  0  0"), molecule.Atom{Z: 8, Map: 12}},
		{atom("O", ""), molecule.Atom{Z: 8}},
	} {
		a := read(t, edit(7, c.line)).Mol.Atoms
		got := a[len(a)-1]
		if len(a) == 3 && (got.Z != c.want.Z || got.Charge != c.want.Charge || got.Isotope != c.want.Isotope || got.Map != c.want.Map) || len(a) != 3 {
			t.Errorf("%q: %+v", c.line, got)
		}
	}
	if a := read(t, edit(6, atom("C", " 0  0  0  0  0  2  0  0  0  0  0  0"))).Mol.Atoms; a[1].ExplicitHs != 0 || !a[1].NoImplicit {
		t.Errorf("valence field: %+v", a[1])
	}
}

func TestGenericGroupsAreDummies(t *testing.T) {
	for _, symbol := range []string{"Alkyl", "CarbocycloalkenylH", "GroupH*", "Group*", "NoCarbonRing", "G*"} {
		a := read(t, strings.Replace(alanine, "11 N -1.3 0.75 0 0 CHG=1", "11 "+symbol+" -1.3 0.75 0 0", 1)).Mol.Atoms
		if a[0].Z != 0 {
			t.Errorf("%s: %+v", symbol, a[0])
		}
	}
}

func TestPropertiesReplaceTheAtomBlock(t *testing.T) {
	charged := strings.Replace(ethanol, "O   0  0", "O   0  5", 1)
	if q := read(t, charged).Mol.Charge(); q != -1 {
		t.Errorf("charge %d", q)
	}
	with := func(lines string) []molecule.Atom {
		return read(t, strings.Replace(charged, "M  END", lines+"\nM  END", 1)).Mol.Atoms
	}
	if a := with("M  CHG  1   1   0"); a[2].Charge != 0 {
		t.Error("a CHG line leaves charges of the atom block")
	}
	if a := with("M  RAD  1   1   2\nM  ISO  1   2  13"); a[0].Radicals != 1 || a[2].Charge != 0 || a[1].Isotope != 13 {
		t.Errorf("%+v", a)
	}
	if a := with("A    1\nM  CHG  1   1   9\nG  1  2\nM  CHG  1   1   9\nV    1 x\nS  SKP  1\nM  CHG  1   1   9\nM  XYZ"); a[2].Charge != -1 || a[0].Charge != 0 {
		t.Error("lines about other things are not skipped")
	}
}

func TestRefusals(t *testing.T) {
	property := func(line string) string { return strings.Replace(ethanol, "M  END", line+"\nM  END", 1) }
	v3000 := func(old, new string) string { return strings.Replace(alanine, old, new, 1) }
	for _, c := range []struct {
		text string
		code molecule.Code
		line int
	}{
		{"", molecule.CodeEmpty, 1},
		{"a\nb\n", molecule.CodeFormat, 3},
		{edit(4, "  3"), molecule.CodeFormat, 4},
		{edit(4, "  x  2  0"), molecule.CodeFormat, 4},
		{edit(4, "  3  2  0  0  0  0  0  0  0  0999 V4000"), molecule.CodeFormat, 4},
		{edit(4, "  3  2  0  0  0  0  0  0  0  0999 V3000"), molecule.CodeFormat, 4},
		{edit(4, "  3  3  0  0  0  0  0  0  0  0999 V2000"), molecule.CodeFormat, 10},
		{edit(4, "  2  2  0  0  0  0  0  0  0  0999 V2000"), molecule.CodeFormat, 7},
		{edit(4, "  0  0  0  0  0  0  0  0  0  0999 V2000"), molecule.CodeEmpty, 4},
		{v3000("COUNTS 6 5", "COUNTS 0 0"), molecule.CodeEmpty, 6},
		{v3000("-1.3", "-nan"), molecule.CodeFormat, 8},
		{v3000("11 N", "11 L"), molecule.CodeBadElement, 8},
		{v3000("11 N -1.3 0.75 0 0 CHG", "11 * -1.3 0.75 0 0 CHG"), molecule.CodeUnsupported, 8},
		{edit(6, atom("Zz", blankFields)), molecule.CodeBadElement, 6},
		{edit(6, atom("Uun", blankFields)), molecule.CodeBadElement, 6},
		{edit(6, "    1.2990    0.75e0    0.0000 C   0"), molecule.CodeFormat, 6},
		{edit(6, "    1.2990    0.7500    0.0000 C"), molecule.CodeFormat, 6},
		{edit(8, "  1  4  1  0"), molecule.CodeBond, 8},
		{edit(8, "  1  1  1  0"), molecule.CodeBond, 8},
		{edit(8, "  3  2  1  0"), molecule.CodeBond, 9},
		{edit(8, "  1  2 "), molecule.CodeFormat, 8},
		{strings.TrimSuffix(ethanol, "M  END\n"), molecule.CodeFormat, 10},
		{property("M  CHG  1   4   1"), molecule.CodeFormat, 10},
		{property("M  CHG  2   1   1"), molecule.CodeFormat, 10},
		{property("M  RAD  1   1   4"), molecule.CodeFormat, 10},
		{property(""), molecule.CodeFormat, 10},
		{property("M  STY  1   1 XXX"), molecule.CodeFormat, 10},
		{edit(9, "  2  3  3  0"), molecule.CodeValence, 7},
		{v3000("END CTAB", "END ATOM"), molecule.CodeFormat, 30},
		{v3000("CHG=1", "CHG"), molecule.CodeFormat, 8},
		{v3000("12 13 CFG=1", "12 17"), molecule.CodeBond, 18},
		{v3000("M  V30 END BOND", "M  V30 6 1 1 2"), molecule.CodeFormat, 22},
		{v3000("M  V30 13\n", "13\n"), molecule.CodeFormat, 11},
	} {
		refused(t, c.text, c.code, c.line)
	}
}

func TestQueriesAreUnsupported(t *testing.T) {
	for _, symbol := range []string{"A", "Q", "X", "M", "AH", "QH", "XH", "MH"} {
		refused(t, edit(7, atom(symbol, blankFields)), molecule.CodeUnsupported, 7)
	}
	for _, bond := range []string{"  1  2  5", "  1  2  6", "  1  2  7", "  1  2  1  0  0  1"} {
		refused(t, edit(8, bond), molecule.CodeUnsupported, 8)
	}
	for _, line := range []string{"M  ALS   1  2 F C   N   ", "M  RBC  1   1   2", "M  UNS  1   1   1", "  1 F    2   6   7"} {
		refused(t, strings.Replace(ethanol, "M  END", line+"\nM  END", 1), molecule.CodeUnsupported, 10)
	}
	for _, word := range []string{"HCOUNT=1", "UNSAT=1", "RBCNT=2", "SUBST=2"} {
		refused(t, strings.Replace(alanine, "CHG=1", word, 1), molecule.CodeUnsupported, 8)
	}
	for _, symbol := range []string{"[C,N]", "NOT[C,N]", `"NOT [C,N]"`} {
		refused(t, strings.Replace(alanine, "11 N", "11 "+symbol, 1), molecule.CodeUnsupported, 8)
	}
}

func refused(t *testing.T, text string, code molecule.Code, line int) {
	t.Helper()
	_, err := Parse(text, Options{})
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Code != code || refusal.Line != line || refusal.Offset != -1 {
		t.Errorf("%+v, want %s at line %d, of\n%s", err, code, line, text)
	}
}

func TestLimits(t *testing.T) {
	for code, o := range map[molecule.Code]Options{molecule.CodeTooLong: {MaxBytes: 100}, molecule.CodeTooLarge: {MaxAtoms: 2}} {
		_, err := Parse(ethanol, o)
		var refusal *molecule.Error
		if !errors.As(err, &refusal) || refusal.Code != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
	if _, err := Parse(ethanol, Options{MaxAtoms: 8, Hydrogens: molecule.Explicit}); err == nil {
		t.Error("nine atoms with all hydrogens are more than eight")
	}
}

// next reads a record, and tells it by its title or its refusal by its code.
func next(t *testing.T, s *Reader) (string, error) {
	t.Helper()
	r, err := s.Next()
	var refusal *molecule.Error
	switch {
	case errors.As(err, &refusal):
		return string(refusal.Code), err
	case err != nil:
		return "", err
	}
	return r.Mol.Title, nil
}

func TestStreamLosesNoRecord(t *testing.T) {
	long := strings.Replace(ethanol, "M  END", "M  END\n> <long>\n"+strings.Repeat("x", 100_000), 1)
	cut := ethanol[:200] // no M  END, and no line feed before $$$$
	file := ethanol + "$$$$\n" + cut + "\n$$$$ tail\n" + long + "\n$$$$\n" + "\n$$$$\n" + strings.ReplaceAll(alanine, "\n", "\r\n") + "$$$$\r\n" + ethanol
	for _, end := range []string{"", "$$$$", "$$$$\n", "$$$$\n\n \n"} {
		s := NewReader(iotestReader(file+end), Options{MaxBytes: 5000})
		for _, want := range []string{"ethanol", "format", "too_long", "format", "alanine", "ethanol"} {
			if got, err := next(t, s); got != want {
				t.Fatalf("end %q: %s (%v), want %s", end, got, err, want)
			}
		}
		if _, err := s.Next(); err != io.EOF {
			t.Errorf("end %q: %v", end, err)
		}
	}
	s := NewReader(strings.NewReader(" \n"), Options{})
	if got, _ := next(t, s); got != "empty" {
		t.Errorf("no records: %s", got)
	}
	if _, err := s.Next(); err != io.EOF {
		t.Error(err)
	}
}

// iotestReader gives seven bytes at a time.
func iotestReader(text string) io.Reader { return &slowly{text} }

type slowly struct{ text string }

func (s *slowly) Read(p []byte) (int, error) {
	if s.text == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(7, len(p))], s.text)
	s.text = s.text[n:]
	return n, nil
}

func TestRefusalsNameTheLineOfTheFile(t *testing.T) {
	s := NewReader(strings.NewReader(ethanol+"> <a>\nb\n\n$$$$\n"+edit(8, "  1  9  1")), Options{})
	s.Next()
	_, err := s.Next()
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Line != 14+8 {
		t.Errorf("%+v", err)
	}
}

func TestDataItemsAreThoseOfRDKit(t *testing.T) {
	for _, c := range []struct {
		tail string
		want []Prop
	}{
		{"> <a>\nv\n\n>  <b>  (12)\n  w \n \nx\n\n", []Prop{{"a", "v"}, {"b", "  w \n \nx"}}},
		{"> <a>\n\n\n> <b>\r\nw\r\n\r\n", []Prop{{"a", ""}, {"b", "w"}}},
		{"> <a>\nv\n\n> <b>\nw\n\n> <a>\nx\n\n", []Prop{{"a", "x"}, {"b", "w"}}},
		{"> <a>\nv\n\njunk\n> <b>\nw\n\n", []Prop{{"a", "v"}}},
		{"> \n\n> <b>\nw\n\n", []Prop{{"b", "w"}}},
		{"> 12\nv\n\n> <b>\nw\n\n", nil},
		{"> <a>\nv", []Prop{{"a", "v"}}},
		{"> <a>\nv\n$$$$\n> <b>\nw\n", []Prop{{"a", "v"}}},
	} {
		got := read(t, ethanol+c.tail).Props
		same := len(got) == len(c.want)
		for i := range got {
			same = same && got[i] == c.want[i]
		}
		if !same {
			t.Errorf("%q: %q, want %q", c.tail, got, c.want)
		}
	}
}
