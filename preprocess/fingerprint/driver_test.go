package fingerprint_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"molserve/preprocess/fingerprint"
	"molserve/preprocess/smiles"
)

// TestFingerprintDriver answers the SMILES on standard input, one a line, with their counts of two fingerprints on standard
// output, for tests/parity/fingerprint.py, which sets FINGERPRINT_DRIVER.
func TestFingerprintDriver(t *testing.T) {
	if os.Getenv("FINGERPRINT_DRIVER") == "" {
		t.Skip("set FINGERPRINT_DRIVER to answer SMILES on standard input")
	}
	out := json.NewEncoder(os.Stdout)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var answer []map[int]int // empty: refused
		m, err := smiles.Parse(in.Text(), smiles.Options{})
		for _, f := range []fingerprint.Morgan{{}, {Radius: 3, Size: 1024}} {
			if err == nil {
				counts, _ := f.Counts(m)
				answer = append(answer, counts)
			}
		}
		if err := out.Encode(answer); err != nil {
			t.Fatal(err)
		}
	}
}
