package prove

import (
	"context"
	"math"
	"slices"

	"molserve/preprocess/graph"
)

// spareSlots are how many more node slots than needed the padded layout is given.
var spareSlots = []int{1, 7, 50}

// sample is how many molecules the padding checks take.
const sample = 128

// padding compares a batch with the same batch in more room: more slots a graph when padded, a ghost
// graph behind the others when packed.
func padding(ctx context.Context, s *subject) (outcome, error) {
	var f finding
	n, err := s.roomy(ctx, func(batch []*graph.Graph, slots int) error {
		want, err := s.run(ctx, batch, graph.Padding{})
		if err != nil {
			return err
		}
		got, err := s.inRoom(ctx, batch, slots, 0)
		if err != nil {
			return err
		}
		f.compare(got, want, f.closeTo, "molecule")
		return nil
	})
	return f.say("%d molecules, %s", n, s.roomName()), err
}

// paddingOfNaN fills the room with NaN instead of zeros and counts other bits: padding is cut away,
// never multiplied away.
func paddingOfNaN(ctx context.Context, s *subject) (outcome, error) {
	var f finding
	n, err := s.roomy(ctx, func(batch []*graph.Graph, slots int) error {
		want, err := s.inRoom(ctx, batch, slots, 0)
		if err != nil {
			return err
		}
		got, err := s.inRoom(ctx, batch, slots, float32(math.NaN()))
		if err != nil {
			return err
		}
		f.compare(got, want, f.same, "molecule")
		return nil
	})
	return f.say("%d molecules, %s holding NaN against zeros, to the bit", n, s.roomName()), err
}

// roomy calls f with batches of molecules and a number of slots for each, and returns how many molecules.
func (s *subject) roomy(ctx context.Context, f func(batch []*graph.Graph, slots int) error) (int, error) {
	graphs := s.all()
	graphs = graphs[:min(sample, len(graphs))]
	i := 0
	for batch := range slices.Chunk(graphs, batchSize) {
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		most := slices.MaxFunc(batch, func(a, b *graph.Graph) int { return a.N - b.N }).N
		if err := f(batch, most+spareSlots[i%len(spareSlots)]); err != nil {
			return 0, err
		}
		i++
	}
	return len(graphs), nil
}

func (s *subject) roomName() string {
	if s.manifest.Layout == graph.Padded {
		return "more slots"
	}
	return "a ghost graph behind them"
}

// inRoom runs a batch in more room that holds fill, and returns the answers for the batch alone.
func (s *subject) inRoom(ctx context.Context, batch []*graph.Graph, slots int, fill float32) ([]answer, error) {
	if s.manifest.Layout == graph.Padded {
		return s.run(ctx, batch, graph.Padding{Slots: slots, Fill: fill})
	}
	said, err := s.run(ctx, append(slices.Clone(batch), s.ghost(batch[0], fill)), graph.Padding{})
	if err != nil {
		return nil, err
	}
	return said[:len(batch)], nil
}

// ghost is two atoms with a bond whose features are all fill. Features that enter as integers, which a
// table is looked up by, are zeros.
func (s *subject) ghost(like *graph.Graph, fill float32) *graph.Graph {
	g := &graph.Graph{N: 2, E: 2, NodeWidth: like.NodeWidth, EdgeWidth: like.EdgeWidth,
		NodeFeatures: make([]float32, 2*like.NodeWidth), EdgeFeatures: make([]float32, 2*like.EdgeWidth),
		Src: []int32{0, 1}, Dst: []int32{1, 0}, Reverse: []int32{1, 0}, Numbers: []uint8{6, 6}}
	for _, in := range s.manifest.Inputs {
		switch {
		case in.DType != graph.Float32:
		case in.Field == "node_features":
			setAll(g.NodeFeatures, fill)
		case in.Field == "edge_features":
			setAll(g.EdgeFeatures, fill)
		}
	}
	return g
}

func setAll(s []float32, v float32) {
	for i := range s {
		s[i] = v
	}
}
