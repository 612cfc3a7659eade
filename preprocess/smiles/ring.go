package smiles

import (
	"slices"

	"molserve/preprocess/molecule"
)

// ringEnd is a ring digit at an atom.
type ringEnd struct {
	number int32
	atom   int32
	offset int32
	bond   int32 // that it became
	symbol symbol
}

// ringDigit reads a ring-closure number with the bond symbol before it.
func (r *reader) ringDigit() error {
	if r.before != afterBond || r.bond.opens {
		if r.before == afterBond {
			r.before = afterOpen // the bond belongs to the branch, which begins with an atom
		}
		if err := r.expectAtom("the ring number"); err != nil {
			return err
		}
	}
	start := r.pos
	number, err := r.ringNumber()
	if err != nil {
		return err
	}
	r.ends = append(r.ends, ringEnd{number: number, atom: r.last, offset: int32(start), bond: none, symbol: r.bond})
	r.bond, r.before = symbol{}, afterAtom
	r.noteDigit()
	return nil
}

// ringNumber reads one digit, % and two digits, or one to five digits in %().
func (r *reader) ringNumber() (int32, error) {
	if r.text[r.pos] != '%' {
		r.pos++
		return int32(r.text[r.pos-1] - '0'), nil
	}
	digits := r.pos + 1
	end := digits + 2
	long := digits < len(r.text) && r.text[digits] == '('
	if long {
		digits++
		for end = digits; end < len(r.text) && end < digits+5 && isDigit(r.text[end]); end++ {
		}
	}
	number := int32(0)
	for at := digits; at < end; at++ {
		if at >= len(r.text) || !isDigit(r.text[at]) || !long && at == digits && r.text[at] == '0' {
			return 0, r.refuse(molecule.CodeSyntax, min(at, len(r.text)), "after %% a ring number has two digits, the first not 0, or up to five in parentheses")
		}
		number = 10*number + int32(r.text[at]-'0')
	}
	if long {
		if end == digits || end >= len(r.text) || r.text[end] != ')' {
			return 0, r.refuse(molecule.CodeSyntax, min(end, len(r.text)), "%%( is not followed by one to five digits and a parenthesis")
		}
		end++
	}
	r.pos = end
	return number, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// noteDigit inverts the mark of an atom whose ring digit stands after a branch, where RDKit does: the
// digit then comes an odd number of places later than RDKit counts it.
func (r *reader) noteDigit() {
	mark := r.markOf(r.last)
	if mark == nil || int(r.last) == len(r.m.Atoms)-1 || mark.class != molecule.ChiralCW && mark.class != molecule.ChiralCCW {
		return
	}
	degree := r.m.Degree(int(r.last))
	if degree == 1 || degree == 2 && r.last != 0 || degree == 3 && r.last == 0 {
		mark.invert = !mark.invert
	}
}

// markOf finds the chirality mark of an atom, nil = none. Marks are in the order of their atoms.
func (r *reader) markOf(atom int32) *chiralMark {
	at, found := slices.BinarySearchFunc(r.marks, atom, func(m chiralMark, a int32) int { return int(m.atom - a) })
	if !found {
		return nil
	}
	return &r.marks[at]
}

// closeRings bonds the ends of each number in pairs, by number and then by place.
func (r *reader) closeRings() error {
	order := r.sortEnds()
	if err := r.checkClosed(order); err != nil {
		return err
	}
	for at := 0; at < len(order); at += 2 {
		if err := r.closeRing(&r.ends[order[at]], &r.ends[order[at+1]]); err != nil {
			return err
		}
	}
	return nil
}

// sortEnds lists the ends by number, those of one number as they stand in the text.
func (r *reader) sortEnds() []int32 {
	order := r.order[:0]
	for e := range r.ends {
		order = append(order, int32(e))
	}
	r.order = order
	if len(order) > 40 {
		slices.SortStableFunc(order, func(a, b int32) int { return int(r.ends[a].number - r.ends[b].number) })
		return order
	}
	for x := 1; x < len(order); x++ { // by insertion: most have few
		for y := x; y > 0 && r.ends[order[y]].number < r.ends[order[y-1]].number; y-- {
			order[y], order[y-1] = order[y-1], order[y]
		}
	}
	return order
}

// checkClosed refuses the first ring in the text that is never closed.
func (r *reader) checkClosed(order []int32) error {
	open := int32(none)
	for at := 0; at < len(order); {
		if at+1 < len(order) && r.ends[order[at]].number == r.ends[order[at+1]].number {
			at += 2
			continue
		}
		if open == none || order[at] < open {
			open = order[at]
		}
		at++
	}
	if open == none {
		return nil
	}
	e := &r.ends[open]
	return r.refuse(molecule.CodeUnclosedRing, int(e.offset), "ring %d opened at character %d is never closed", e.number, e.offset)
}

// closeRing bonds two ends. The bond begins at the closing digit and takes its symbol, unless a symbol
// at the opening digit says the order; a direction at the other end is turned around.
func (r *reader) closeRing(opening, closing *ringEnd) error {
	if opening.atom == closing.atom {
		return r.refuse(molecule.CodeBond, int(closing.offset), "ring %d bonds atom %d to itself", closing.number, closing.atom)
	}
	if r.m.BondBetween(int(opening.atom), int(closing.atom)) >= 0 {
		return r.refuse(molecule.CodeBond, int(closing.offset), "ring %d bonds atoms %d and %d a second time", closing.number, opening.atom, closing.atom)
	}
	from, to := closing, opening
	if opening.symbol.specifies {
		from, to = opening, closing
	}
	s := from.symbol
	if s.order == molecule.BondUnspecified {
		s.specifies = false // ~ says nothing at a ring digit
	}
	b := r.makeBond(s, from.atom, to.atom)
	if b.Dir == molecule.DirNone {
		b.Dir = to.symbol.dir
		if b.Begin != to.atom {
			b.Dir = b.Dir.Flip()
		}
	}
	opening.bond = int32(r.m.AddBond(b))
	closing.bond = opening.bond
	return nil
}
