package onnx

import "molserve/preprocess/graph"

// BatchLimits bound what goes into one run. A single graph above them runs alone.
type BatchLimits struct {
	Graphs int   `json:"graphs"`
	Atoms  int   `json:"atoms"` // node rows; slots of all graphs when padded
	Edges  int   `json:"edges"` // of all graphs, when packed
	Bytes  int64 `json:"bytes"` // of the network's inputs
}

// DefaultBatch are the limits of a model that was not measured. A run's rows should stay in the core's
// cache: esol-dmpnn (H = 300) takes 306 µs of processor for a drug molecule alone, 237 for each of 4, 307 of
// 8, 378 of 32 and 521 of 128; esol-gcn 94, 47, 75, 78 and 81 (BenchmarkBatch, 2 shared cores of an EPYC, best
// of 6). Work by the edge is less sensitive: ethanol-egnn with its gradient (9 atoms, 72 edges) takes 1,820 µs,
// 1,110, 810, 730 and 710 (best of 2). The limit of edges keeps a run of it within some 25 ms, so that others
// and cancels come soon.
func DefaultBatch() BatchLimits {
	return BatchLimits{Graphs: 16, Atoms: 128, Edges: 2048, Bytes: 64 << 20}
}

// Load is what a run holds.
type Load struct {
	Graphs, Atoms, Edges int
	Largest              int   // atoms of the largest graph
	Bytes                int64 // of the network's inputs, packed
	Heaviest             int64 // bytes of the heaviest graph: what each takes when padded, at most
}

// Plus is the load of both side by side.
func (l Load) Plus(o Load) Load {
	return Load{l.Graphs + o.Graphs, l.Atoms + o.Atoms, l.Edges + o.Edges, max(l.Largest, o.Largest), l.Bytes + o.Bytes, max(l.Heaviest, o.Heaviest)}
}

// Hold tells whether a run of this load is within the limits.
func (b BatchLimits) Hold(l Load, layout graph.Layout) bool {
	atoms, edges, bytes := l.Atoms, l.Edges, l.Bytes
	if layout == graph.Padded {
		atoms, edges, bytes = l.Graphs*l.Largest, 0, int64(l.Graphs)*l.Heaviest
	}
	return l.Graphs <= b.Graphs && atoms <= b.Atoms && edges <= b.Edges && bytes <= b.Bytes
}

// LoadOf is the load of one graph.
func (m *Model) LoadOf(g *graph.Graph) Load {
	l := Load{Graphs: 1, Atoms: g.N, Edges: g.E, Largest: g.N}
	for i := range m.manifest.Inputs {
		l.Bytes += m.manifest.Inputs[i].bytes(g)
	}
	l.Heaviest = l.Bytes
	return l
}

// bytes is how much of an input's tensor one graph takes when it is alone.
func (i *Input) bytes(g *graph.Graph) int64 {
	n := int64(i.DType.Size())
	for _, d := range i.Shape {
		switch d.Symbol {
		case "":
			n *= d.Size
		case "N", "n":
			n *= int64(g.N)
		case "E", "L":
			n *= int64(g.E)
		case "M":
			n *= int64(g.E / 2)
		case "P":
			n *= int64(len(g.Pairs))
		}
	}
	return n
}

// Beside is how many graphs are worth a run beside one that is under way: with fewer, what a run costs whatever is in it
// is over half of it, and they had better wait for the next. 1 where that was not measured, or is little.
func (m *Model) Beside() int { return max(m.beside, 1) }

// Batch are the limits that runs of this model keep to.
func (m *Model) Batch() BatchLimits { return m.batch }

// Fits tells whether a run of several graphs may have this load.
func (m *Model) Fits(l Load) bool { return m.batch.Hold(l, m.manifest.Layout) }
