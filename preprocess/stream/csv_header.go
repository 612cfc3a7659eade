package stream

import (
	"errors"
	"fmt"
	"strings"

	"molserve/preprocess/smiles"
)

// howToName is how the callers of this package let their users name a column.
const howToName = "--smiles-column NAME, over HTTP ?smiles_column=NAME"

// chooseSMILES finds the SMILES column; without a name it is the one called smiles, or the only one. A table whose only
// column is no name of one has other separators, or no header, and would lose its first molecule.
func chooseSMILES(header []string, name string) (int, error) {
	wanted := name
	if name == "" {
		wanted = "smiles"
	}
	switch found := columnsOf(header, wanted); {
	case len(found) > 1:
		return 0, fmt.Errorf("the CSV has %d columns %q; give the one that holds SMILES a name of its own", len(found), wanted)
	case len(found) == 1:
		return found[0], nil
	case name == "" && len(header) == 1:
		return 0, onlyColumn(header[0])
	}
	return 0, fmt.Errorf("the CSV has no column %q; it has %q: name the one that holds SMILES (%s)", wanted, header, howToName)
}

func onlyColumn(name string) error {
	if i := strings.IndexAny(name, ";\t|"); i >= 0 {
		return fmt.Errorf("the header %q of the CSV has no comma, but %q: separate the columns by commas", name, name[i])
	}
	if strings.TrimSpace(name) == "" {
		return errors.New("the CSV has an empty header line")
	}
	words := strings.Fields(name)
	if _, err := smiles.Parse(words[0], smiles.Options{}); err != nil {
		return nil
	}
	if len(words) > 1 {
		return fmt.Errorf("the first line of the CSV is %q, a molecule with a name behind it: these are lines of SMILES, not CSV; "+
			"if this is the name of the column, say so (%s)", name, howToName)
	}
	return fmt.Errorf("the first line of the CSV is the molecule %q, not a header: begin with a line that names the column, such as smiles; "+
		"if this is its name, say so (%s)", name, howToName)
}

// columnsOf are the columns of exactly this name, else those that have it past case and white space.
func columnsOf(header []string, name string) (found []int) {
	for i, h := range header {
		if h == name {
			found = append(found, i)
		}
	}
	if len(found) > 0 {
		return found
	}
	for i, h := range header {
		if strings.EqualFold(strings.TrimSpace(h), name) {
			found = append(found, i)
		}
	}
	return found
}
