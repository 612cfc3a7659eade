package smiles

import "molserve/preprocess/molecule"

// chiralMark is what the reader keeps of one '@' mark until all bonds are there. Parse calls
//
//	resolveChirality(m *molecule.Molecule, marks []chiralMark) error
//
// once, after ring bonds are closed and unspecified bond types are set, before perception. Until
// then Atom.Chiral and Atom.Permutation of the atom are zero; resolveChirality sets them, or
// refuses (molecule.CodeStereo at mark.offset) what CheckChiralitySpecifications refuses.
type chiralMark struct {
	atom        int32              // atom index
	class       molecule.Chirality // ChiralCCW for @, ChiralCW for @@, else the class of @TH @AL @SP @TB @OH
	permutation int32              // the number after a class, 0 = none (0 < n ≤ 2³¹−1 as written)
	offset      int32              // byte offset of '@' in the text

	// start: no atom precedes it (first of the text or after '.'): RDKit's _SmilesStart.
	start bool

	// order lists the atom's bonds as RDKit's GetBondOrdering does: the bond to the preceding
	// atom, then ring closures in the order of their digits at the atom, then the bonds to later
	// atoms. The implicit H of a bracket is not in it (RDKit handles it by chiralAtomNeedsTagInversion).
	order    []int32
	closures int // how many of order are ring closures: RDKit's numClosures

	// invert: the tag was inverted an odd number of times by a ring digit that follows a branch
	// (RDKit's CheckRingClosureBranchStatus; counted only for @ and @@).
	invert bool
}
