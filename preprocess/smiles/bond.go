package smiles

import (
	"strings"

	"molserve/preprocess/molecule"
)

// symbol is a bond as it was written. The zero value is none: single or aromatic as the atoms are.
type symbol struct {
	order     molecule.BondType // BondUnspecified where specifies is false, and for ~
	dir       molecule.BondDir
	specifies bool // the symbol says the order: not / and \
	reversed  bool // <-
	opens     bool // it stands first in a branch
}

// symbols lists the longer ones first.
var symbols = []struct {
	text string
	symbol
}{
	{"->", symbol{order: molecule.Dative, specifies: true}},
	{"<-", symbol{order: molecule.Dative, specifies: true, reversed: true}},
	{`\\`, symbol{dir: molecule.DirDown}},
	{`\`, symbol{dir: molecule.DirDown}},
	{"/", symbol{dir: molecule.DirUp}},
	{"-", symbol{order: molecule.Single, specifies: true}},
	{"=", symbol{order: molecule.Double, specifies: true}},
	{"#", symbol{order: molecule.Triple, specifies: true}},
	{"$", symbol{order: molecule.Quadruple, specifies: true}},
	{":", symbol{order: molecule.AromaticBond, specifies: true}},
	{"~", symbol{specifies: true}},
}

// bondSymbol reads a bond symbol, or refuses what is none.
func (r *reader) bondSymbol() error {
	for _, s := range symbols {
		if !strings.HasPrefix(r.text[r.pos:], s.text) {
			continue
		}
		if r.before != afterOpen {
			if err := r.expectAtom("the bond symbol"); err != nil {
				return err
			}
		}
		r.bond = s.symbol
		r.bond.opens = r.before == afterOpen
		r.before = afterBond
		r.pos += len(s.text)
		return nil
	}
	return r.refuse(molecule.CodeSyntax, r.pos, "character %d (%q) is not part of SMILES", r.pos, r.text[r.pos])
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
