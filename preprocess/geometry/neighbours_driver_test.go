package geometry_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"molserve/preprocess/geometry"
)

// job is a line of the driver's input, as tests/parity/neighbours.py writes it.
type job struct {
	Positions [][3]float64   `json:"positions"` // [N,3] Å
	Cell      *geometry.Cell `json:"cell"`      // Å, null: none
	PBC       [3]bool        `json:"pbc"`
	Cutoff    float64        `json:"cutoff"` // Å
	Algorithm int            `json:"algorithm"`
	K         int            `json:"k"`     // above 0: nearest neighbours instead
	Times     int            `json:"times"` // above 0: build so often and answer the least time, ns
}

func (j *job) build(n *geometry.Neighbours) error {
	s := geometry.Structure{Positions: j.Positions, Cell: j.Cell, PBC: j.PBC}
	if j.K > 0 {
		return n.KNearest(s, j.K, 1<<30)
	}
	return n.Build(s, geometry.Options{Cutoff: j.Cutoff, MaxEdges: 1 << 30, Algorithm: geometry.Algorithm(j.Algorithm)})
}

func (j *job) fastest(n *geometry.Neighbours) (time.Duration, error) {
	least := time.Duration(1 << 62)
	for range j.Times {
		start := time.Now()
		if err := j.build(n); err != nil {
			return 0, err
		}
		least = min(least, time.Since(start))
	}
	return least, nil
}

// TestNeighboursDriver answers the jobs on standard input, one a line, on standard output, for
// tests/parity/neighbours.py, which sets NEIGHBOURS_DRIVER. An empty line repeats the last job.
func TestNeighboursDriver(t *testing.T) {
	if os.Getenv("NEIGHBOURS_DRIVER") == "" {
		t.Skip("set NEIGHBOURS_DRIVER to answer jobs on standard input")
	}
	var n geometry.Neighbours
	var j job
	out := json.NewEncoder(os.Stdout)
	for in := bufio.NewReader(os.Stdin); ; {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return
		}
		if len(line) > 1 {
			j = job{}
			if err := json.Unmarshal(line, &j); err != nil {
				t.Fatal(err)
			}
		}
		if err := answer(out, &j, &n); err != nil {
			fmt.Printf("{\"error\":%q}\n", err)
		}
	}
}

func answer(out *json.Encoder, j *job, n *geometry.Neighbours) error {
	if j.Times > 0 {
		least, err := j.fastest(n)
		if err != nil {
			return err
		}
		return out.Encode(map[string]int64{"ns": least.Nanoseconds(), "edges": int64(n.Len())})
	}
	if err := j.build(n); err != nil {
		return err
	}
	return out.Encode(n.Record(j.Cutoff))
}
