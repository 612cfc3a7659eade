// Package goldentest is what the tests of packages behind smiles share: golden files, molecules of SMILES, drivers that
// answer parity scripts.
package goldentest

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// Read reads the JSON of a file of testdata into a pointer. A file without what is asked for leaves it empty.
func Read(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// Molecules reads the list molecules of a file of testdata. It is never empty.
func Molecules[T any](t testing.TB, name string) []T {
	t.Helper()
	var file struct{ Molecules []T }
	Read(t, name, &file)
	if len(file.Molecules) == 0 {
		t.Fatalf("%s has no molecules", name)
	}
	return file.Molecules
}

// Parse perceives the molecule of a SMILES.
func Parse(t testing.TB, text string) *molecule.Molecule {
	t.Helper()
	m, err := smiles.Parse(text, smiles.Options{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

// Answer writes to standard output, one JSON value a line, what answer makes of each SMILES on standard input, of nil
// where it is refused. The test is skipped unless a parity script set the variable.
func Answer(t *testing.T, variable string, answer func(*molecule.Molecule) any) {
	t.Helper()
	if os.Getenv(variable) == "" {
		t.Skipf("set %s to answer SMILES on standard input", variable)
	}
	out := json.NewEncoder(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		m, err := smiles.Parse(in.Text(), smiles.Options{})
		if err != nil {
			m = nil
		}
		if err := out.Encode(answer(m)); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
}
