package standardize

import (
	"fmt"

	"molserve/preprocess/molecule"
)

// size orders fragments: by atoms with their hydrogens, then by weight. A fragment without carbon may be the largest.
type size struct {
	atoms  int
	weight int // 1000 Z + 10 isotope − charge + 10 hydrogens, summed: RDKit's weight in tenths
}

// beats tells whether a later fragment of size s takes the place of the largest so far. Of equals RDKit takes
// the one whose canonical SMILES comes first in the alphabet, and the last of those that are the same molecule.
// Other isomers in one record are rare and its SMILES is not ours: here the last of all equals stays.
func (s size) beats(largest size) bool {
	if s.atoms != largest.atoms {
		return s.atoms > largest.atoms
	}
	return s.weight >= largest.weight
}

// largestFragment keeps one fragment and sanitizes what is left, also when nothing was taken away, as RDKit does.
func (w *standardized) largestFragment() (done []string, err error) {
	before := len(w.m.Atoms)
	of, n := w.m.Fragments()
	if n > 1 {
		w.keep(of, largest(w.m, of, n))
		done = []string{fmt.Sprintf("%d of %d fragments taken away, %d atoms", n-1, n, before-len(w.m.Atoms))}
	}
	return done, w.m.Sanitize()
}

// largest is the one of n fragments that stays; of tells each atom's.
func largest(m *molecule.Molecule, of []int32, n int) int {
	sizes := make([]size, n)
	for i := range m.Atoms {
		a, hydrogens := &m.Atoms[i], m.TotalHs(i)
		s := &sizes[of[i]]
		s.atoms += 1 + hydrogens
		s.weight += 1000*int(a.Z) + 10*int(a.Isotope) - int(a.Charge) + 10*hydrogens
	}
	best := 0
	for f := 1; f < n; f++ {
		if sizes[f].beats(sizes[best]) {
			best = f
		}
	}
	return best
}

// keep takes all atoms away but those of a fragment.
func (w *standardized) keep(of []int32, fragment int) {
	keep := make([]bool, len(of))
	for i := range keep {
		keep[i] = int(of[i]) == fragment
	}
	w.m, w.number = w.m.Subset(keep)
}
