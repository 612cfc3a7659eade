package molfile

import "molserve/preprocess/molecule"

// finish perceives the draft.
func (d *draft) finish(h molecule.Hydrogens) error { return molecule.Perceive(d.m, h) }
