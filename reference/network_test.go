package reference_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/graph"
	"molserve/reference"
)

// Two float64 programs that sum in different orders differ in the last digits only.
const float64Tol = 1e-13

// small is testdata/small.json, written by testdata/small.py from chemprop's and PyG's layers.
type small struct {
	Graphs []struct {
		N            int         `json:"n"`
		Edges        [][2]int32  `json:"edges"`
		NodeFeatures [][]float32 `json:"node_features"`
		EdgeFeatures [][]float32 `json:"edge_features"`
	} `json:"graphs"`
	Cases []struct {
		Name            string         `json:"name"`
		Architecture    string         `json:"architecture"`
		Hyperparameters map[string]any `json:"hyperparameters"`
		Y               [][]float64    `json:"y"` // [graph][task]
	} `json:"cases"`
}

func readSmall(t *testing.T) (small, []*graph.Graph) {
	t.Helper()
	s := readJSON[small](t, "small.json")
	var graphs []*graph.Graph
	for _, in := range s.Graphs {
		g := &graph.Graph{N: in.N, E: len(in.Edges), NodeWidth: 4, EdgeWidth: 3, Numbers: make([]uint8, in.N),
			NodeFeatures: slices.Concat(in.NodeFeatures...), EdgeFeatures: slices.Concat(in.EdgeFeatures...)}
		for k, e := range in.Edges {
			g.Src, g.Dst, g.Reverse = append(g.Src, e[0]), append(g.Dst, e[1]), append(g.Reverse, int32(k^1))
		}
		graphs = append(graphs, g)
	}
	return s, graphs
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func readJSON[T any](t testing.TB, name string) (v T) {
	t.Helper()
	if err := json.Unmarshal(readFile(t, name), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func weights(t testing.TB, name string) []byte {
	t.Helper()
	return readFile(t, name+".safetensors")
}

func forward(t *testing.T, n reference.Network, g *graph.Graph) []float64 {
	t.Helper()
	out, err := n.Forward(g)
	if err != nil {
		t.Fatal(err)
	}
	return out["y"].Data
}

func distance(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	d := 0.0
	for i := range a {
		d = max(d, math.Abs(a[i]-b[i])/max(1, math.Abs(b[i])))
	}
	return d
}

// each runs f for every small network.
func each(t *testing.T, f func(t *testing.T, n reference.Network, graphs []*graph.Graph, y [][]float64)) {
	s, graphs := readSmall(t)
	for _, c := range s.Cases {
		t.Run(c.Name, func(t *testing.T) {
			n, err := reference.Open(reference.Spec{Architecture: c.Architecture, Hyperparameters: c.Hyperparameters}, weights(t, c.Name))
			if err != nil {
				t.Fatal(err)
			}
			f(t, n, graphs, c.Y)
		})
	}
}

func TestForwardAnswersAsTheLibrariesDo(t *testing.T) {
	each(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, y [][]float64) {
		for i, g := range graphs {
			if d := distance(forward(t, n, g), y[i]); d > float64Tol {
				t.Errorf("graph %d: %v, the library says %v: off by %.2g", i, forward(t, n, g), y[i], d)
			}
		}
	})
}

func TestForwardIsInvariantUnderPermutation(t *testing.T) {
	each(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, _ [][]float64) {
		r := rand.New(rand.NewPCG(1, 2))
		for i, g := range graphs {
			p := g.Permute(r.Perm(g.N), r.Perm(g.E))
			if d := distance(forward(t, n, p), forward(t, n, g)); d > float64Tol {
				t.Errorf("graph %d: moved rows move the answer by %.2g", i, d)
			}
		}
	})
}

// A mean does not see how many copies of a graph there are; a sum does.
func TestTwoCopiesOfAGraphReadOutAsTheAggregationSays(t *testing.T) {
	each(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, _ [][]float64) {
		for i, g := range graphs {
			d := distance(forward(t, n, union(g, g)), forward(t, n, g))
			mean := !strings.HasSuffix(t.Name(), "norm") && !strings.HasSuffix(t.Name(), "sum")
			if mean && d > float64Tol {
				t.Errorf("graph %d: the mean over two copies differs by %.2g", i, d)
			}
			if !mean && d < 1e-6 {
				t.Errorf("graph %d: the sum over two copies is that over one", i)
			}
		}
	})
}

// An isolated node changes a sum by its own state only, which no other node's features enter.
func TestIsolatedNodesHearNobody(t *testing.T) {
	s, graphs := readSmall(t)
	c := s.Cases[2] // dmpnn_sum, whose head is linear
	n, err := reference.Open(reference.Spec{Architecture: c.Architecture, Hyperparameters: c.Hyperparameters}, weights(t, c.Name))
	if err != nil {
		t.Fatal(err)
	}
	lone := graphs[0]
	change := func(g *graph.Graph) float64 { return forward(t, n, union(g, lone))[0] - forward(t, n, g)[0] }
	for i, g := range graphs {
		if d := math.Abs(change(g) - change(lone)); d > float64Tol {
			t.Errorf("beside graph %d the lone node adds something else, by %.2g", i, d)
		}
	}
}

func union(a, b *graph.Graph) *graph.Graph {
	u := &graph.Graph{N: a.N + b.N, E: a.E + b.E, NodeWidth: a.NodeWidth, EdgeWidth: a.EdgeWidth, Numbers: make([]uint8, a.N+b.N),
		NodeFeatures: slices.Concat(a.NodeFeatures, b.NodeFeatures), EdgeFeatures: slices.Concat(a.EdgeFeatures, b.EdgeFeatures),
		Src: slices.Clone(a.Src), Dst: slices.Clone(a.Dst), Reverse: slices.Clone(a.Reverse)}
	for k := range b.E {
		u.Src, u.Dst = append(u.Src, b.Src[k]+int32(a.N)), append(u.Dst, b.Dst[k]+int32(a.N))
		u.Reverse = append(u.Reverse, b.Reverse[k]+int32(a.E))
	}
	return u
}

func TestOpenListsEveryFaultAtOnce(t *testing.T) {
	hyper := map[string]any{"hidden": 5.0, "depth": 2.5, "ffn_hidden": 7.0, "drop/out": 0.1}
	_, err := reference.Open(reference.Spec{Architecture: "dmpnn", Hyperparameters: hyper}, weights(t, "dmpnn_norm"))
	if err == nil {
		t.Fatal("opened")
	}
	for _, want := range []string{
		"/architecture/hyperparameters/depth: is 2.5, not a whole number in 1…256", "/architecture/hyperparameters/aggregation: is missing, none of [mean norm sum]",
		"/architecture/hyperparameters/drop~1out: is 0.1, and unknown",
		"predictor.ffn.0.0.weight is [6 5], not [7 5]", "predictor.ffn.2.2.weight is unexpected",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if _, err := reference.Open(reference.Spec{Architecture: "gcn"}, weights(t, "dmpnn_sum")); err == nil || !strings.Contains(err.Error(), "convs.3.bias is missing") {
		t.Errorf("missing tensors: %v", err)
	}
	if _, err := reference.Open(reference.Spec{Architecture: "schnet"}, nil); err == nil || !strings.Contains(err.Error(), `/architecture/name: there is no reference for "schnet"; there are [dmpnn egnn gcn nequip_like]`) {
		t.Errorf("unknown architecture: %v", err)
	}
}

func TestForwardRefusesGraphsThatDoNotFit(t *testing.T) {
	each(t, func(t *testing.T, n reference.Network, graphs []*graph.Graph, _ [][]float64) {
		bad := []graph.Graph{*graphs[1], *graphs[1], *graphs[1], {NodeWidth: 4, EdgeWidth: 3}}
		bad[0].NodeWidth = 3
		bad[1].Src = bad[1].Src[1:]
		bad[2].Dst = []int32{1, 0, 2, 3}
		for i := range bad {
			if _, err := n.Forward(&bad[i]); err == nil {
				t.Errorf("graph %d is taken", i)
			}
		}
	})
}
