package smiles

import (
	"strings"

	"molserve/preprocess/molecule"
)

// none stands for an atom or a place that there is not.
const none = -1

// reader goes once through the text, from left to right, with its own stack of branches.
type reader struct {
	text     string
	pos      int
	maxAtoms int
	m        *molecule.Molecule

	last     int32    // the atom that the next one is bonded to, none at the beginning
	before   place    // what stood just before: decides what may follow
	bond     symbol   // the bond symbol that waits for its second atom
	branches []branch // open ones
	ends     []ringEnd
	marks    []chiralMark
	order    []int32 // places of ends in the order of their numbers
	bonds    []int32 // where the lists of bonds of marks lie
}

// place is what was read last.
type place uint8

const (
	atStart   place = iota
	afterAtom       // an atom, a ring digit or a closed branch
	afterBond       // a bond symbol
	afterOpen       // an opening parenthesis
	afterDot        // a dot
)

// branch is an open parenthesis.
type branch struct {
	atom   int32 // that it hangs on
	offset int
}

// readAll reads the text to its end.
func (r *reader) readAll() error {
	for r.pos < len(r.text) {
		var err error
		switch c := r.text[r.pos]; kinds[c] {
		case bareAtom:
			err = r.bareAtom(c)
		case bracket:
			err = r.bracketAtom()
		case digit:
			err = r.ringDigit()
		case opening:
			err = r.openBranch()
		case closing:
			err = r.closeBranch()
		case fullStop:
			err = r.dot()
		default:
			err = r.bondSymbol(c)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case r.before == afterOpen:
		return r.refuse(molecule.CodeUnclosedBranch, r.branches[len(r.branches)-1].offset, "the branch opened at character %d is empty and never closed", r.branches[len(r.branches)-1].offset)
	case r.before == afterBond:
		hint := ""
		if strings.HasSuffix(r.text, "-") {
			hint = "; a charge stands in brackets, as in [O-]"
		}
		return r.refuse(molecule.CodeSyntax, r.pos, "the text ends after a bond symbol%s", hint)
	case r.before == afterDot:
		return r.refuse(molecule.CodeSyntax, r.pos, "the text ends after a dot")
	case len(r.branches) > 0:
		return r.refuse(molecule.CodeUnclosedBranch, r.branches[0].offset, "the branch opened at character %d is never closed", r.branches[0].offset)
	}
	return nil
}

// What a character can begin, by the character. The zero value is a bond symbol, or nothing.
const (
	bondSign uint8 = iota
	bareAtom
	bracket
	digit // a ring number
	opening
	closing
	fullStop
)

var kinds = func() (k [256]uint8) {
	for c := range k {
		switch c := byte(c); {
		case c == '*', isLetter(c):
			k[c] = bareAtom
		case isDigit(c), c == '%':
			k[c] = digit
		}
	}
	k['['], k['('], k[')'], k['.'] = bracket, opening, closing, fullStop
	return k
}()

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// expectAtom refuses unless an atom came before, which what names needs.
func (r *reader) expectAtom(what string) error {
	switch r.before {
	case afterAtom:
		return nil
	case atStart:
		return r.refuse(molecule.CodeSyntax, r.pos, "%s at character %d has no atom before it", what, r.pos)
	case afterBond:
		return r.refuse(molecule.CodeSyntax, r.pos, "%s at character %d follows a bond symbol", what, r.pos)
	case afterOpen:
		return r.refuse(molecule.CodeSyntax, r.pos, "%s at character %d opens a branch; a branch begins with an atom", what, r.pos)
	}
	return r.refuse(molecule.CodeSyntax, r.pos, "%s at character %d follows a dot", what, r.pos)
}

func (r *reader) openBranch() error {
	if err := r.expectAtom("the branch"); err != nil {
		return err
	}
	r.branches = append(r.branches, branch{r.last, r.pos})
	r.before = afterOpen
	r.pos++
	return nil
}

func (r *reader) closeBranch() error {
	if len(r.branches) == 0 {
		return r.refuse(molecule.CodeUnclosedBranch, r.pos, "the branch closed at character %d was never opened", r.pos)
	}
	if err := r.expectAtom("the end of the branch"); err != nil {
		return err
	}
	top := len(r.branches) - 1
	r.last = r.branches[top].atom
	r.branches = r.branches[:top]
	r.pos++
	return nil
}

func (r *reader) dot() error {
	if err := r.expectAtom("the dot"); err != nil {
		return err
	}
	r.before = afterDot
	r.pos++
	return nil
}

// addAtom appends an atom and its bond to the one before.
func (r *reader) addAtom(a *molecule.Atom) error {
	if len(r.m.Atoms) >= r.maxAtoms {
		return r.refuse(molecule.CodeTooLarge, int(a.Offset), "more than %d atoms", r.maxAtoms)
	}
	i := int32(r.m.AddAtom(*a))
	if r.before != atStart && r.before != afterDot {
		r.m.AddBond(r.bondTo(i))
	}
	r.last, r.before = i, afterAtom
	return nil
}

func (r *reader) refuse(code molecule.Code, offset int, format string, args ...any) error {
	return molecule.Refuse(code, offset, format, args...)
}
