package prove_test

import (
	"math"
	"testing"

	"molserve/onnx/prove"
)

// The bounds of energies and forces are in eV, whatever unit the manifest chose.
func TestTheBoundsOfEnergiesAreInElectronvolts(t *testing.T) {
	measured := func(unit string) map[string]float64 {
		f := copyOf(t, "ethanol-egnn")
		f.manifest(func(m map[string]any) {
			for _, o := range m["outputs"].([]any) {
				switch o := o.(map[string]any); o["unit"] {
				case "eV":
					o["unit"] = unit
				case "eV/Å":
					o["unit"] = unit + "/Å"
				}
			}
		})
		out := map[string]float64{}
		for _, row := range f.prove(prove.Gate).Checks {
			out[row.Name] = row.Measured
		}
		return out
	}
	eV, hartree := measured("eV"), measured("Hartree")
	for _, name := range []string{"energy error", "force error"} {
		if times := hartree[name] / eV[name]; math.Abs(times-27.211386) > 1e-3 {
			t.Errorf("%s: %g in eV, %g in Hartree", name, eV[name], hartree[name])
		}
	}
}
