package prove

import (
	"slices"

	"molserve/onnx"
	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// turning is how a tensor, or a column of it, answers a rotation.
type turning struct {
	irreps geometry.Irreps
	column *int // nil: the irreps are whole rows
}

// turningOf reads an output's symmetry; an invariant has no irreps.
func turningOf(o *onnx.Output) turning {
	switch o.Symmetry {
	case "invariant":
		return turning{}
	case "pseudoscalar":
		return turning{geometry.Irreps{{Mul: 1, Irrep: geometry.Irrep{L: 0, P: -1}}}, o.Column}
	case "vector":
		return turning{vectorIrreps, o.Column}
	}
	irreps, err := o.Irreps()
	if err != nil {
		panic(err) // the manifest was checked
	}
	return turning{irreps, o.Column}
}

var vectorIrreps = geometry.Irreps{{Mul: 1, Irrep: geometry.Irrep{L: 1, P: -1}}}

// turned applies D(R) to the rows of a tensor of g.
func (s *subject) turned(d *geometry.WignerD, name string, v []float64, g *graph.Graph) []float64 {
	out, rows := slices.Clone(v), 1
	switch {
	case s.isPerAtom(name):
		rows = g.N
	case s.per[name] == graph.PerEdge:
		rows = max(1, g.E)
	case s.per[name] == graph.PerPair:
		rows = max(1, len(g.Pairs))
	}
	for _, t := range s.turns[name] {
		switch {
		case t.irreps == nil:
		case t.column == nil:
			d.Apply(out, v, t.irreps)
		default:
			sign := d.Matrix(t.irreps[0].Irrep)[0] // of one number
			for k := *t.column; k < len(out); k += len(out) / rows {
				out[k] *= sign
			}
		}
	}
	return out
}
