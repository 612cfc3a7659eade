package prove

import (
	"math"
	"reflect"
	"testing"

	"molserve/preprocess"
)

// A structure carries all that a model may ask for through a request and back, and motions move it.
func TestAStructureCarriesWhatWasSentBesides(t *testing.T) {
	x := structure{Numbers: []uint8{8, 1, 1}, Positions: []vec{{0, 0, 0.1}, {0, 0.76, -0.5}, {0, -0.76, -0.5}},
		Velocities: []vec{{1, 0, 0}, {0, 2, 0}, {0, 0, 3}}, Charge: 1, Multiplicity: 2,
		Auxiliary: []float32{0.5, -1}, Pairs: [][2]int32{{0, 2}}}
	if got := rebuilt(t, x); !reflect.DeepEqual(got, x) {
		t.Errorf("%+v came back as %+v", x, got)
	}
	swapped, m := reordered(seeded(), x.clone())
	got := rebuilt(t, swapped)
	for i, j := range m.nodes {
		if got.Velocities[j] != x.Velocities[i] {
			t.Errorf("the velocity of atom %d is not that of atom %d", j, i)
		}
	}
	if want := [2]int32{int32(m.nodes[0]), int32(m.nodes[2])}; got.Pairs[0] != want {
		t.Errorf("pair %v, not %v", got.Pairs[0], want)
	}
	turned, _ := rotated(seeded(), x.clone())
	for i, v := range turned.Velocities {
		if a, b := dot(v, turned.Positions[i]), dot(x.Velocities[i], x.Positions[i]); math.Abs(a-b) > 1e-12 {
			t.Errorf("velocity %d did not turn with its atom: v·r is %g, not %g", i, a, b)
		}
	}
	if both := rebuilt(t, together(x.clone(), x)); both.Charge != 2 || both.Pairs[1] != [2]int32{3, 5} || len(both.Velocities) != 6 {
		t.Errorf("two of it are %+v", both)
	}
}

func rebuilt(t *testing.T, x structure) structure {
	t.Helper()
	spec := &preprocess.Spec{Edges: preprocess.Edges{Kind: preprocess.Radius, Cutoff: 3},
		Wants: preprocess.Wants{Velocities: true, Charge: true, Spin: true, Pairs: true, Auxiliary: len(x.Auxiliary)}}
	g, err := preprocess.Build(x.record(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return structureOf(g)
}
