package stream_test

import (
	"strings"
	"testing"

	"molserve/preprocess/stream"
)

func TestACSVWhoseHeaderIsNoneIsRefused(t *testing.T) {
	for _, c := range []struct{ name, text, column, want string }{
		{"no such column", "name,canonical\nx,CCO\n", "", `no column "smiles"; it has ["name" "canonical"]: name the one that holds SMILES (--smiles-column NAME, over HTTP ?smiles_column=NAME)`},
		{"no such column of this name", "smiles\nCCO\n", "foo", `no column "foo"; it has ["smiles"]`},
		{"semicolons", "smiles;id\nCCO;1\n", "", `the header "smiles;id" of the CSV has no comma, but ';': separate the columns by commas`},
		{"tabs", "smiles\tid\nCCO\t1\n", "", `has no comma, but '\t'`},
		{"bars", "smiles|id\nCCO|1\n", "", `has no comma, but '|'`},
		{"no header", "c1ccccc1O\nCCO\n", "", `the first line of the CSV is the molecule "c1ccccc1O", not a header`},
		{"no header, of an element", "C\nCCO\n", "", `the molecule "C", not a header`},
		{"lines of SMILES", "CCO ethanol\nCC ethane\n", "", `"CCO ethanol", a molecule with a name behind it: these are lines of SMILES, not CSV`},
		{"an empty header", "\" \"\nCCO\n", "", "an empty header line"},
		{"two of a name", "smiles,smiles\nCCO,C\n", "", `the CSV has 2 columns "smiles"`},
		{"two past case", "Smiles,SMILES\nCCO,C\n", "", `the CSV has 2 columns "smiles"`},
	} {
		_, err := stream.Open(strings.NewReader(c.text), stream.CSV, stream.Options{SMILESColumn: c.column})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestACSVHeaderThatIsOneIsTaken(t *testing.T) {
	for _, c := range []struct{ name, text, column, want string }{
		{"an only column", "molecule\nCCO\n", "", "|CCO"},
		{"an only column of two words", "canonical smiles\nCCO\n", "", "|CCO"},
		{"two words that begin with a molecule, named", "CN name\nCCO\n", "CN name", "|CCO"},
		{"a name that is a molecule, named", "C\nCCO\n", "C", "|CCO"},
		{"a name with a semicolon, named", "a;b\nCCO\n", "a;b", "|CCO"},
		{"the exact one of two", "SMILES,smiles\nC,CCO\n", "", "|CCO"},
		{"the only one past case and space", "id, Smiles \n7,CCO\n", "", "7|CCO"},
		{"the first id of two", "smiles,id,id\nCCO,7,8\n", "", "7|CCO"},
	} {
		if got := read(t, c.text, stream.CSV, stream.Options{SMILESColumn: c.column}); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
