package molfile

import (
	"fmt"

	"molserve/preprocess/molecule"
)

// mark gives the bonds of the draft the marks that say the stereo of the molecule, as far as coordinates
// do not say it already.
func (w *blockWriter) mark() error {
	for k := range w.m.Bonds {
		if b := &w.m.Bonds[k]; b.Stereo == molecule.StereoAny && b.Type == molecule.Double {
			w.cross(k)
		}
	}
	if w.d.threeD {
		return nil
	}
	return w.wedge()
}

func (w *blockWriter) cross(k int) { w.d.m.Bonds[k].Dir = molecule.DirEitherDouble }

// correct holds the molecule that was read against the one that was to be written, and states or marks
// more where they differ. again: it did, and the block must be written once more. Each thing is tried once,
// so that this comes to an end.
func (w *blockWriter) correct(read *molecule.Molecule) (again bool, err error) {
	for i := range w.m.Atoms {
		more, err := w.correctHs(read, i)
		if err != nil {
			return false, err
		}
		again = again || more
	}
	if again {
		return true, nil
	}
	for k := range w.m.Bonds {
		more, err := w.correctBond(read, k)
		if err != nil {
			return false, err
		}
		again = again || more
	}
	for i := range w.m.Atoms {
		more, err := w.correctAtom(read, i)
		if err != nil {
			return false, err
		}
		again = again || more
	}
	return again, nil
}

// correctHs states the hydrogens of an atom that the valence model would give others, or radical electrons.
func (w *blockWriter) correctHs(read *molecule.Molecule, i int) (again bool, err error) {
	want, got := &w.m.Atoms[i], &read.Atoms[i]
	same := w.m.TotalHs(i) == read.TotalHs(i) && want.Radicals == got.Radicals
	switch {
	case same && (want.ImplicitHs == got.ImplicitHs || want.ImplicitHs > 0 || w.stated[i]):
		return false, nil
	case w.stated[i]:
		return false, fmt.Errorf("%w: %d hydrogens and %d radical electrons of atom %d", ErrUnwritable, w.m.TotalHs(i), want.Radicals, i)
	}
	w.stated[i] = true
	return true, nil
}

// correctBond crosses a double bond whose stereo is not known, and tries the next wedge of an atropisomer.
func (w *blockWriter) correctBond(read *molecule.Molecule, k int) (again bool, err error) {
	want, got := &w.m.Bonds[k], &read.Bonds[k]
	switch {
	case want.Type != got.Type:
		return false, fmt.Errorf("%w: bond %d is read as %s, not %s", ErrUnwritable, k, got.Type, want.Type)
	case want.Stereo == got.Stereo, max(want.Stereo, got.Stereo) == molecule.StereoAny:
		return false, nil
	case want.Stereo == molecule.StereoNone && want.Type == molecule.Double && w.d.m.Bonds[k].Dir == molecule.DirNone:
		w.cross(k)
		return true, nil
	case want.Stereo >= molecule.StereoAtropCW && w.turn(int32(k)):
		return true, nil
	}
	return false, fmt.Errorf("%w: bond %d is read as %s, not %s", ErrStereo, k, got.Stereo, want.Stereo)
}

// correctAtom draws a wavy bond from an atom that has no handedness though it stands in space as if it had.
func (w *blockWriter) correctAtom(read *molecule.Molecule, i int) (again bool, err error) {
	want, got := &w.m.Atoms[i], &read.Atoms[i]
	if want.Chiral == got.Chiral && want.Permutation == got.Permutation {
		return false, nil
	}
	if want.Chiral == molecule.ChiralNone && w.d.threeD && !w.d.wavy(i) && w.wave(i) {
		return true, nil
	}
	return false, fmt.Errorf("%w: atom %d is read with the chiral tag %d, not %d", ErrStereo, i, got.Chiral, want.Chiral)
}

// wave draws a wavy bond from atom i, best one that begins there.
func (w *blockWriter) wave(i int) bool {
	for _, flip := range []bool{false, true} {
		for _, k := range w.d.m.Incident(i) {
			b := &w.d.m.Bonds[k]
			if b.Type == molecule.Single && b.Dir == molecule.DirNone && (int(b.Begin) != i) == flip {
				w.begin(k, i)
				b.Dir = molecule.DirUnknown
				return true
			}
		}
	}
	return false
}

// begin makes bond k begin at atom i.
func (w *blockWriter) begin(k int32, i int) {
	if b := &w.d.m.Bonds[k]; int(b.Begin) != i {
		b.Begin, b.End = b.End, b.Begin
	}
}
