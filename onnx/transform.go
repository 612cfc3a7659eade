package onnx

import (
	"math"
	"slices"

	"molserve/preprocess/molecule"
)

// energyTable is e(Z) by atomic number, NaN for elements that have none. Nil: all are 0.
type energyTable [molecule.MaxZ + 1]float64

// energyTable looks the elements of t up. T may be nil.
func (t *Transform) energyTable() *energyTable {
	if t == nil || t.AtomEnergies == nil {
		return nil
	}
	e := new(energyTable)
	for z := range e {
		e[z] = math.NaN()
	}
	for symbol, energy := range t.AtomEnergies {
		if z, ok := molecule.AtomicNumber(symbol); ok {
			e[z] = energy
		}
	}
	return e
}

// of is the energy of the atoms of these numbers.
func (e *energyTable) of(numbers []uint8) float64 {
	sum := 0.0
	for _, z := range numbers {
		sum += e[z]
	}
	return sum
}

// AtomEnergy is Σ e(Z) over atoms of these atomic numbers, 0 without atom_energies, NaN with an
// element that has none. T may be nil.
func (t *Transform) AtomEnergy(numbers ...uint8) float64 {
	if e := t.energyTable(); e != nil {
		return e.of(numbers)
	}
	return 0
}

// apply takes one row of the network's numbers to units, in place; energy is that of its atoms.
func (t *Transform) apply(row []float64, energy float64) {
	if t == nil {
		return
	}
	for _, s := range t.steps() {
		t.do(s, row, energy)
	}
}

func (t *Transform) do(s step, row []float64, energy float64) {
	switch {
	case s == stepSoftmax && t.Softmax:
		softmax(row)
		return
	case s == stepSigmoid && !t.Sigmoid, s == stepSoftmax, s == stepEnergies && t.AtomEnergies == nil:
		return
	}
	for i, y := range row {
		switch s {
		case stepScale:
			row[i] = t.Scale * y
		case stepShift:
			row[i] = y + t.Shift
		case stepSigmoid:
			row[i] = 1 / (1 + math.Exp(-y))
		case stepEnergies:
			row[i] = y + energy
		}
	}
}

// Undo takes a value of these atoms back through the steps, as far as they have a way back: a probability
// stays what it is. T may be nil.
func (t *Transform) Undo(v float64, numbers ...uint8) float64 {
	if t == nil {
		return v
	}
	for _, s := range slices.Backward(t.steps()) {
		switch {
		case s == stepScale:
			v /= t.Scale
		case s == stepShift:
			v -= t.Shift
		case s == stepEnergies:
			v -= t.AtomEnergy(numbers...)
		case s == stepSigmoid && t.Sigmoid, s == stepSoftmax && t.Softmax:
			return v
		}
	}
	return v
}

// softmax makes row exp(y) ÷ Σ exp(y), without overflow.
func softmax(row []float64) {
	largest := math.Inf(-1)
	for _, y := range row {
		largest = math.Max(largest, y)
	}
	sum := 0.0
	for i, y := range row {
		row[i] = math.Exp(y - largest)
		sum += row[i]
	}
	for i := range row {
		row[i] /= sum
	}
}
