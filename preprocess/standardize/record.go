package standardize

import (
	"slices"

	"molserve/preprocess/molfile"
)

// Record is Apply for a record of a molfile: the atoms that are left keep their coordinates, Å. What it refuses
// is a *molecule.Error with the line of the atom that it names, else that of the record.
func Record(r *molfile.Record, steps []Step) (*molfile.Record, error) {
	w, err := work(r.Mol, steps)
	if err != nil {
		return nil, molfile.Place(err, r.Line)
	}
	s := *r
	s.Mol, s.Positions = w.m, slices.Clone(r.Positions)
	for i, left := range w.number {
		if left >= 0 {
			s.Positions[left] = r.Positions[i]
		}
	}
	s.Positions = s.Positions[:len(w.m.Atoms)]
	return &s, nil
}
