package molecule

// Relist returns the permutation number of class c that says the same of the ligands listed as in
// bonds as number says of them listed as in text (RDKit's getChiralPermutation, inverse). Missing
// ligands stand second in text, first when the text starts with this atom, and last in bonds. 0
// says nothing, and so does a list with more ligands than the class has.
func (c Chirality) Relist(number uint8, text, bonds []int32, start bool) uint8 {
	most := c.ligands()
	if number == 0 || len(text) > most {
		return 0
	}
	from, to := padded(text, most, start), [6]int32{-1, -1, -1, -1, -1, -1}
	copy(to[:], bonds)
	place := [6]uint8{0, 1, 2, 3, 4, 5} // of the ligand now at x in from, in text
	for x := range most {
		y := x + index(from[x:most], to[x])
		from[x], from[y] = from[y], from[x]
		place[x], place[y] = place[y], place[x]
	}
	p := polyhedra()[c]
	return p.numbers[p.canonical(p.seats(number).relabel(place))]
}

// padded puts -1 where the missing ligands stand in the text.
func padded(text []int32, most int, start bool) (list [6]int32) {
	first := min(1, len(text))
	if start {
		first = 0
	}
	missing := most - len(text)
	copy(list[:], text[:first])
	for x := range missing {
		list[first+x] = -1
	}
	copy(list[first+missing:], text[first:])
	return list
}

// relabel names the ligands by their new places: the one from place[x] is now x.
func (s seats) relabel(place [6]uint8) (new seats) {
	var at [6]uint8
	for x, old := range place {
		at[old] = uint8(x)
	}
	for x := range s {
		new[x] = at[s[x]]
	}
	return new
}
