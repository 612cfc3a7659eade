package prove

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// subjectOf reads a shipped model with its golden cases alone.
func subjectOf(t *testing.T, name string) *subject {
	t.Helper()
	m, err := onnx.Open(filepath.Join("..", "..", "exported_models", name, "1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	s, err := newSubject(t.Context(), m, Gate)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheLargestMoleculeHasAsManyAtomsAsAreLetIn(t *testing.T) {
	for _, name := range []string{"esol-dmpnn", "esol-gcn", "ethanol-egnn"} {
		s := subjectOf(t, name)
		g, err := s.largest(t.Context())
		if err != nil || g.N != s.manifest.Chemistry.MaxAtoms {
			t.Fatalf("%s: %v, %+v", name, err, g)
		}
		if edges := float64(g.E) / float64(g.N); s.geometric && (edges < 40 || edges > 65) { // 4/3 π 5³ Å³ hold 52
			t.Errorf("%s: %g edges an atom", name, edges)
		}
		said, err := s.run(t.Context(), []*graph.Graph{g}, graph.Padding{})
		if err != nil || len(said) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a united graph says is known where a model adds up: atom by atom it is its parts side by side.
func TestAUnitedGraphIsItsPartsSideBySide(t *testing.T) {
	s := subjectOf(t, "esol-dmpnn")
	like := slices.MaxFunc(s.all(), func(a, b *graph.Graph) int { return a.N - b.N })
	u := united(s.all(), 2*like.N+3)
	if u.N != 2*like.N+3 || u.E != 2*like.E || len(u.NodeFeatures) != u.N*u.NodeWidth || len(u.EdgeFeatures) != u.E*u.EdgeWidth || len(u.Numbers) != u.N {
		t.Fatalf("%d nodes, %d edges, %d and %d numbers", u.N, u.E, len(u.NodeFeatures), len(u.EdgeFeatures))
	}
	for k := range u.E {
		if from := k % like.E; int(u.Src[k]) != int(like.Src[from])+k/like.E*like.N || int(u.Reverse[k]) != int(like.Reverse[from])+k/like.E*like.E {
			t.Fatalf("edge %d starts at %d, its reverse is %d", k, u.Src[k], u.Reverse[k])
		}
	}
	two := united(s.all(), 2*like.N)
	pair := graph.Collate([]*graph.Graph{like, like}, graph.Packed, graph.Padding{})
	one := graph.Collate([]*graph.Graph{two}, graph.Packed, graph.Padding{})
	for i := range s.manifest.Inputs {
		f := s.manifest.Field(i)
		if f.Name == "graph_index" || f.Name == "graph_ones" {
			continue
		}
		var got, want graph.Tensor
		if err := errors.Join(pair.FillField(f, &want), one.FillField(f, &got)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, differs from two side by side", f.Name, err)
		}
	}
	if small := united(s.all(), 1); small.N != like.N {
		t.Errorf("%d nodes, the largest has %d", small.N, like.N)
	}
}

func TestWhatTheLargestRunTookIsInTheCertificate(t *testing.T) {
	s := subjectOf(t, "ethanol-egnn")
	o, err := warmUp(t.Context(), s)
	if err != nil || o.measured != 0 {
		t.Fatalf("%v, %+v", err, o)
	}
	w := s.warmUp
	if w.Graphs != 1 || w.Atoms != 500 || w.Edges < 20_000 || w.Seconds <= 0 || runtime.GOOS == "linux" && w.Bytes < 50<<20 {
		t.Errorf("%+v", w)
	}
	if !strings.Contains(o.detail, "500 atoms") || !strings.Contains(o.detail, "MiB more") {
		t.Error(o.detail)
	}
}

func TestANetworkThatIsTooSlowAtTheLargestShapeIsRefused(t *testing.T) {
	s := subjectOf(t, "ethanol-egnn")
	old := warmUpLimit
	warmUpLimit = time.Millisecond
	defer func() { warmUpLimit = old }()
	row, _ := proof{"warm-up", Gate, always, none, warmUp}.run(t.Context(), s)
	if row.OK || !strings.Contains(row.Worst, "no answer within 1ms; lower chemistry.max_atoms") {
		t.Errorf("%+v", row)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := warmUp(ended, s); err == nil {
		t.Error("it went on when its context had ended")
	}
}
