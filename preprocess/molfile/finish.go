package molfile

import "molserve/preprocess/molecule"

// finish perceives the draft: what its wedges and coordinates say of stereo, and all that perception
// finds out, in RDKit's order (finishMolProcessing). xyz keeps the atoms that remain.
func (d *draft) finish(h molecule.Hydrogens) error {
	switch {
	case d.threeD:
		d.m.UpdateValences()
		d.tagFromPositions()
	case d.marked:
		d.tagFromWedges()
	}
	d.findAtropisomers()
	wavy := d.takeMarks()
	if err := d.refuseHubs(); err != nil {
		return err
	}
	kept, err := molecule.PerceiveDrawn(d.m, h, d.held, func() { d.directDoubleBonds(wavy) })
	if err != nil {
		return err
	}
	if kept != nil {
		for x, i := range kept {
			d.xyz[x] = d.xyz[i]
		}
		d.xyz = d.xyz[:len(kept)]
	}
	return nil
}

// takeMarks takes the marks off the bonds, now that tags say what they said: wedges, and what is on
// single bonds. wavy tells which single and aromatic bonds hide the stereo of double bonds beside
// them: [nb].
func (d *draft) takeMarks() (wavy []bool) {
	wavy = make([]bool, len(d.m.Bonds))
	for k := range d.m.Bonds {
		b := &d.m.Bonds[k]
		wavy[k] = directable(b) && b.Dir == molecule.DirUnknown
		crossed := b.Dir == molecule.DirEitherDouble && b.Type != molecule.Single
		if unknown := b.Dir == molecule.DirUnknown && b.Type == molecule.Double; !crossed && !unknown {
			b.Dir = molecule.DirNone
		}
	}
	return wavy
}

// directable tells whether bond b can be wedged, or have a direction beside a double bond.
func directable(b *molecule.Bond) bool {
	return b.Type == molecule.Single || b.Type == molecule.AromaticBond
}

func isWedge(dir molecule.BondDir) bool {
	return dir == molecule.DirWedge || dir == molecule.DirDash
}
