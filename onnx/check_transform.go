package onnx

import (
	"math"
	"slices"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

func checkTransform(m *Manifest, o *Output, at string, f *Faults) {
	t := o.Transform
	if t == nil {
		return
	}
	if t.Scale == 0 || math.IsNaN(t.Scale) {
		f.add(at+"/scale", "is 0; every answer would be the shift")
	}
	if t.Shift != 0 && o.Symmetry != invariant {
		f.add(at+"/shift", "a %s cannot be shifted", o.Symmetry)
	}
	if t.Shift != 0 && o.Extensive {
		f.add(at+"/shift", "two far fragments would have it twice, their sum once; extensive outputs shift by atom_energies")
	}
	if t.Sigmoid && t.Softmax {
		f.add(at+"/softmax", "stands beside sigmoid")
	}
	if t.Softmax && o.Column != nil {
		f.add(at+"/softmax", "is over a row; a column alone is always 1")
	}
	for _, s := range []struct {
		key string
		set bool
	}{{"sigmoid", t.Sigmoid}, {"softmax", t.Softmax}} {
		if s.set && (o.Symmetry != invariant || o.Extensive || t.AtomEnergies != nil) {
			f.add(at+"/"+s.key, "is for invariants that are no energies")
		}
	}
	checkEnergies(m, o, at+"/atom_energies", f)
}

// checkEnergies wants an energy of each element that the model knows, and of no other.
func checkEnergies(m *Manifest, o *Output, at string, f *Faults) {
	energies := o.Transform.AtomEnergies
	if energies == nil {
		return
	}
	if o.Symmetry != invariant || o.Per == graph.PerEdge || o.Per == graph.PerPair {
		f.add(at, "is for invariants per graph, batch or atom")
	}
	if m.Chemistry.Elements == nil {
		f.add(at, "needs /chemistry/elements to name the elements; it is null")
	}
	for _, symbol := range sortedKeys(energies) {
		if _, ok := molecule.AtomicNumber(symbol); !ok {
			f.add(at+escape(symbol), "%q is no element's symbol", symbol)
		} else if m.Chemistry.Elements != nil && !slices.Contains(m.Chemistry.Elements, symbol) {
			f.add(at+escape(symbol), "is an element that the model does not take")
		}
	}
	for _, symbol := range m.Chemistry.Elements {
		if _, ok := energies[symbol]; !ok {
			f.add(at+escape(symbol), "is missing; the model takes this element")
		}
	}
}
