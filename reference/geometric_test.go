package reference_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
	"molserve/reference"
)

// geometric is testdata/geometric.json, written by testdata/geometric.py from torch's networks.
type geometric struct {
	Elements []uint8 `json:"elements"`
	Graphs   []struct {
		Numbers []uint8      `json:"numbers"`
		Src     []int32      `json:"src"`
		Dst     []int32      `json:"dst"`
		Vectors [][3]float64 `json:"vectors"`
	} `json:"graphs"`
	Cases []struct {
		Architecture    string                 `json:"architecture"`
		Hyperparameters map[string]any         `json:"hyperparameters"`
		Answers         []map[string][]float64 `json:"answers"` // [graph]
	} `json:"cases"`
}

func readGeometric(t testing.TB) (geometric, []*graph.Graph) {
	t.Helper()
	s := readJSON[geometric](t, "geometric.json")
	var graphs []*graph.Graph
	for _, in := range s.Graphs {
		graphs = append(graphs, &graph.Graph{N: len(in.Numbers), E: len(in.Src), Numbers: in.Numbers,
			Src: in.Src, Dst: in.Dst, Vectors: in.Vectors})
	}
	return s, graphs
}

// eachGeometric runs f for every small geometric network.
func eachGeometric(t *testing.T, f func(t *testing.T, n reference.Network, graphs []*graph.Graph, want []map[string][]float64)) {
	s, graphs := readGeometric(t)
	for _, c := range s.Cases {
		t.Run(c.Architecture, func(t *testing.T) {
			spec := reference.Spec{Architecture: c.Architecture, Hyperparameters: c.Hyperparameters, Elements: s.Elements}
			n, err := reference.Open(spec, weights(t, c.Architecture))
			if err != nil {
				t.Fatal(err)
			}
			f(t, n, graphs, c.Answers)
		})
	}
}

func outputs(t *testing.T, n reference.Network, g *graph.Graph) map[string]reference.Array {
	t.Helper()
	out, err := n.Forward(g)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGeometricNetworksAnswerAsTorchDoes(t *testing.T) {
	eachGeometric(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, want []map[string][]float64) {
		for i, g := range graphs {
			got := outputs(t, n, g)
			if len(got) != len(want[i]) {
				t.Errorf("graph %d: outputs %d, torch has %d", i, len(got), len(want[i]))
			}
			for name, w := range want[i] {
				size := 1
				for _, d := range got[name].Shape {
					size *= d
				}
				if d := distance(got[name].Data, w); d > float64Tol || size != len(w) {
					t.Errorf("graph %d, %s%v: off by %.2g", i, name, got[name].Shape, d)
				}
			}
		}
	})
}

// The step of central differences; their error is of the order of its square times the third derivative.
const (
	step    = 1e-4
	slopTol = 1e-6
)

func TestTheEdgeGradientIsTheSlopeOfTheEnergy(t *testing.T) {
	eachGeometric(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, _ []map[string][]float64) {
		if _, ok := outputs(t, n, graphs[0])["edge_gradient"]; !ok {
			t.Skip("has no gradient")
		}
		for i, g := range graphs {
			gradient := outputs(t, n, g)["edge_gradient"].Data
			for k := range g.E {
				for a := range 3 {
					at := func(h float64) float64 {
						moved := *g
						moved.Vectors = slices.Clone(g.Vectors)
						moved.Vectors[k][a] += h
						return outputs(t, n, &moved)["energy"].Data[0]
					}
					slope := (at(step) - at(-step)) / (2 * step)
					if d := math.Abs(gradient[3*k+a] - slope); d > slopTol {
						t.Fatalf("graph %d, edge %d, component %d: %g, the slope is %g", i, k, a, gradient[3*k+a], slope)
					}
				}
			}
		}
	})
}

// turnTol bounds what turning does to sums of hundreds of float64 numbers of unit size.
const turnTol = 1e-11

// irrepsOf are the outputs of the small networks that turn; all others stay.
var irrepsOf = map[string]string{"edge_gradient": "1x1o", "features": "3x0e+3x1o+3x2e"}

func TestGeometricNetworksTurnWithTheStructure(t *testing.T) {
	mirror := [3][3]float64{{0.6, 0, 0.8}, {0, -1, 0}, {-0.8, 0, 0.6}}
	quarter := [3][3]float64{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}
	eachGeometric(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, _ []map[string][]float64) {
		for _, r := range [][3][3]float64{mirror, quarter} {
			d, err := geometry.NewWignerD(2, r)
			if err != nil {
				t.Fatal(err)
			}
			for i, g := range graphs {
				turned := *g
				turned.Vectors = slices.Clone(g.Vectors)
				for k, v := range g.Vectors {
					for a := range 3 {
						turned.Vectors[k][a] = r[a][0]*v[0] + r[a][1]*v[1] + r[a][2]*v[2]
					}
				}
				after := outputs(t, n, &turned)
				for name, v := range outputs(t, n, g) {
					want := slices.Clone(v.Data)
					irreps, err := geometry.ParseIrreps(irrepsOf[name])
					if err != nil {
						t.Fatal(err)
					}
					if len(irreps) > 0 {
						d.Apply(want, v.Data, irreps)
					}
					if off := distance(after[name].Data, want); off > turnTol {
						t.Errorf("graph %d, %s: off by %.2g", i, name, off)
					}
				}
			}
		}
	})
}

func TestGeometricNetworksDoNotSeeTheOrderOfEdges(t *testing.T) {
	eachGeometric(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, want []map[string][]float64) {
		r := rand.New(rand.NewPCG(1, 2))
		for i, g := range graphs {
			p := *g
			p.Src, p.Dst, p.Vectors = make([]int32, g.E), make([]int32, g.E), make([][3]float64, g.E)
			for k, to := range r.Perm(g.E) {
				p.Src[to], p.Dst[to], p.Vectors[to] = g.Src[k], g.Dst[k], g.Vectors[k]
			}
			if d := distance(outputs(t, n, &p)["energy"].Data, want[i]["energy"]); d > float64Tol {
				t.Errorf("graph %d: moved edges move the energy by %.2g", i, d)
			}
		}
	})
}

func TestGeometricNetworksRefuseStructuresThatDoNotFit(t *testing.T) {
	eachGeometric(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, _ []map[string][]float64) {
		bad := []graph.Graph{*graphs[2], *graphs[2], *graphs[2], *graphs[2], {}}
		bad[0].Numbers = []uint8{1, 6, 7}
		bad[1].Numbers = bad[1].Numbers[1:]
		bad[2].Vectors = bad[2].Vectors[1:]
		bad[3].Dst = slices.Repeat([]int32{3}, bad[3].E)
		for i := range bad {
			if _, err := n.Forward(&bad[i]); err == nil {
				t.Errorf("structure %d is taken", i)
			}
		}
	})
}

func TestGeometricHyperparametersAreChecked(t *testing.T) {
	hyper := map[string]any{"species": 4.0, "cutoff": 0.0, "neighbours": "many", "hidden": 6.0, "layers": 3.0, "radial": 4.0, "speed": 1.0}
	_, err := reference.Open(reference.Spec{Architecture: "egnn", Hyperparameters: hyper, Elements: []uint8{1, 6, 8}}, weights(t, "egnn"))
	if err == nil {
		t.Fatal("opened")
	}
	for _, want := range []string{"/species: is 4, and there are 3 elements", "/cutoff: is 0, not", `/neighbours: is "many", not`, "/speed: is 1, and unknown"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}
