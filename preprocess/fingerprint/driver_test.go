package fingerprint_test

import (
	"testing"

	"molserve/preprocess/fingerprint"
	"molserve/preprocess/internal/goldentest"
	"molserve/preprocess/molecule"
)

// TestFingerprintDriver answers SMILES with their counts of two fingerprints, for tests/parity/fingerprint.py.
func TestFingerprintDriver(t *testing.T) {
	goldentest.Answer(t, "FINGERPRINT_DRIVER", func(m *molecule.Molecule) any {
		var answer []map[int]int // empty: refused
		for _, f := range []fingerprint.Morgan{{}, {Radius: 3, Size: 1024}} {
			if m != nil {
				counts, _ := f.Counts(m)
				answer = append(answer, counts)
			}
		}
		return answer
	})
}
