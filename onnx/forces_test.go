package onnx_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// The places of the potential's outputs, in testdata/potential.json and in a row.
const (
	energy = iota
	atomEnergy
	features
	forces
	virial
)

// crystal is a structure whose neighbours are to be found.
type crystal struct {
	numbers []uint8
	geometry.Structure
}

// structure scatters n atoms of H, C and O in a box of 4 Å; a cell makes it repeat along all its vectors.
func structure(n int, seed uint64, cell *geometry.Cell) crystal {
	r := rand.New(rand.NewPCG(seed, 0))
	c := crystal{Structure: geometry.Structure{Cell: cell}}
	for range n {
		c.numbers = append(c.numbers, []uint8{1, 6, 8}[r.IntN(3)])
		c.Positions = append(c.Positions, [3]float64{4 * r.Float64(), 4 * r.Float64(), 4 * r.Float64()})
	}
	if cell != nil {
		c.PBC = [3]bool{true, true, true}
	}
	return c
}

// moved returns c with every place and cell vector p replaced by f(p).
func (c crystal) moved(f func(p [3]float64) [3]float64) crystal {
	c.Positions = slices.Clone(c.Positions)
	for i, p := range c.Positions {
		c.Positions[i] = f(p)
	}
	if c.Cell != nil {
		c.Cell = &geometry.Cell{f(c.Cell[0]), f(c.Cell[1]), f(c.Cell[2])}
	}
	return c
}

// graph is c with its edges below 5 Å.
func (c crystal) graph(t testing.TB) *graph.Graph {
	t.Helper()
	var n geometry.Neighbours
	if err := n.Build(c.Structure, geometry.Options{Cutoff: 5}); err != nil {
		t.Fatal(err)
	}
	return &graph.Graph{N: len(c.numbers), E: n.Len(), Numbers: c.numbers, Positions: c.Positions, Cell: (*[3][3]float64)(c.Cell),
		Periodic: c.PBC, Src: n.Src, Dst: n.Dst, Vectors: n.Vec, Lengths: n.Dist, Shifts: n.Shift, Cutoff: 5}
}

// cells are none, one larger than the cutoff, and a skew one where atoms see their own images.
var cells = map[string]*geometry.Cell{"isolated": nil, "box": {{9, 0, 0}, {0, 8, 0}, {0, 0, 11}}, "skew": {{4, 0, 0}, {1, 4.2, 0}, {-1, 0.5, 3.9}}}

// predict runs one structure.
func predict(t testing.TB, m *onnx.Model, c crystal) []onnx.Value {
	t.Helper()
	rows, err := m.Predict(context.Background(), []*graph.Graph{c.graph(t)})
	if err != nil || rows[0].Err != nil {
		t.Fatal(err, rows[0].Err, rows[0].Cause)
	}
	return rows[0].Values
}

// slope is dE/dx at 0 of the energy of at(x), by central differences of fourth order: error h⁴E⁗ + εE/h ≈ 1e-9 here.
func slope(t *testing.T, m *onnx.Model, at func(x float64) crystal) float64 {
	const h = 1e-3
	e := func(x float64) float64 { return predict(t, m, at(x))[energy].Data[0] }
	return (8*(e(h)-e(-h)) - (e(2*h) - e(-2*h))) / (12 * h)
}

// tolerance of derivatives, eV/Å and eV, on values up to about 100.
const tolerance = 1e-6

func TestForcesAreMinusTheGradientOfTheEnergy(t *testing.T) {
	m := open(t, "potential", nil)
	for name, cell := range cells {
		c := structure(5, 1, cell)
		got := predict(t, m, c)[forces]
		if !slices.Equal(got.Shape, []int{5, 3}) {
			t.Fatalf("%s: shape %v", name, got.Shape)
		}
		var net [3]float64
		for i := range c.Positions {
			for a := range 3 {
				want := -slope(t, m, func(x float64) crystal {
					d := c
					d.Positions = slices.Clone(c.Positions)
					d.Positions[i][a] += x
					return d
				})
				net[a] += got.Data[3*i+a]
				if f := got.Data[3*i+a]; math.Abs(f-want) > tolerance {
					t.Errorf("%s atom %d component %d: force %v, −dE/dr %v", name, i, a, f, want)
				}
			}
		}
		if math.Abs(net[0])+math.Abs(net[1])+math.Abs(net[2]) > 1e-11 {
			t.Errorf("%s: forces add up to %v", name, net)
		}
	}
}

func TestVirialIsMinusTheDerivativeByStrain(t *testing.T) {
	m := open(t, "potential", nil)
	for name, cell := range cells {
		c := structure(4, 2, cell)
		got := predict(t, m, c)[virial]
		if cell == nil {
			if got.Shape != nil || got.Data != nil {
				t.Errorf("%s: a virial %v", name, got)
			}
			continue
		}
		for a := range 3 {
			for b := range 3 {
				want := -slope(t, m, func(x float64) crystal {
					return c.moved(func(p [3]float64) [3]float64 { p[a] += x * p[b]; return p })
				})
				if w := got.Data[3*a+b]; math.Abs(w-want) > tolerance {
					t.Errorf("%s: W[%d,%d] = %v, −dE/dε %v", name, a, b, w, want)
				}
			}
		}
	}
}

// The network is even in its vectors and its gradient odd, so that both signs must give the same forces.
func TestSignOfTheVectorsDoesNotMatter(t *testing.T) {
	one := open(t, "potential", nil)
	other := open(t, "potential", func(m *onnx.Manifest) { m.Inputs[2].Sign = "dst_minus_src" })
	c := structure(6, 3, cells["skew"])
	a, b := predict(t, one, c), predict(t, other, c)
	for _, k := range []int{energy, atomEnergy, forces, virial} {
		if fmt.Sprint(a[k]) != fmt.Sprint(b[k]) {
			t.Errorf("output %d: %v and %v", k, a[k], b[k])
		}
	}
}

func TestEnergiesOfAtomsAreAddedInTheirUnit(t *testing.T) {
	m := open(t, "potential", nil)
	bare := open(t, "potential", func(m *onnx.Manifest) { m.Outputs[0].Transform, m.Outputs[1].Transform = nil, nil })
	c := structure(7, 4, cells["box"])
	v, raw := predict(t, m, c), predict(t, bare, c)
	e := map[uint8]float64{1: -13.6, 6: -1029, 8: -2041.5} // testdata/potential.json, where scale is 2
	sum, total := 0.0, 0.0
	for i, z := range c.numbers {
		want := 2*raw[atomEnergy].Data[i] + e[z]
		if got := v[atomEnergy].Data[i]; got != want {
			t.Errorf("atom %d: %v, want %v", i, got, want)
		}
		sum, total = sum+e[z], total+v[atomEnergy].Data[i]
	}
	got := v[energy].Data[0]
	if want := 2*raw[energy].Data[0] + sum; math.Abs(got-want) > 1e-10 || math.Abs(got-total) > 1e-10 {
		t.Errorf("energy %v, want %v; atoms add up to %v", got, want, total)
	}
	for i, f := range v[forces].Data {
		if f != 2*raw[forces].Data[i] { // forces have the scale of their energy
			t.Errorf("force component %d: %v, network %v", i, f, raw[forces].Data[i])
		}
	}
	if z := m.Manifest().Outputs[0].Transform; z.AtomEnergy(1, 1, 8) != -2*13.6-2041.5 || !math.IsNaN(z.AtomEnergy(7)) || (*onnx.Transform)(nil).AtomEnergy(7) != 0 {
		t.Error("AtomEnergy")
	}
}

func TestLoneAtomsHaveEnergyAndNoForce(t *testing.T) {
	v := predict(t, open(t, "potential", nil), structure(1, 5, nil))
	if len(v[energy].Data) != 1 || math.Abs(v[energy].Data[0]) < 13 || fmt.Sprint(v[forces]) != "{[1 3] [0 0 0]}" || v[virial].Data != nil {
		t.Errorf("got %v", v)
	}
}

func TestFramesOfAllKindsShareABatch(t *testing.T) {
	m := open(t, "potential", nil)
	var graphs []*graph.Graph
	var alone []string
	for i := range 30 {
		c := structure(1+i%5, uint64(i), []*geometry.Cell{nil, cells["box"], cells["skew"]}[i%3])
		graphs = append(graphs, c.graph(t))
		alone = append(alone, fmt.Sprint(predict(t, m, c)))
	}
	rows, err := m.Predict(context.Background(), graphs)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if fmt.Sprint(r.Values) != alone[i] {
			t.Errorf("structure %d: %v alone, %v in a batch", i, alone[i], r.Values)
		}
	}
}

func TestChunksKeepTheLimitOfEdges(t *testing.T) {
	graphs := slices.Repeat([]*graph.Graph{{N: 2, E: onnx.DefaultBatch().Edges / 3}}, 7)
	graphs = append(graphs, &graph.Graph{N: 1, E: 2 * onnx.DefaultBatch().Edges})
	if got := fmt.Sprint(onnx.Chunk(graphs, graph.Packed)); got != "[[0 3] [3 6] [6 7] [7 8]]" {
		t.Errorf("chunks %s", got)
	}
}

func TestNumbersThatAreNotFiniteFailTheirRow(t *testing.T) {
	m := open(t, "potential", func(m *onnx.Manifest) { m.Outputs = slices.Delete(m.Outputs, 3, 4) })
	good, bad := structure(3, 6, nil).graph(t), structure(3, 7, nil).graph(t)
	for k := range bad.Vectors {
		bad.Vectors[k][0] = 1e80 // its energy is finite, its gradient not
	}
	rows, err := m.Predict(context.Background(), []*graph.Graph{good, bad, good})
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].Err != nil || rows[2].Err != nil || rows[1].Err == nil || rows[1].Err.Code != onnx.CodeNotFinite {
		t.Errorf("rows %+v", rows)
	}
}
