// Package standardize changes molecules where a caller asks for it: the largest fragment, no charges, no
// isotopes, no stereo, as RDKit's rdMolStandardize does each. Nothing is changed unasked, and every change is told.
package standardize

import (
	"fmt"
	"slices"
	"strings"

	"molserve/preprocess/molecule"
)

// Step is one thing to do. RDKit's name stands beside each.
type Step string

// The steps, in the order in which they are done.
const (
	LargestFragment Step = "largest_fragment" // LargestFragmentChooser().choose
	Neutralize      Step = "neutralize"       // Uncharger().uncharge
	StripIsotopes   Step = "strip_isotopes"   // IsotopeParent(skip_standardize=True)
	StripStereo     Step = "strip_stereo"     // StereoParent(skip_standardize=True)
)

// Steps lists all.
var Steps = []Step{LargestFragment, Neutralize, StripIsotopes, StripStereo}

// WordError is a word that is no step, or stands there twice.
type WordError struct {
	At     int // place of the word, from 0
	Reason string
}

func (e *WordError) Error() string { return e.Reason }

// Parse reads names of steps; it refuses unknown ones and those that come twice, with a *WordError.
func Parse(words []string) ([]Step, error) {
	var steps []Step
	for at, w := range words {
		step := Step(strings.TrimSpace(w))
		if !slices.Contains(Steps, step) {
			return nil, &WordError{at, fmt.Sprintf("%q is none of %v", w, Steps)}
		}
		if slices.Contains(steps, step) {
			return nil, &WordError{at, fmt.Sprintf("%q stands there twice", w)}
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// Apply does steps, in the order of Steps, on a copy of m, whose Changes tell each. What it refuses is a
// *molecule.Error.
func Apply(m *molecule.Molecule, steps []Step) (*molecule.Molecule, error) {
	w, err := work(m, steps)
	if err != nil {
		return nil, err
	}
	return w.m, nil
}

// standardized is a molecule that steps are done on.
type standardized struct {
	m      *molecule.Molecule
	number []int32 // of each atom as it was given, its index in m, -1 = taken away; nil: all are as they were
}

// work does steps on a copy of m.
func work(m *molecule.Molecule, steps []Step) (*standardized, error) {
	w, changes := &standardized{m: m.Copy()}, m.Changes
	for _, step := range Steps {
		if !slices.Contains(steps, step) {
			continue
		}
		done, err := w.do(step)
		if err != nil {
			return nil, err
		}
		changes = append(changes, done...)
	}
	w.m.Changes = changes
	return w, nil
}

// do does one step and tells what it changed.
func (w *standardized) do(step Step) (done []string, err error) {
	switch step {
	case LargestFragment:
		return w.largestFragment()
	case Neutralize:
		return neutralize(w.m)
	case StripIsotopes:
		return stripIsotopes(w.m), nil
	}
	return stripStereo(w.m), nil
}

// stripIsotopes takes the labels off. Labelled hydrogens stay atoms, as in RDKit.
func stripIsotopes(m *molecule.Molecule) (done []string) {
	for i := range m.Atoms {
		a := &m.Atoms[i]
		if a.Isotope != 0 {
			done = append(done, fmt.Sprintf("isotope label %d taken off atom %d (%s)", a.Isotope, i, molecule.Symbol(a.Z)))
			a.Isotope = 0
		}
	}
	return done
}

// stripStereo takes chiral tags, their labels and the stereo of double bonds off; atropisomers keep theirs,
// as in RDKit.
func stripStereo(m *molecule.Molecule) (done []string) {
	for i := range m.Atoms {
		a := &m.Atoms[i]
		if a.Chiral != molecule.ChiralNone {
			done = append(done, fmt.Sprintf("stereo taken off atom %d (%s)", i, molecule.Symbol(a.Z)))
		}
		a.Chiral, a.Permutation, a.CIP = molecule.ChiralNone, 0, 0
	}
	for k := range m.Bonds {
		b := &m.Bonds[k]
		b.Dir = molecule.DirNone
		if b.Type != molecule.Double || b.Stereo == molecule.StereoNone {
			continue
		}
		done = append(done, fmt.Sprintf("stereo taken off the double bond of atoms %d and %d", b.Begin, b.End))
		b.Stereo, b.StereoAtoms = molecule.StereoNone, [2]int32{-1, -1}
	}
	return done
}
