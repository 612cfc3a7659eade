package preprocess

import (
	"encoding/json"
	"slices"
	"strings"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// Wants is what a model asks for besides atoms, edges and their features. What it does not ask for is not
// read, except that numbers of the sender which no input takes are refused.
type Wants struct {
	Velocities bool
	Charge     bool
	Spin       bool
	Rings      bool
	Pairs      bool
	Auxiliary  int // A, how many numbers the sender adds; 0: none
}

// Field notes what a field of a batch is made of. How many numbers auxiliary has only its shape tells.
func (w *Wants) Field(name string) {
	switch name {
	case "velocities":
		w.Velocities = true
	case "total_charge":
		w.Charge = true
	case "spin_multiplicity":
		w.Spin = true
	case "ring_distances":
		w.Rings = true
	case "pair_index":
		w.Pairs = true
	}
}

// Molecule gives g what m has: the sum of the formal charges, rings. Its multiplicity is 1: how unpaired
// electrons couple bonds do not tell.
func (w *Wants) Molecule(g *graph.Graph, m *molecule.Molecule) {
	g.Charge = m.Charge()
	if w.Rings {
		g.Rings = make([][]int32, len(m.Rings.Symmetric))
		for r, ring := range m.Rings.Symmetric {
			g.Rings[r] = slices.Clone(ring) // m's memory is used again
		}
	}
}

// Frame gives g what f says of its motion and its electrons. It refuses a frame without the velocities
// that are asked for; without words about electrons the charge is 0 and the multiplicity 1.
func (w *Wants) Frame(g *graph.Graph, f *xyz.Frame) (err error) {
	if w.Velocities {
		if g.Velocities, err = f.Velocities(); err != nil {
			return err
		}
		if g.Velocities == nil {
			refusal := molecule.Refuse(molecule.CodeFormat, -1, "velocities are missing; the model takes them in Å/fs")
			refusal.Line = f.Line
			return refusal
		}
	}
	if w.Charge {
		if g.Charge, err = f.Charge(); err != nil {
			return err
		}
	}
	if w.Spin {
		g.Multiplicity, err = f.Multiplicity()
	}
	return err
}

// record gives g what the sender wrote beside the molecule.
func (w *Wants) record(g *graph.Graph, r *Record) error {
	if err := w.auxiliary(g, r.Auxiliary); err != nil {
		return err
	}
	return w.pairs(g, r.Pairs)
}

// auxiliary reads the list of A numbers.
func (w *Wants) auxiliary(g *graph.Graph, text string) error {
	switch {
	case w.Auxiliary == 0 && text == "":
		return nil
	case w.Auxiliary == 0:
		return molecule.Refuse(molecule.CodeUnsupported, -1, "auxiliary: the model takes no numbers beside the molecule")
	case text == "":
		return molecule.Refuse(molecule.CodeFormat, -1, "auxiliary is missing; the model takes a list of %d numbers", w.Auxiliary)
	}
	if !isList(text) || json.Unmarshal([]byte(text), &g.Auxiliary) != nil {
		return molecule.Refuse(molecule.CodeFormat, -1, "auxiliary: a list of numbers within float32 is needed")
	}
	if n := len(g.Auxiliary); n != w.Auxiliary {
		return molecule.Refuse(molecule.CodeFormat, -1, "auxiliary: %d numbers; the model takes %d", n, w.Auxiliary)
	}
	return nil
}

// pairs reads the list of [i, j], atoms of g counted from 0.
func (w *Wants) pairs(g *graph.Graph, text string) error {
	switch {
	case !w.Pairs && text == "":
		return nil
	case !w.Pairs:
		return molecule.Refuse(molecule.CodeUnsupported, -1, "pairs: the model is not asked about pairs")
	case text == "":
		return molecule.Refuse(molecule.CodeFormat, -1, "pairs are missing; the model takes a list of [i, j], atoms counted from 0")
	}
	var rows [][]int
	if !isList(text) || json.Unmarshal([]byte(text), &rows) != nil {
		return molecule.Refuse(molecule.CodeFormat, -1, "pairs: a list of [i, j] is needed")
	}
	if len(rows) > geometry.DefaultMaxEdges {
		return molecule.Refuse(molecule.CodeTooLarge, -1, "%d pairs; at most %d are allowed", len(rows), geometry.DefaultMaxEdges)
	}
	g.Pairs = make([][2]int32, len(rows))
	for k, row := range rows {
		if len(row) != 2 {
			return molecule.Refuse(molecule.CodeFormat, -1, "pairs/%d: %d numbers; [i, j] is needed", k, len(row))
		}
		if min(row[0], row[1]) < 0 || max(row[0], row[1]) >= g.N {
			return molecule.Refuse(molecule.CodeFormat, -1, "pairs/%d: %v for %d atoms", k, row, g.N)
		}
		g.Pairs[k] = [2]int32{int32(row[0]), int32(row[1])}
	}
	return nil
}

// isList tells JSON that is no list, and null, which the JSON package takes for anything.
func isList(text string) bool {
	return strings.HasPrefix(strings.TrimSpace(text), "[") && !strings.Contains(text, "null")
}
