package onnx

import (
	"fmt"
	"slices"
)

// auxiliaryField is the field of the numbers that come with a molecule.
const auxiliaryField = "auxiliary"

// auxiliary is the place of the first input with such numbers, −1 when there is none.
func (m *Manifest) auxiliary() int {
	return slices.IndexFunc(m.Inputs, func(in Input) bool { return in.Field == auxiliaryField })
}

// checkFrom wants sources that can exist, and no more of them than there are numbers. Whether they do exist,
// and how wide their outputs are, is known when they are asked.
func checkFrom(m *Manifest, in *Input, at string, f *Faults) {
	if in.From == nil || in.Field != auxiliaryField {
		return
	}
	if len(in.From) == 0 {
		f.add(at, "is empty; leave it out where senders give the numbers")
	}
	if width := in.auxiliaryWidth(); width > 0 && len(in.From) > width {
		f.add(at, "names %d outputs for %d numbers; each gives one or more", len(in.From), width)
	}
	for i, s := range in.From {
		here := fmt.Sprintf("%s/%d", at, i)
		if !namePattern.MatchString(s.Model) {
			f.add(here+"/model", "%q does not match %s", s.Model, namePattern)
		}
		if !versionPattern.MatchString(s.Version) {
			f.add(here+"/version", "%q is not a positive integer; a chain hangs on one version, whose numbers it was trained on", s.Version)
		}
		if s.Output == "" {
			f.add(here+"/output", "is empty; name an output per graph of %s", s.Model)
		}
		if s.Model == m.Name && s.Version == m.Version {
			f.add(here+"/model", "is this version itself, which would wait for its own answer")
		}
	}
}

// auxiliaryWidth is A, 0 where the shape does not tell.
func (i *Input) auxiliaryWidth() int {
	if len(i.Shape) == 0 {
		return 0
	}
	return int(i.Shape[len(i.Shape)-1].Size)
}
