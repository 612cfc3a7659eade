package smiles

import (
	"strings"

	"molserve/preprocess/molecule"
)

// bracketAtom reads [isotope symbol chirality hydrogens charge :map].
func (r *reader) bracketAtom() error {
	a := molecule.Atom{Offset: int32(r.pos), NoImplicit: true}
	r.pos++
	isotope, _, err := r.number()
	if err != nil {
		return err
	}
	a.Isotope = uint16(isotope) // cut off, as RDKit does
	mark, err := r.elementAndHydrogens(&a)
	if err != nil {
		return err
	}
	if err := r.charge(&a); err != nil {
		return err
	}
	if err := r.mapNumber(&a); err != nil {
		return err
	}
	if err := r.closeBracket(&a); err != nil {
		return err
	}
	mark.start = r.before == atStart || r.before == afterDot
	if err := r.addAtom(&a); err != nil {
		return err
	}
	if mark.class != molecule.ChiralNone {
		mark.atom = r.last
		r.marks = append(r.marks, mark)
	}
	return nil
}

// elementAndHydrogens reads the symbol, chirality and hydrogen count. A hydrogen atom has no chirality
// and counts hydrogens only after a second H: [HH].
func (r *reader) elementAndHydrogens(a *molecule.Atom) (mark chiralMark, err error) {
	if r.at('H') && !r.longerThanH() {
		a.Z = 1
		r.pos++
		return mark, r.hydrogens(a)
	}
	if err := r.element(a); err != nil {
		return mark, err
	}
	if r.at('@') {
		if mark, err = r.chirality(); err != nil {
			return mark, err
		}
	}
	return mark, r.hydrogens(a)
}

// longerThanH tells that the symbol is He, Hf, Hg, Ho or Hs.
func (r *reader) longerThanH() bool {
	_, _, size := symbolAt(r.text[r.pos:])
	return size > 1
}

// at tells whether the next character is c.
func (r *reader) at(c byte) bool { return r.pos < len(r.text) && r.text[r.pos] == c }

// hydrogens reads H or H3.
func (r *reader) hydrogens(a *molecule.Atom) error {
	if !r.at('H') {
		return nil
	}
	r.pos++
	count, found, err := r.number()
	if err != nil {
		return err
	}
	if !found {
		count = 1
	}
	a.ExplicitHs = uint8(count) // cut off, as RDKit does
	return nil
}

// charge reads +, ++, +2, and the same with −.
func (r *reader) charge(a *molecule.Atom) error {
	sign := int32(1)
	switch {
	case r.at('-'):
		sign = -1
	case !r.at('+'):
		return nil
	}
	c := r.text[r.pos]
	r.pos++
	if r.at(c) {
		r.pos++
		a.Charge = int8(2 * sign)
		return nil
	}
	size, found, err := r.number()
	if err != nil {
		return err
	}
	if !found {
		size = 1
	}
	a.Charge = int8(sign * size) // cut off, as RDKit does
	return nil
}

// mapNumber reads :12.
func (r *reader) mapNumber(a *molecule.Atom) error {
	if !r.at(':') {
		return nil
	}
	r.pos++
	number, found, err := r.number()
	if err != nil {
		return err
	}
	if !found && r.pos < len(r.text) {
		return r.refuse(molecule.CodeSyntax, r.pos, "the atom map of the bracket at character %d has no number", a.Offset)
	}
	a.Map, a.MapZero = number, found && number == 0
	return nil
}

func (r *reader) closeBracket(a *molecule.Atom) error {
	if r.pos >= len(r.text) {
		return r.refuse(molecule.CodeUnclosedBranch, int(a.Offset), "the bracket opened at character %d is never closed", a.Offset)
	}
	if c := r.text[r.pos]; c != ']' {
		return r.refuse(molecule.CodeSyntax, r.pos, "character %d (%q) is out of place in the bracket atom at character %d", r.pos, c, a.Offset)
	}
	r.pos++
	return nil
}

// unclosedBracket is the answer where the text ends before the element.
func (r *reader) unclosedBracket() error {
	open := strings.LastIndexByte(r.text, '[')
	return r.refuse(molecule.CodeUnclosedBranch, open, "the bracket opened at character %d is never closed", open)
}

// chiralClasses are the classes that stand after @.
var chiralClasses = map[string]molecule.Chirality{"TH": molecule.ChiralTetrahedral, "AL": molecule.ChiralAllene,
	"SP": molecule.ChiralSquarePlanar, "TB": molecule.ChiralTrigonalBipyramidal, "OH": molecule.ChiralOctahedral}

// chirality reads @, @@ or a class with its permutation.
func (r *reader) chirality() (mark chiralMark, err error) {
	mark = chiralMark{class: molecule.ChiralCCW, offset: int32(r.pos)}
	r.pos++
	if r.at('@') {
		r.pos++
		mark.class = molecule.ChiralCW
		return mark, nil
	}
	rest := strings.TrimLeft(r.text[r.pos:], "'") // RDKit skips quotes here
	if len(rest) < 2 || rest[0] < 'A' || rest[0] > 'Z' {
		return mark, nil
	}
	class, ok := chiralClasses[rest[:2]]
	switch {
	case !ok && rest[0] == 'H':
		return mark, nil
	case !ok:
		return mark, r.refuse(molecule.CodeStereo, int(mark.offset), "@%s at character %d is no chirality class", rest[:2], mark.offset)
	}
	mark.class = class
	r.pos = len(r.text) - len(rest) + 2
	var found bool
	if mark.permutation, found, err = r.number(); err == nil && found && mark.permutation == 0 {
		err = r.refuse(molecule.CodeStereo, int(mark.offset), "a permutation at character %d is 0; they count from 1", mark.offset)
	}
	return mark, err
}
