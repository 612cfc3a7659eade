package molfile

import (
	"errors"
	"io"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
)

var hydrogenModes = []molecule.Hydrogens{molecule.Implicit, molecule.Keep, molecule.Explicit}

// holdLaws holds what is true of any text: no panic, a refusal has a line, a molecule a place for each atom.
func holdLaws(t *testing.T, text string) {
	for _, h := range hydrogenModes {
		r, err := Parse(text, Options{Hydrogens: h, MaxAtoms: 200})
		if err != nil {
			checkRefusal(t, err, strings.Count(text, "\n")+2)
			continue
		}
		if len(r.Positions) != len(r.Mol.Atoms) || r.Dim != 2 && r.Dim != 3 || len(r.Mol.Atoms) > 200 {
			t.Fatalf("%d places of %d atoms, dimension %d", len(r.Positions), len(r.Mol.Atoms), r.Dim)
		}
		molecule.NewRecord(r.Mol)
	}
}

func checkRefusal(t *testing.T, err error, lines int) {
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Code == "" || refusal.Message == "" || refusal.Offset != -1 || refusal.Line < 1 || refusal.Line > lines {
		t.Fatalf("%+v in %d lines", err, lines)
	}
}

func FuzzV2000(f *testing.F) {
	for _, tail := range []string{"", "M  CHG  1   1   1\nM  RAD  1   2   2\nM  ISO  1   3  18\n", "M  RGP  1   1   2\nA    1\nx\nV    1 y\nG  1  2\nz\n",
		"M  STY  1   1 DAT\nM  SAL   1  1   1\nM  SDT   1 MRV_IMPLICIT_H\nM  SED   1 IMPL_H1\n", "M  ZBO  1   1   0\nM  HYD  1   1   2\nM  ALS   1  2 F C   N   \n"} {
		f.Add(strings.Replace(ethanol, "M  END", tail+"M  END", 1))
	}
	f.Add(edit(7, atom("R#", " 1  5  1  0  0  2")))
	f.Add(edit(8, "  1  2  2  3"))
	f.Fuzz(func(t *testing.T, text string) { holdLaws(t, text) })
}

func FuzzV3000(f *testing.F) {
	f.Add(alanine)
	f.Add(strings.NewReplacer("11 N", "11 *", "CFG=2", "RGROUPS=(1 2) VAL=3 ATTCHORD=(2 11 Al)", "DAT 0", "SUP 0 CSTATE=(4 1 0 0 0) SAP=(3 12 11 1)").Replace(alanine))
	f.Fuzz(func(t *testing.T, text string) { holdLaws(t, text) })
}

// FuzzSDF holds the stream to one record for each $$$$, whatever stands between.
func FuzzSDF(f *testing.F) {
	f.Add(ethanol + "> <a>\nb\n\n$$$$\n" + alanine)
	f.Add("$$$$\n\n$$$$\n> <x\n$$$$")
	f.Add("$$$$\n$$$$")
	f.Fuzz(func(t *testing.T, text string) {
		s := NewReader(strings.NewReader(text), Options{MaxBytes: 2000, MaxAtoms: 200})
		ends := strings.Count("\n"+text, "\n$$$$")
		for n := 0; ; n++ {
			_, err := s.Next()
			if err == io.EOF {
				if n < ends || n > ends+1 {
					t.Fatalf("%d records of %d", n, ends)
				}
				return
			}
			if err != nil {
				checkRefusal(t, err, strings.Count(text, "\n")+2)
			}
		}
	})
}
