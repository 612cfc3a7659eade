package prove

import (
	"context"
	"math"
	"slices"

	"molserve/preprocess/graph"
)

// spareSlots are how many more node slots than needed the padded layout is given.
var spareSlots = []int{1, 7, 50}

// How many graphs the checks of room and company take; structures at the gate are slower.
const (
	sampled       = 128
	sampledAtGate = 32
)

func (s *subject) sample() int {
	if s.geometric && s.level < Full {
		return sampledAtGate
	}
	return sampled
}

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
		s.close(got, want, "molecule", &f)
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
		s.same(got, want, "molecule", &f)
		return nil
	})
	return f.say("%d molecules, %s holding NaN against zeros, to the bit", n, s.roomName()), err
}

// roomy calls f with batches of molecules and a number of slots for each, and returns how many molecules.
func (s *subject) roomy(ctx context.Context, f func(batch []*graph.Graph, slots int) error) (int, error) {
	graphs := s.all()
	graphs = graphs[:min(s.sample(), len(graphs))]
	i, each := 0, min(batchSize, (len(graphs)+len(spareSlots)-1)/len(spareSlots)) // all of spareSlots have a turn
	for batch := range slices.Chunk(graphs, each) {
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

// inRoom runs a batch in more room that holds fill, and returns the answers for the batch alone. Rooms of
// structures are finite whatever fill is, so those have a ghost besides whose places are fill.
func (s *subject) inRoom(ctx context.Context, batch []*graph.Graph, slots int, fill float32) ([]answer, error) {
	if s.geometric {
		batch = append(slices.Clone(batch), ghost(batch[0].Numbers[0], float64(fill)))
	}
	room := graph.Padding{Slots: slots, Fill: fill}
	if s.manifest.Layout == graph.Packed {
		room = graph.Padding{Atoms: slots, Edges: slots, Fill: fill}
		for _, g := range batch {
			room.Atoms, room.Edges = room.Atoms+g.N, room.Edges+g.E
		}
	}
	said, err := s.run(ctx, batch, room)
	if err == nil && s.geometric {
		said = said[:len(batch)-1]
	}
	return said, err
}

// ghost is two atoms out of each other's reach with edges between them, x Å further still.
func ghost(z uint8, x float64) *graph.Graph {
	x += outOfReach
	return &graph.Graph{N: 2, E: 2, Numbers: []uint8{z, z}, Positions: []vec{{}, {x}},
		Src: []int32{1, 0}, Dst: []int32{0, 1}, Reverse: []int32{1, 0},
		Vectors: []vec{{x}, {-x}}, Lengths: []float64{x, x}, Shifts: make([][3]int32, 2)}
}
