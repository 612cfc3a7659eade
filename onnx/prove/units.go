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

// eV is what units of energy are in eV (CODATA 2022).
var eV = map[string]float64{"eV": 1, "meV": 1e-3, "kcal/mol": 0.043364104, "kJ/mol": 0.010364270,
	"Hartree": 27.211386, "hartree": 27.211386, "Ha": 27.211386, "Eh": 27.211386}

// energies are the outputs per graph, in a unit of energy, that grow with the atoms or that forces are the gradient of.
func (s *subject) energies() []*onnx.Output {
	var some []*onnx.Output
	for i := range s.manifest.Outputs {
		o := &s.manifest.Outputs[i]
		if (o.Extensive || hasForces(s) && o.Name == s.energy.Name) && eV[o.Unit] > 0 && o.Per == "graph" {
			some = append(some, o)
		}
	}
	return some
}

// energyError compares energies with the reference, in eV an atom.
func energyError(ctx context.Context, s *subject) (outcome, error) {
	return s.inUnits(ctx, "energies in eV an atom", func(f *finding, i int, got, want answer, atoms int) {
		for _, o := range s.energies() {
			off := math.Abs(s.columnOf(o, got)-s.columnOf(o, want)) * math.Abs(scaleOf(o)) * eV[o.Unit] / float64(atoms)
			f.see(off, func() string { return fmt.Sprintf("%s, %s: %g eV an atom", place("structure", i), o.Name, off) })
		}
	})
}

// forceError compares the sums of the edge force with those of the reference, in the unit of forces.
func forceError(ctx context.Context, s *subject) (outcome, error) {
	return s.inUnits(ctx, "forces in eV/Å", func(f *finding, i int, got, want answer, _ int) {
		for k, w := range want[forces] {
			off := math.Abs(got[forces][k]-w) * s.forceScale()
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

// forceScale takes a gradient to eV/Å; of a unit that is smaller, or not known, to that.
func (s *subject) forceScale() float64 {
	return math.Abs(scaleOf(&s.energy)) * max(1, eV[s.energy.Unit])
}

func shiftOf(o *onnx.Output) float64 {
	if o.Transform == nil {
		return 0
	}
	return o.Transform.Shift
}

// place names one of many.
func place(what string, i int) string { return fmt.Sprintf("%s %d", what, i) }
