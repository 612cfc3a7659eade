package prove_test

import (
	"slices"
	"strings"
	"testing"

	"molserve/onnx/prove"
)

// A model that takes no more atoms than its records have is tried on pairs and cells that fit.
func TestLawsAreTriedWithinTheLargestMolecule(t *testing.T) {
	for network, breaks := range map[string][]string{"potential": nil, "potential_squared": {"far fragments", "supercell"}} {
		m := potentialManifest()
		m["chemistry"].(object)["max_atoms"] = 6
		if failed := failing(geometricFolder(t, network, m).prove(prove.Gate)); !slices.Equal(failed, breaks) {
			t.Errorf("%s: failing: %q, want %q", network, failed, breaks)
		}
	}
}

// Of a model of crystals alone, what is in their cells stands alone.
func TestAModelOfCrystalsIsTriedOnWhatIsInTheirCells(t *testing.T) {
	f := geometricFolder(t, "potential_hard_cutoff", potentialManifest())
	f.golden(func(g map[string]any) {
		for _, p := range g["probe"].([]any) {
			with(p.(map[string]any)["atoms"].(map[string]any), object{"cell": [][]float64{{9, 0, 0}, {0, 9, 0}, {0, 0, 9}}, "pbc": []bool{true, true, true}})
		}
		for _, c := range g["cases"].([]any) {
			for _, r := range c.(map[string]any)["records"].([]any) {
				if atoms := r.(map[string]any)["atoms"].(map[string]any); atoms["pbc"] == nil {
					with(atoms, object{"cell": [][]float64{{30, 0, 0}, {0, 30, 0}, {0, 0, 30}}, "pbc": []bool{true, true, true}})
				}
			}
		}
	})
	names := failing(f.prove(prove.Gate))
	if !slices.Equal(names, []string{"smooth at the cutoff"}) {
		t.Errorf("failing: %q", names)
	}
}

// Nothing is known of an answer for the whole cell when the cell is doubled, unless it is extensive.
func TestNoCellIsDoubledWhereNothingIsKnownOfIt(t *testing.T) {
	c := geometricFolder(t, "potential", geometricManifest(outputOf("energy", "graph", "invariant", "value"))).prove(prove.Gate)
	if names := rowNames(c.Checks); !c.OK || slices.Contains(names, "supercell") || slices.Contains(names, "far fragments") || !slices.Contains(names, "wrapped atoms") {
		t.Errorf("%q, failing %q", names, failing(c))
	}
}

// What is of an edge turns and moves with it, where nothing else would show that it does not.
func TestOutputsPerEdgeAreHeldAgainstTheLawsToo(t *testing.T) {
	m := func(symmetry string) object {
		return geometricManifest(outputOf("edge_gradient", "edge", symmetry, "value"))
	}
	for _, c := range []struct {
		network, symmetry string
		breaks            []string
	}{
		{"potential", "vector", nil},
		{"potential", "1x1o", nil},
		{"potential_along_x", "vector", []string{"rotation", "reflection"}},
		{"potential", "invariant", []string{"rotation", "reflection"}},
		{"potential", "1x1e", []string{"reflection"}},
	} {
		cert := geometricFolder(t, c.network, m(c.symmetry)).prove(prove.Gate)
		if failed := failing(cert); !slices.Equal(failed, c.breaks) {
			t.Errorf("%s, %s: failing: %q, want %q", c.network, c.symmetry, failed, c.breaks)
		}
		for _, row := range cert.Failed() {
			if !strings.Contains(row.Worst, "edge_gradient") {
				t.Errorf("%s: %s", row.Name, row.Worst)
			}
		}
	}
}
