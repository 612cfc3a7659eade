package prove_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/preprocess"
	"molserve/reference"
)

// geometricModels are the shipped ones, with a matrix in the middle of each network.
var geometricModels = []struct {
	name   string
	middle matrix
}{
	{"ethanol-egnn", matrix{"layers.1.edge_out.weight", 64, 64}},
	{"qm9-isomers-equivariant", matrix{"layers.1.radial_out.weight", 176, 64}},
}

// eachGeometric runs f on a copy of every shipped geometric model.
func eachGeometric(t *testing.T, f func(t *testing.T, f folder, middle matrix)) {
	for _, m := range geometricModels {
		t.Run(m.name, func(t *testing.T) {
			f(t, copyOf(t, m.name), m.middle)
		})
	}
}

// breaks proves at the gate and wants these checks to fail, whatever else does.
func (f folder) breaks(names ...string) {
	f.Helper()
	failed := failing(f.prove(prove.Gate))
	for _, name := range names {
		if !slices.Contains(failed, name) {
			f.Errorf("failing: %q, without %s", failed, name)
		}
	}
}

func TestAChangedWeightOfAGeometricModelIsCaughtByTheReference(t *testing.T) {
	eachGeometric(t, func(t *testing.T, f folder, middle matrix) {
		f.weight(middle, byHalf)
		f.breaks("weights", "reference")
	})
}

// A potential's file has each matrix twice, for the energy and for its gradient. One copy is changed.
func TestAChangedONNXWeightOfAGeometricModelIsCaught(t *testing.T) {
	eachGeometric(t, func(t *testing.T, f folder, middle matrix) {
		f.onnxWeight(middle, byHalf)
		f.breaks("golden values", "reference")
	})
}

func TestAChangedHyperparameterOfAGeometricModelIsCaught(t *testing.T) {
	eachGeometric(t, func(t *testing.T, f folder, _ matrix) {
		f.manifest(func(m map[string]any) {
			m["architecture"].(map[string]any)["hyperparameters"].(map[string]any)["neighbours"] = 9.5
		})
		f.breaks("reference", "reference on noise")
	})
}

// The energies of the elements are in no tensor: only the values show them.
func TestWrongAtomEnergiesAreCaught(t *testing.T) {
	eachGeometric(t, func(t *testing.T, f folder, _ matrix) {
		f.manifest(func(m map[string]any) {
			tr := m["outputs"].([]any)[0].(map[string]any)["transform"].(map[string]any)
			energies := tr["atom_energies"].(map[string]any)
			for z, e := range energies {
				energies[z] = float(e) + 0.01
			}
		})
		f.breaks("golden values")
	})
}

// At the gate a geometric model proves the group that it claims.
func TestTheGateProvesTheClaimedGroup(t *testing.T) {
	eachGeometric(t, func(t *testing.T, f folder, _ matrix) {
		var names []string
		for _, row := range f.prove(prove.Gate).Checks {
			names = append(names, row.Name)
		}
		for _, law := range []string{"permutation", "rotation", "reflection", "translation", "far fragments", "supercell"} {
			if !slices.Contains(names, law) {
				t.Errorf("%s is not tried", law)
			}
		}
	})
}

// exactTol bounds float64 against float64; energies carry thousands of eV of their elements.
const exactTol = 1e-10

// Golden values of geometric models are float64 torch's, from coordinates on.
func TestTheReferenceIsTorchInFloat64(t *testing.T) {
	eachGeometric(t, func(t *testing.T, f folder, _ matrix) {
		m := f.open()
		a := m.Manifest().Architecture
		n, err := reference.Open(reference.Spec{Architecture: a.Name, Hyperparameters: a.Hyperparameters, Elements: m.Spec().Elements},
			m.File("weights.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		var golden struct {
			Cases []struct {
				Records []preprocess.Record `json:"records"`
				Values  []map[string]any    `json:"values"`
			} `json:"cases"`
		}
		if err := json.Unmarshal(f.read("golden.json"), &golden); err != nil {
			t.Fatal(err)
		}
		for i, c := range golden.Cases {
			graphs, _, err := m.Build(t.Context(), c.Records, onnx.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for j, g := range graphs {
				said, err := n.Forward(g)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range m.Manifest().Outputs {
					want, ok := c.Values[j][o.Name].(float64)
					if !ok {
						continue // not a number a structure
					}
					got := o.Transform.Scale*said[o.Tensor].Data[0] + o.Transform.Shift + o.Transform.AtomEnergy(g.Numbers...)
					if d := math.Abs(got-want) / max(1, math.Abs(want)); d > exactTol {
						t.Errorf("case %d record %d, %s: %v, torch says %v", i, j, o.Name, got, want)
					}
				}
			}
		}
	})
}
