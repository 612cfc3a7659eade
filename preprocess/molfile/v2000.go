package molfile

import (
	"strings"

	"molserve/preprocess/molecule"
)

// readV2000 reads the atoms, bonds and properties of a V2000 block.
func (b *block) readV2000(atoms, bonds int) error {
	if err := b.begin(atoms); err != nil {
		return err
	}
	for i := range atoms {
		text := b.next()
		if b.eof {
			return b.bad("the text ends before atom %d of %d", i+1, atoms)
		}
		if err := b.atomV2000(text); err != nil {
			return err
		}
	}
	for k := range bonds {
		text := b.next()
		if b.eof {
			return b.bad("the text ends before bond %d of %d", k+1, bonds)
		}
		if err := b.bondV2000(text); err != nil {
			return err
		}
	}
	b.decideDimension()
	return b.propertiesV2000()
}

// atomFields are the number columns of an atom line; RDKit looks at a field only where the line is
// long enough for all of it and where it does not say 0 the usual way.
type atomFields struct {
	mass, charge, parity, hydrogens, care, valence, role, component, mapping, inversion, exact int
	mapped                                                                                     bool
}

// atomV2000 reads xxxxx.xxxxyyyyy.yyyyzzzzz.zzzz aaaddcccssshhhbbbvvvHHHrrriiimmmnnneee.
func (b *block) atomV2000(text string) error {
	if len(text) < 34 {
		return b.bad("the atom line is too short: %q; three coordinates of ten columns, a blank and three columns of symbol must be there", text)
	}
	var at [3]float64
	for axis := range at {
		x, ok := decimal(text, 10*axis)
		if !ok {
			field, _ := cut(text, 10*axis, 10)
			return b.bad("columns %d to %d are %q, which is no coordinate", 10*axis+1, 10*axis+10, field)
		}
		at[axis] = x
	}
	symbol := strings.Trim(text[31:34], " \t\n\v\f\r")
	f, err := b.atomFields(text)
	if err != nil {
		return err
	}
	a, any, err := b.symbolV2000(symbol, f.mass)
	if err != nil {
		return err
	}
	if f.hydrogens >= 1 {
		return b.query("the hydrogen count in columns 43 to 45")
	}
	if f.charge != 0 {
		a.Charge = int8(4 - f.charge)
	}
	if f.mass != 0 {
		a.Isotope = uint16(molecule.CommonIsotope(a.Z) + f.mass)
	}
	a.Map, a.MapZero = int32(f.mapping), f.mapped && f.mapping == 0
	i, err := b.addAtom(a, at, any)
	b.askValence(i, f.valence)
	return err
}

// atomFields reads the numbers behind the symbol.
func (b *block) atomFields(text string) (f atomFields, err error) {
	for _, column := range []struct {
		at, n int
		to    *int
	}{{34, 2, &f.mass}, {36, 3, &f.charge}, {42, 3, &f.hydrogens}, {39, 3, &f.parity}, {45, 3, &f.care}, {48, 3, &f.valence},
		{54, 3, &f.role}, {57, 3, &f.component}, {60, 3, &f.mapping}, {63, 3, &f.inversion}, {66, 3, &f.exact}} {
		if len(text) < column.at+column.n {
			continue
		}
		field := text[column.at : column.at+column.n]
		if field == "  0"[3-column.n:] {
			continue
		}
		n, ok := integer(field)
		if !ok {
			return f, b.bad("columns %d to %d of the atom line are %q, which is no number", column.at+1, column.at+column.n, field)
		}
		*column.to = n
		f.mapped = f.mapped || column.at == 60
	}
	return f, nil
}

// symbolV2000 knows the symbols that V3000 has not, or reads otherwise.
func (b *block) symbolV2000(symbol string, mass int) (a molecule.Atom, any bool, err error) {
	switch symbol {
	case "L", "LP": // a list is a line of its own
		return a, false, nil
	case "R":
		return molecule.Atom{NoImplicit: true}, true, nil
	}
	a, any, err = b.symbolAtom(symbol)
	if mass != 0 && isRGroup(symbol) {
		a.Isotope = 0
	}
	return a, any, err
}

// askValence notes the total valence that an atom's line asks for.
func (b *block) askValence(i, valence int) {
	if valence == 0 {
		return
	}
	if b.valences == nil {
		b.valences = map[int32]int{}
	}
	b.valences[int32(i)] = valence
}

// bondV2000 reads 111222tttsssxxxrrrccc.
func (b *block) bondV2000(text string) error {
	if len(text) < 9 {
		return b.bad("the bond line is too short: %q; two atoms and a type take three columns each", text)
	}
	var numbers [3]int
	for at := range numbers {
		field := text[3*at : 3*at+3]
		n, ok := unsigned(field)
		if !ok {
			return b.bad("columns %d to %d of the bond line are %q, which is no number", 3*at+1, 3*at+3, field)
		}
		numbers[at] = n
	}
	t, any, err := b.bondType(numbers[2])
	if err != nil {
		return err
	}
	bond := molecule.Bond{Type: t}
	if len(text) >= 12 {
		stereo, _ := unsigned(text[9:12])
		bond.Dir, bond.Stereo = markV2000(stereo)
	}
	if len(text) >= 18 {
		if topology, ok := integer(text[15:18]); ok && topology != 0 {
			return b.query("the bond topology in columns 16 to 18")
		}
	}
	b.d.marked = b.d.marked || bond.Dir != molecule.DirNone && bond.Dir != molecule.DirUnknown
	return b.addBond(bond, numbers[0], numbers[1], any)
}

// markV2000 is what the stereo field of a bond line says.
func markV2000(stereo int) (molecule.BondDir, molecule.BondStereo) {
	switch stereo {
	case 1:
		return molecule.DirWedge, molecule.StereoNone
	case 3:
		return molecule.DirEitherDouble, molecule.StereoAny
	case 4:
		return molecule.DirUnknown, molecule.StereoNone
	case 6:
		return molecule.DirDash, molecule.StereoNone
	}
	return molecule.DirNone, molecule.StereoNone
}
