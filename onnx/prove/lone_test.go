package prove_test

import (
	"strings"
	"testing"

	"molserve/onnx/prove"
)

// Methane is one atom only where hydrogens are none: else the smallest graph is made of an atom of a molecule.
func TestOneAtomIsOneAtomWhereHydrogensAreAtomsToo(t *testing.T) {
	for hydrogens, want := range map[string]string{"implicit": "methane alone", "explicit": "the first atom of a molecule alone"} {
		f := copyOf(t, "esol-gcn")
		f.manifest(func(m map[string]any) { m["chemistry"].(map[string]any)["hydrogens"] = hydrogens })
		for _, row := range f.prove(prove.Gate).Checks {
			if row.Name == "one atom" && (!strings.HasPrefix(row.Detail, want) || !row.OK) {
				t.Errorf("hydrogens %s: %+v", hydrogens, row)
			}
		}
	}
}
