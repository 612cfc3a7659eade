package smiles

import "molserve/preprocess/molecule"

// symbol is a bond as it was written. The zero value is none: single or aromatic as the atoms are.
type symbol struct {
	order     molecule.BondType // BondUnspecified where specifies is false, and for ~
	dir       molecule.BondDir
	specifies bool // the symbol says the order: not / and \
	reversed  bool // <-
	opens     bool // it stands first in a branch
}

// symbols are the bonds by their character.
var symbols = [256]symbol{
	'\\': {dir: molecule.DirDown},
	'/':  {dir: molecule.DirUp},
	'-':  {order: molecule.Single, specifies: true},
	'=':  {order: molecule.Double, specifies: true},
	'#':  {order: molecule.Triple, specifies: true},
	'$':  {order: molecule.Quadruple, specifies: true},
	':':  {order: molecule.AromaticBond, specifies: true},
	'~':  {specifies: true},
}

// symbolAt is the bond symbol that begins with character c, and its length; 0 = none.
func (r *reader) symbolAt(c byte) (s symbol, size int) {
	s, size = symbols[c], 1
	switch {
	case c == '-' && r.follows('>'):
		return symbol{order: molecule.Dative, specifies: true}, 2
	case c == '<' && r.follows('-'):
		return symbol{order: molecule.Dative, specifies: true, reversed: true}, 2
	case c == '\\' && r.follows('\\'):
		return s, 2
	case s == symbol{}:
		return s, 0
	}
	return s, size
}

// bondSymbol reads a bond symbol, or refuses what is none.
func (r *reader) bondSymbol(c byte) error {
	s, size := r.symbolAt(c)
	if size == 0 {
		return r.refuse(molecule.CodeSyntax, r.pos, "character %d (%q) is not part of SMILES", r.pos, c)
	}
	if r.before != afterOpen {
		if err := r.expectAtom("the bond symbol"); err != nil {
			return err
		}
	}
	r.bond = s
	r.bond.opens = r.before == afterOpen
	r.before = afterBond
	r.pos += size
	return nil
}

// bondTo makes the bond from the last atom to atom i, which was just read, and forgets its symbol.
func (r *reader) bondTo(i int32) molecule.Bond {
	b := r.makeBond(r.bond, r.last, i)
	r.bond = symbol{}
	return b
}

// makeBond makes the bond that a symbol between two atoms means; a dative one begins at its donor.
func (r *reader) makeBond(s symbol, begin, end int32) molecule.Bond {
	b := molecule.Bond{Begin: begin, End: end, Type: s.order, Dir: s.dir, StereoAtoms: [2]int32{none, none}}
	if s.reversed {
		b.Begin, b.End = end, begin
	}
	if !s.specifies {
		b.Type = molecule.Single
		if r.m.Atoms[begin].Aromatic && r.m.Atoms[end].Aromatic {
			b.Type = molecule.AromaticBond
		}
	}
	b.Aromatic = b.Type == molecule.AromaticBond
	return b
}
