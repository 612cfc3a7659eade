package molfile

import "molserve/preprocess/molecule"

// draft is a connection table as it stands in the text, before perception: bonds carry their marks
// (wedges, either) in Dir. The Offset of its atoms is the line that they stand on, from 1; Parse makes
// it the line of a refusal.
type draft struct {
	m        *molecule.Molecule
	xyz      [][3]float64 // [n] Å
	threeD   bool         // the block says 3D, or has z coordinates as RDKit decides it
	chiral   bool         // chiral flag of the counts line
	marked   bool         // a bond has a mark that may tell of chirality (RDKit's chiralityPossible)
	first    int          // line of the block's first line in its text, from 1
	atomLine []int32      // [n] line of each atom, for refusals

	// anyAtom and anyBond are what RDKit holds as queries though it is no more than a dummy: *, R, a
	// generic group, an R# with a label; bond type 8.
	anyAtom []bool // [n]
	anyBond []bool // [nb]

	held []bool // [n] hydrogens that substance groups need as atoms; nil = none
}
