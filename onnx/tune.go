package onnx

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"molserve/preprocess/graph"
)

// tried are the sizes that Tune runs, in graphs of middling size.
var tried = []int{1, 2, 4, 8, 16, 32, 64}

// smaller is how many times as many small graphs as middling ones a run may have.
const smaller = 4

const (
	longestRun  = 50 * time.Millisecond  // of processor, of the sizes that are kept: others, and cancels, wait for it
	tuningTime  = 300 * time.Millisecond // for all sizes together, a round of them at least
	indifferent = 1.06                   // times the least cost is as good
)

// worthwhile is how much of a run its graphs are to be, for each part that it costs without any.
const worthwhile = 10

// coldBytes are walked through before a run is timed: in a server, what a run reads of the weights has made way for
// whatever else the core did. As much as the second-level cache of today's cores, twice.
const coldBytes = 4 << 20

// Tune finds the size of a run that costs least a graph, on this machine, and makes it the limits of Batch; and how
// many graphs are worth a run Beside another, however many others are there.
// Graphs are examples of what the model will be asked; fewer than two change nothing, nor does a manifest whose graphs
// run alone. One that sets the limits keeps them, and no run is larger. It must not be called
// while others predict. The error is ctx's cause or that of the network.
func (m *Model) Tune(ctx context.Context, graphs []*graph.Graph) error {
	graphs = middling(graphs)
	if len(graphs) < 2 || m.manifest.Alone() {
		return nil
	}
	cost := make([]time.Duration, len(tried)) // of one run, the least of all rounds
	cold := make([]byte, coldBytes)
	begun := time.Now()
	for round := 0; round < 2 || round < 12 && time.Since(begun) < tuningTime; round++ {
		for k, n := range tried {
			if cost[k] < 0 || m.manifest.Batch != nil && n > 1 && !m.Fits(m.loadOf(repeated(graphs, n))) {
				continue
			}
			took, err := m.timed(ctx, graphs, n, cold)
			if err != nil {
				return err
			}
			if took > longestRun && n > 1 {
				cost[k] = -1 // too long, whatever it costs
			} else if cost[k] == 0 || took < cost[k] {
				cost[k] = took
			}
		}
	}
	best := cheapest(cost)
	m.beside = beside(cost, best)
	if m.manifest.Batch == nil {
		m.batch = m.limitsOf(graphs, tried[best])
	}
	ReleaseMemory() // none will be as large as the largest that was tried
	return nil
}

// MostGraphs is how many graphs a run of the model may have, at most, whatever Tune will find.
func (m *Model) MostGraphs() int {
	if m.manifest.Batch != nil || m.manifest.Alone() {
		return m.batch.Graphs
	}
	return smaller * tried[len(tried)-1]
}

// timed runs n graphs once, with a cold cache, and returns the processor time that it took. The clock on the wall
// would count what else the machine does, such as answering requests while a new version is loaded beside the old; it
// is all there is of a run on another device.
func (m *Model) timed(ctx context.Context, graphs []*graph.Graph, n int, cold []byte) (time.Duration, error) {
	graphs = repeated(graphs, n)
	b := graph.Collate(graphs, m.manifest.Layout, m.padding(graphs))
	clock := wallTime
	if m.onCPU() {
		clock = threadTime
	}
	runtime.LockOSThread() // a run stays on its caller's thread: there is one thread inside an operator
	defer runtime.UnlockOSThread()
	walk(cold)
	begun := clock()
	_, err := m.Run(ctx, b)
	return clock() - begun, err
}

// threadTime is the processor time of this thread.
func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return wallTime()
	}
	return time.Duration(t.Nano())
}

var processBegun = time.Now()

func wallTime() time.Duration { return time.Since(processBegun) }

func repeated(graphs []*graph.Graph, n int) []*graph.Graph {
	out := make([]*graph.Graph, n)
	for i := range out {
		out[i] = graphs[i%len(graphs)]
	}
	return out
}

// middling is the middle half of graphs by their atoms, so that neither a lone atom nor a giant decides.
func middling(graphs []*graph.Graph) []*graph.Graph {
	sorted := slices.Clone(graphs)
	slices.SortStableFunc(sorted, func(a, b *graph.Graph) int { return cmp.Compare(a.N, b.N) })
	return sorted[len(sorted)/4 : len(sorted)-len(sorted)/4]
}

// cheapest is the place in cost of the largest number of graphs that costs each next to the least: fewer runs for the
// same graphs spare what stands around them, which is not in cost.
func cheapest(cost []time.Duration) int {
	each := func(k int) float64 { return float64(cost[k]) / float64(tried[k]) }
	least := each(0)
	for k := range cost {
		if cost[k] > 0 {
			least = min(least, each(k))
		}
	}
	best := 0
	for k := range cost {
		if cost[k] > 0 && each(k) <= least*indifferent {
			best = k
		}
	}
	return best
}

// beside is how many graphs make a run worthwhile, by the straight line through the costs of all sizes up to
// tried[best] that misses them least in proportion: no single measure decides.
func beside(cost []time.Duration, best int) int {
	if best == 0 {
		return 1
	}
	var w, n, t, nn, nt float64 // sums, of weights, graphs and times
	for k := range best + 1 {
		x, y := float64(tried[k]), float64(cost[k])
		if y <= 0 {
			continue
		}
		one := 1 / (y * y)
		w, n, t, nn, nt = w+one, n+one*x, t+one*y, nn+one*x*x, nt+one*x*y
	}
	each := (w*nt - n*t) / (w*nn - n*n)
	alone := (t - each*n) / w
	if each <= 0 {
		return tried[best]
	}
	return min(max(1, int(math.Round(worthwhile*alone/each))), tried[best])
}

// walk touches each line of b.
func walk(b []byte) {
	for i := 0; i < len(b); i += 64 {
		b[i]++
	}
}

// loadOf is that of a run of graphs.
func (m *Model) loadOf(graphs []*graph.Graph) (sum Load) {
	for _, g := range graphs {
		sum = sum.Plus(m.LoadOf(g))
	}
	return sum
}

// limitsOf are the atoms and edges of n graphs. Small graphs may be more: it is the rows that cost.
func (m *Model) limitsOf(graphs []*graph.Graph, n int) BatchLimits {
	sum := m.loadOf(graphs)
	scale := func(total int) int { return max(1, (total*n+len(graphs)-1)/len(graphs)) }
	atoms := scale(sum.Atoms)
	if m.manifest.Layout == graph.Padded {
		atoms = sum.Largest * n
	}
	return BatchLimits{Graphs: smaller * n, Atoms: atoms, Edges: scale(sum.Edges), Bytes: DefaultBatch().Bytes}
}
