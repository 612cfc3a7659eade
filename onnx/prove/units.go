package prove

import (
	"context"
	"fmt"
	"math"

	"molserve/onnx"
)

// The contract's bounds in units (contract.md §3), beside the relative one.
const (
	energyBound = 1e-6 // eV an atom
	forceBound  = 1e-4 // eV/Å
)

func byEnergy(*subject) float64 { return energyBound }
func byForce(*subject) float64  { return forceBound }

// energies are the outputs per graph, in eV, that grow with the atoms.
func (s *subject) energies() []*onnx.Output {
	var some []*onnx.Output
	for i := range s.manifest.Outputs {
		if o := &s.manifest.Outputs[i]; o.Extensive && o.Unit == "eV" && o.Per == "graph" {
			some = append(some, o)
		}
	}
	return some
}

// energyError compares energies with the reference, in eV an atom.
func energyError(ctx context.Context, s *subject) (outcome, error) {
	return s.inUnits(ctx, "energies in eV an atom", func(f *finding, i int, got, want answer, atoms int) {
		for _, o := range s.energies() {
			off := math.Abs(s.columnOf(o, got)-s.columnOf(o, want)) * math.Abs(scaleOf(o)) / float64(atoms)
			f.see(off, func() string { return fmt.Sprintf("%s, %s: %g eV an atom", place("structure", i), o.Name, off) })
		}
	})
}

// forceError compares the sums of the edge force with those of the reference, in the unit of forces.
func forceError(ctx context.Context, s *subject) (outcome, error) {
	return s.inUnits(ctx, "forces in eV/Å", func(f *finding, i int, got, want answer, _ int) {
		for k, w := range want[forces] {
			off := math.Abs(got[forces][k]-w) * math.Abs(scaleOf(&s.energy))
			f.see(off, func() string { return fmt.Sprintf("%s, F[%d,%d]: off by %g", place("structure", i), k/3, k%3, off) })
		}
	})
}

// inUnits runs see over what the reference check has computed.
func (s *subject) inUnits(ctx context.Context, what string, see func(f *finding, i int, got, want answer, atoms int)) (outcome, error) {
	graphs := s.referred()
	got, want, err := s.gotAndWant(ctx, graphs)
	if err != nil {
		return outcome{}, err
	}
	var f finding
	for i, g := range graphs {
		see(&f, i, got[i], want[i], g.N)
	}
	return f.say("%d structures, %s", len(graphs), what), nil
}

func shiftOf(o *onnx.Output) float64 {
	if o.Transform == nil {
		return 0
	}
	return o.Transform.Shift
}

// place names one of many.
func place(what string, i int) string { return fmt.Sprintf("%s %d", what, i) }
