package prove

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"time"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// WarmUp is what the largest runs of a model took, in a session of their own.
type WarmUp struct {
	Graphs  int     `json:"graphs"`  // of the run that took most memory
	Atoms   int     `json:"atoms"`   // of all its graphs
	Edges   int     `json:"edges"`   // of all its graphs
	Bytes   int64   `json:"bytes"`   // of memory that the process held in that run beyond before; 0: not known
	Seconds float64 `json:"seconds"` // of that run
}

// warmUpLimit is the time of both runs; a request is given less. Tests make it shorter.
var warmUpLimit = time.Minute

// mostAtOnce is how many graphs a batch of the usual size has, at most.
const mostAtOnce = 64

// warmUp runs the largest molecule that the manifest lets in, alone, and the largest records of golden.json
// side by side, each in a fresh session, so that a model that needs more memory than there is, or more time than
// anybody waits, is refused before it serves.
func warmUp(ctx context.Context, s *subject) (outcome, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, warmUpLimit, fmt.Errorf("no answer within %v; lower chemistry.max_atoms", warmUpLimit))
	defer cancel()
	largest, err := s.largest(ctx)
	if err != nil {
		return outcome{}, err
	}
	records := s.all()
	slices.SortFunc(records, func(a, b *graph.Graph) int { return cmp.Compare(b.N, a.N) })
	atOnce := min(mostAtOnce, len(records))
	if !hasMates(s) {
		atOnce = 1
	}
	for _, graphs := range [][]*graph.Graph{records[:atOnce], {largest}} {
		w, err := measureRun(ctx, s.model, graphs)
		if err != nil {
			return outcome{}, fmt.Errorf("%d molecules, %d atoms, %d edges: %w", w.Graphs, w.Atoms, w.Edges, err)
		}
		if s.warmUp == nil || w.Bytes >= s.warmUp.Bytes {
			s.warmUp = w
		}
	}
	w := s.warmUp
	return outcome{detail: fmt.Sprintf("one of %d atoms, and %d of golden.json at once; the larger: %d atoms, %d edges, %d MiB more, %.2g s",
		largest.N, atOnce, w.Atoms, w.Edges, w.Bytes>>20, w.Seconds)}, nil
}

// measureRun runs graphs as one batch in another session of m, which holds no memory of earlier runs on any device.
func measureRun(ctx context.Context, m *onnx.Model, graphs []*graph.Graph) (w *WarmUp, err error) {
	w = &WarmUp{Graphs: len(graphs)}
	for _, g := range graphs {
		w.Atoms, w.Edges = w.Atoms+g.N, w.Edges+g.E
	}
	fresh, err := m.Again()
	if err != nil {
		return w, err
	}
	defer fresh.Close()
	debug.FreeOSMemory() // what Go and the C heap would otherwise take again unseen
	onnx.ReleaseMemory()
	unseen := forgetPeak()
	before, start := resident(), time.Now()
	_, err = fresh.Run(ctx, graph.Collate(graphs, m.Manifest().Layout, graph.Padding{}))
	w.Seconds = time.Since(start).Seconds()
	if unseen == nil {
		w.Bytes = max(0, peak()-before)
	}
	return w, err
}

// largest is a molecule of as many atoms as the manifest lets in: records of golden.json as one, or for a
// model of structures a crystal as dense as matter is. A structure that has more edges than are allowed is
// taken smaller.
func (s *subject) largest(ctx context.Context) (*graph.Graph, error) {
	if len(s.all()) == 0 {
		return nil, errors.New("there is no molecule to make a large one of")
	}
	n := s.manifest.Chemistry.MaxAtoms
	if !s.geometric {
		return united(s.all(), n), nil
	}
	for {
		built, err := s.rebuild(ctx, s.dense(n))
		if err == nil {
			return built[0], nil
		}
		if n = n / 4 * 3; n < 4 || context.Cause(ctx) != nil {
			return nil, err
		}
	}
}

// density is about that of water and of organic crystals, atoms per Å³.
const density = 0.1

// dense is n atoms of the elements of a record on a shaken cubic lattice, which repeats where the model has
// a cutoff.
func (s *subject) dense(n int) structure {
	like := structureOf(slices.MaxFunc(s.all(), func(a, b *graph.Graph) int { return cmp.Compare(a.N, b.N) }))
	side := int(math.Ceil(math.Cbrt(float64(n))))
	apart := math.Cbrt(float64(n)/density) / float64(side)
	r := seeded()
	x := like
	x.Numbers, x.Positions, x.Velocities, x.Pairs = nil, nil, nil, nil
	x.Cell, x.PBC = nil, [3]bool{}
	for i := range n {
		at := vec{float64(i % side), float64(i / side % side), float64(i / side / side)}
		for a := range 3 {
			at[a] = apart * (at[a] + 0.2*(r.Float64()-0.5))
		}
		x.Positions = append(x.Positions, at)
		x.Numbers = append(x.Numbers, like.Numbers[i%len(like.Numbers)])
		if like.Velocities != nil {
			x.Velocities = append(x.Velocities, like.Velocities[i%len(like.Velocities)])
		}
	}
	if hasCutoff(s) {
		edge := apart * float64(side)
		x.Cell, x.PBC = &[3][3]float64{{edge}, {0, edge}, {0, 0, edge}}, [3]bool{true, true, true}
	}
	return x
}
