package onnx_test

import (
	"testing"
	"time"

	"molserve/onnx"
)

func TestWhatIsWorthARunBesideAnother(t *testing.T) {
	const µs = time.Microsecond
	for _, c := range []struct {
		name string
		cost []time.Duration // of 1, 2, 4, 8, … graphs
		best int
		want int
	}{
		{"a run costs as much as two graphs", []time.Duration{60 * µs, 80 * µs, 120 * µs, 200 * µs, 360 * µs, 680 * µs}, 5, 20},
		{"and sixteen are all that fit into one", []time.Duration{60 * µs, 80 * µs, 120 * µs, 200 * µs, 360 * µs}, 4, 16},
		{"a run costs a tenth of a graph", []time.Duration{110 * µs, 210 * µs, 410 * µs}, 2, 1},
		{"a run costs a quarter of a graph", []time.Duration{125 * µs, 225 * µs, 425 * µs}, 2, 3},
		{"a run costs half a graph", []time.Duration{150 * µs, 250 * µs, 450 * µs, 850 * µs, 1650 * µs}, 4, 5},
		{"one measure too long by a tenth moves it little", []time.Duration{150 * µs, 250 * µs, 450 * µs, 935 * µs, 1650 * µs}, 4, 4},
		{"a size that was too long is left out", []time.Duration{150 * µs, -1, 450 * µs}, 2, 4},
		{"more graphs cost nothing", []time.Duration{50 * µs, 50 * µs, 50 * µs}, 2, 4},
		{"one graph a run is cheapest", []time.Duration{50 * µs, 200 * µs}, 0, 1},
		{"many cost less a graph than the first", []time.Duration{50 * µs, 110 * µs, 240 * µs}, 2, 1},
	} {
		if got := onnx.BesideOf(c.cost, c.best); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
