package prove_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"molserve/onnx/prove"
)

func failing(c *prove.Certificate) []string {
	var names []string
	for _, row := range c.Failed() {
		names = append(names, row.Name)
	}
	return names
}

func TestLawfulGeometricNetworksHold(t *testing.T) {
	for network, manifest := range map[string]object{"potential": potentialManifest(), "property": propertyManifest()} {
		t.Run(network, func(t *testing.T) {
			c := geometricFolder(t, network, manifest).prove(prove.Full)
			for _, row := range c.Checks {
				t.Logf("%-24s %.3g ≤ %g in %v: %s", row.Name, row.Measured, row.Bound, row.Took.Round(time.Millisecond), row.Detail)
			}
			for _, row := range c.Failed() {
				t.Errorf("%s: %s", row.Name, row.Worst)
			}
		})
	}
}

// The potential is even in its vectors: of whichever sign they are, its edge force is by them.
func TestAnEdgeForceByVectorsOfTheOtherSignHolds(t *testing.T) {
	m := potentialManifest()
	m["inputs"].([]object)[2]["sign"] = "dst_minus_src"
	if c := geometricFolder(t, "potential", m).prove(prove.Gate); !c.OK {
		t.Errorf("failing: %q", failing(c))
	}
}

// The networks are those of testdata/unlawful.py. Their golden answers are their own; what is listed is
// all that fails.
func TestEachLawOfSpaceIsBrokenBySomeNetwork(t *testing.T) {
	// A network that reads positions instead of edge vectors.
	ofPlaces := func() object {
		m := propertyManifest()
		m["inputs"] = append(m["inputs"].([]object), tensorOf("positions", "positions", "float32", "N", 3))
		return m
	}
	for _, c := range []struct {
		network  string
		manifest object
		breaks   []string
	}{
		{"potential_along_x", potentialManifest(), []string{"rotation", "reflection", "no net torque"}},
		{"potential_wrong_sign", potentialManifest(), []string{"forces are the slope", "virial is the slope"}},
		{"potential_not_gradient", potentialManifest(), []string{"forces are the slope", "virial is the slope"}},
		{"potential_hard_cutoff", potentialManifest(), []string{"smooth at the cutoff"}},
		{"potential_mean", potentialManifest(), []string{"smooth at the cutoff"}},
		{"potential_squared", potentialManifest(), []string{"far fragments", "supercell"}},
		{"property_ordered", propertyManifest(), []string{"permutation", "supercell"}},
		{"property_turned", propertyManifest(), []string{"rotation", "reflection"}},
		{"property_pseudovector", propertyManifest(), []string{"reflection"}},
		{"property_handed", propertyManifest(), []string{"reflection"}},
		{"property_of_places", ofPlaces(), []string{"rotation", "reflection", "translation", "far fragments", "wrapped atoms", "supercell"}},
		{"property_without_images", ofPlaces(), []string{"wrapped atoms", "supercell"}},
	} {
		t.Run(c.network, func(t *testing.T) {
			cert := geometricFolder(t, c.network, c.manifest).prove(prove.Gate)
			if failed := failing(cert); !slices.Equal(failed, c.breaks) {
				t.Errorf("failing: %q, want %q", failed, c.breaks)
				for _, row := range cert.Failed() {
					t.Logf("%s: %.3g over %g: %s", row.Name, row.Measured, row.Bound, row.Worst)
				}
			}
		})
	}
}

// A network that tells left from right may say so.
func TestAHandedNetworkHoldsWhereOnlyRotationsAreClaimed(t *testing.T) {
	m := propertyManifest()
	m["symmetry"] = object{"group": "SE(3)"}
	c := geometricFolder(t, "property_handed", m).prove(prove.Gate)
	if len(c.Failed()) > 0 {
		t.Errorf("failing: %q", failing(c))
	}
	for _, row := range c.Checks {
		if row.Name == "reflection" {
			t.Error("reflection was tried")
		}
	}
}

func TestGoldenValuesByNameAreHeldAgainstWhatIsServed(t *testing.T) {
	value := func(edit func(v map[string]any)) func(map[string]any) {
		return func(c map[string]any) { edit(c["values"].([]any)[1].(map[string]any)) }
	}
	for _, c := range []struct {
		name, want string
		edit       func(map[string]any)
	}{
		{"a changed force", "case 2 record 1, forces", value(func(v map[string]any) { v["forces"].([]any)[4] = 7 })},
		{"a missing output", "has no energy", value(func(v map[string]any) { delete(v, "energy") })},
		{"an unknown output", "does not serve", value(func(v map[string]any) { v["dipole"] = 1 })},
		{"too few numbers", "of node_energy in golden.json", value(func(v map[string]any) { v["node_energy"] = []any{1} })},
		{"no virial", "", value(func(v map[string]any) { delete(v, "virial") })},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := geometricFolder(t, "potential", potentialManifest())
			f.goldenCase(2, c.edit)
			if c.want == "" {
				f.fails()
				return
			}
			if row := f.fails("golden values").Failed()[0]; !strings.Contains(row.Worst, c.want) {
				t.Errorf("%q does not say %q", row.Worst, c.want)
			}
		})
	}
}

// Whatever a network does with neighbours, lone atoms hold every law.
func TestProbesOfLoneAtomsAreNone(t *testing.T) {
	f := geometricFolder(t, "potential", potentialManifest())
	f.golden(func(g map[string]any) {
		for k := range g["probe"].([]any) {
			g["probe"].([]any)[k] = object{"atoms": object{"numbers": []int{1}, "positions": [][]float64{{float64(k), 0, 0}}}}
		}
	})
	if row := f.fails("golden file").Failed()[0]; !strings.Contains(row.Worst, "0 of 512 probes have edges") {
		t.Errorf("%q", row.Worst)
	}
}

func TestAGeometricGoldenFileNeedsAPeriodicCell(t *testing.T) {
	f := geometricFolder(t, "potential", potentialManifest())
	f.golden(func(g map[string]any) {
		for _, c := range g["cases"].([]any) {
			for _, r := range c.(map[string]any)["records"].([]any) {
				delete(r.(map[string]any)["atoms"].(map[string]any), "pbc")
				delete(r.(map[string]any)["atoms"].(map[string]any), "cell")
			}
		}
	})
	c := f.prove(prove.Gate)
	if row := c.Failed()[0]; row.Name != "golden file" || !strings.Contains(row.Worst, "no case has a periodic cell") {
		t.Errorf("%s: %s", row.Name, row.Worst)
	}
}
