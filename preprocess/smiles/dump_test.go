package smiles

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"molserve/preprocess/molecule"
)

// dump answers each line of the file MOLSERVE_DUMP_IN with a line of JSON in MOLSERVE_DUMP_OUT, for the
// scripts of tests/parity; a SMILES that is refused is answered with null.
func dump(t *testing.T, answer func(m *molecule.Molecule) (any, error)) {
	from, to := os.Getenv("MOLSERVE_DUMP_IN"), os.Getenv("MOLSERVE_DUMP_OUT")
	if from == "" {
		t.Skip("MOLSERVE_DUMP_IN is not set")
	}
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	buffered := bufio.NewWriter(out)
	lines, answers := bufio.NewScanner(in), json.NewEncoder(buffered)
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		var row any
		if m, err := Parse(lines.Text(), Options{}); err == nil {
			if row, err = answer(m); err != nil {
				t.Fatal(lines.Text(), err)
			}
		}
		if err := answers.Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := buffered.Flush(); err != nil {
		t.Fatal(err)
	}
}

// TestDumpRanks answers tests/parity/ranks.py.
func TestDumpRanks(t *testing.T) {
	dump(t, func(m *molecule.Molecule) (any, error) {
		tied, err := molecule.CanonicalRanks(m, false)
		if err != nil {
			return nil, err
		}
		broken, err := molecule.CanonicalRanks(m, true)
		return [2][]int32{tied, broken}, err
	})
}

// TestDumpWritten answers tests/parity/written.py: the canonical text, the text in the order of the atoms,
// and what breaks the laws of writing.
func TestDumpWritten(t *testing.T) {
	dump(t, func(m *molecule.Molecule) (any, error) {
		canonical, err := Write(m, WriteOptions{Canonical: true})
		if err != nil {
			return [3]string{"", "", err.Error()}, nil
		}
		plain, err := Write(m, WriteOptions{})
		return [3]string{canonical, plain, checkWritten(m)}, err
	})
}

// TestDumpCanonical answers tests/parity/written.py with the canonical text alone.
func TestDumpCanonical(t *testing.T) {
	dump(t, func(m *molecule.Molecule) (any, error) { return Write(m, WriteOptions{Canonical: true}) })
}
