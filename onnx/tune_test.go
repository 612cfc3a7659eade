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
		{"a run costs as much as two graphs", []time.Duration{60 * µs, 80 * µs, 120 * µs, 200 * µs}, 3, 2},
		{"a run costs a tenth of a graph", []time.Duration{110 * µs, 210 * µs, 410 * µs}, 2, 1},
		{"a run costs somewhat less than a graph", []time.Duration{160 * µs, 260 * µs}, 1, 1},
		{"a run costs as much as a graph and a half", []time.Duration{250 * µs, 350 * µs, 550 * µs}, 2, 2},
		{"more graphs cost nothing", []time.Duration{50 * µs, 50 * µs, 50 * µs}, 2, 4},
		{"a run costs more than all graphs that fit into one", []time.Duration{100 * µs, 101 * µs}, 1, 2},
		{"one graph a run is cheapest", []time.Duration{50 * µs, 200 * µs}, 0, 1},
		{"many cost less a graph than the first", []time.Duration{50 * µs, 110 * µs, 240 * µs}, 2, 1},
	} {
		if got := onnx.BesideOf(c.cost, c.best); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
