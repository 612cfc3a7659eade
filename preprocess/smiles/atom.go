package smiles

import (
	"strings"

	"molserve/preprocess/molecule"
)

// bareAtom reads an atom of the organic subset, or *.
func (r *reader) bareAtom(c byte) error {
	a := molecule.Atom{Offset: int32(r.pos), Z: bare[c].z, Aromatic: bare[c].aromatic}
	size := 1
	switch {
	case c == 'C' && r.follows('l'):
		a.Z, size = 17, 2
	case c == 'B' && r.follows('r'):
		a.Z, size = 35, 2
	case !bare[c].known:
		return r.refuse(molecule.CodeBadElement, r.pos, "character %d (%c) is no element that may stand outside brackets%s", r.pos, c, r.hint(c))
	}
	if err := r.addAtom(&a); err != nil {
		return err
	}
	r.pos += size
	return nil
}

// follows tells whether c comes after the character at hand.
func (r *reader) follows(c byte) bool { return r.pos+1 < len(r.text) && r.text[r.pos+1] == c }

// bareElement is what a character means as an atom outside brackets.
type bareElement struct {
	z               uint8
	aromatic, known bool
}

var bare = func() (b [256]bareElement) {
	for c := range b {
		if z, aromatic := subset(byte(c)); z != 0 && isLetter(byte(c)) {
			b[c] = bareElement{z, aromatic, true}
		}
	}
	b['F'], b['I'], b['*'] = bareElement{z: 9, known: true}, bareElement{z: 53, known: true}, bareElement{known: true}
	return b
}()

// subset returns the elements of one letter that are written alike in and outside brackets, capital or
// aromatic; 0 = none.
func subset(c byte) (z uint8, aromatic bool) {
	aromatic = c >= 'a'
	switch c &^ 0x20 {
	case 'B':
		z = 5
	case 'C':
		z = 6
	case 'N':
		z = 7
	case 'O':
		z = 8
	case 'P':
		z = 15
	case 'S':
		z = 16
	}
	return z, aromatic
}

// aromaticPairs are the aromatic symbols of two letters, which stand in brackets only.
var aromaticPairs = map[string]uint8{"si": 14, "as": 33, "se": 34, "te": 52}

// element reads the symbol of a bracket atom into a.
func (r *reader) element(a *molecule.Atom) error {
	rest := r.text[r.pos:]
	switch {
	case rest == "":
		return r.unclosedBracket()
	case rest[0] == '*':
		r.pos++
		return nil
	case rest[0] == '#':
		return r.elementByNumber(a)
	case rest[0] == '\'':
		return r.quotedElement(a)
	case !isLetter(rest[0]):
		return r.refuse(molecule.CodeSyntax, r.pos, "character %d (%q) stands where the bracket atom at character %d needs an element", r.pos, rest[0], a.Offset)
	}
	size := 0
	a.Z, a.Aromatic, size = symbolAt(rest)
	if size == 0 {
		return r.refuse(molecule.CodeBadElement, r.pos, "%q at character %d is no element", letters(rest), r.pos)
	}
	r.pos += size
	return nil
}

// symbolAt takes the longest symbol that a text begins with; size 0 = none.
func symbolAt(rest string) (z uint8, aromatic bool, size int) {
	for size = min(3, len(rest)); size > 1; size-- {
		if z, ok := molecule.AtomicNumber(rest[:size]); ok {
			return z, false, size
		}
		if z, ok := aromaticPairs[rest[:size]]; ok {
			return z, true, size
		}
	}
	if z, aromatic := subset(rest[0]); z != 0 {
		return z, aromatic, 1
	}
	if z, ok := molecule.AtomicNumber(rest[:1]); ok {
		return z, false, 1
	}
	return 0, false, 0
}

// letters is the run of letters of a symbol, for a message.
func letters(rest string) string {
	end := 1
	for end < len(rest) && end < 3 && rest[end] >= 'a' && rest[end] <= 'z' {
		end++
	}
	return rest[:end]
}

// elementByNumber reads #6. Numbers are cut to eight bits, as RDKit does.
func (r *reader) elementByNumber(a *molecule.Atom) error {
	start := r.pos
	r.pos++
	number, found, err := r.number()
	if err != nil {
		return err
	}
	if !found {
		return r.refuse(molecule.CodeSyntax, r.pos, "# at character %d has no atomic number", start)
	}
	a.Z = uint8(number)
	if int(a.Z) > molecule.MaxZ {
		return r.refuse(molecule.CodeBadElement, start, "no element has the atomic number %d", number)
	}
	return nil
}

// quotedElement reads 'Db', as some tools write elements from 104 on.
func (r *reader) quotedElement(a *molecule.Atom) error {
	rest := r.text[r.pos+1:]
	if end := strings.IndexByte(rest, '\''); end == 2 {
		if z, ok := molecule.AtomicNumber(rest[:end]); ok && z >= 104 {
			a.Z = z
			r.pos += end + 2
			return nil
		}
	}
	return r.refuse(molecule.CodeBadElement, r.pos, "the quote at character %d holds no element from Rf on", r.pos)
}

// number reads a decimal number without leading zeros.
func (r *reader) number() (n int32, found bool, err error) {
	start := r.pos
	value := int64(0)
	for r.pos < len(r.text) && isDigit(r.text[r.pos]) {
		if r.pos > start && value == 0 {
			break // RDKit reads a leading zero as the whole number
		}
		value = 10*value + int64(r.text[r.pos]-'0')
		if value > maxNumber {
			return 0, false, r.refuse(molecule.CodeSyntax, start, "the number at character %d is too large", start)
		}
		r.pos++
	}
	return int32(value), r.pos > start, nil
}

// maxNumber is the largest number that RDKit reads.
const maxNumber = 2_147_483_639

// hint tells what a character that is no bare element was probably meant to be.
func (r *reader) hint(c byte) string {
	if c == 'H' {
		return "; hydrogens outside brackets are implied"
	}
	for from := max(r.pos-1, 0); from <= r.pos && from+2 <= len(r.text); from++ {
		symbol := r.text[from : from+2]
		if _, known := molecule.AtomicNumber(symbol); known {
			return "; the element " + symbol + " is written [" + symbol + "]"
		}
	}
	return ""
}
