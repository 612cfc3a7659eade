package molfile

import (
	"cmp"
	"slices"
	"strings"

	"molserve/preprocess/molecule"
)

// Substance groups describe parts of a molecule. Few of them change it: data groups of certain names,
// by which drawing programs write what their format cannot say.

// group is one substance group, as far as it may change the molecule.
type group struct {
	number  int
	kind    string   // SUP, DAT, …
	atoms   []int32  // from 0
	bonds   []int32  // from 0
	field   string   // name of the data
	query   string   // query type: data that is a query
	operand string   // query operator
	data    []string // values
	points  []int32  // atoms, from 0, by which the group hangs on the rest

	hasAtom, hasBond map[int32]bool
}

// newGroup begins a group, unless there is one with the number.
func (b *block) newGroup(number int, kind string) (*group, bool) {
	if b.groupOf[number] != nil {
		return nil, false
	}
	if b.groupOf == nil {
		b.groupOf = map[int]*group{}
	}
	g := &group{number: number, kind: kind, hasAtom: map[int32]bool{}, hasBond: map[int32]bool{}}
	b.groupOf[number] = g
	b.groups = append(b.groups, g)
	return g, true
}

func (g *group) addAtom(i int32) { g.atoms, g.hasAtom[i] = append(g.atoms, i), true }
func (g *group) addBond(k int32) { g.bonds, g.hasBond[k] = append(g.bonds, k), true }

var (
	groupKinds    = strings.Fields("SRU MON COP CRO GRA MOD MER ANY COM MIX FOR SUP MUL DAT GEN")
	groupSubkinds = strings.Fields("ALT RAN BLO")
	groupConnects = strings.Fields("HH HT EU")
	groupClasses  = strings.Fields("AA dAA DNA RNA SUGAR BASE PHOSPHATE LINKER CHEM LGRP MODAA MODdAA MODDNA MODRNA " +
		"XLINKAA XLINKdAA XLINKDNA XLINKRNA")
)

// crosses tells whether one end of bond k lies in the group and the other outside.
func (g *group) crosses(m *molecule.Molecule, k int32) bool {
	bond := &m.Bonds[k]
	return g.hasBond[k] && g.hasAtom[bond.Begin] != g.hasAtom[bond.End]
}

// applyGroups changes the molecule as its data groups say, in the order of their numbers.
func (b *block) applyGroups() error {
	slices.SortStableFunc(b.groups, func(g, h *group) int { return cmp.Compare(g.number, h.number) })
	for _, g := range b.groups {
		if g.kind == "DAT" && g.changes() {
			if err := b.applyGroup(g); err != nil {
				return err
			}
			continue
		}
		for _, i := range g.holds(b.d.m) {
			b.hold(i)
		}
	}
	return nil
}

// changing are the names of data that change the molecule; such a group is used up by that.
var changing = []string{"MRV_COORDINATE_BOND_TYPE", "MRV_IMPLICIT_H", "ZBO", "ZCH", "HYD"}

func (g *group) changes() bool {
	return slices.Contains(changing, g.field) || g.query == "SMARTSQ" || g.query == "SQ"
}

// holds lists the atoms that would not be folded away if they were hydrogens: caps of the group, its
// points of attachment, and all atoms of a group that would else be empty.
func (g *group) holds(m *molecule.Molecule) (atoms []int32) {
	for _, k := range g.bonds {
		if g.crosses(m, k) {
			atoms = append(atoms, m.Bonds[k].Begin, m.Bonds[k].End)
		}
	}
	atoms = append(atoms, g.points...)
	if !slices.ContainsFunc(g.atoms, func(i int32) bool { return m.Atoms[i].Z != 1 }) {
		atoms = append(atoms, g.atoms...)
	}
	return atoms
}

func (b *block) hold(i int32) {
	if b.d.held == nil {
		b.d.held = make([]bool, len(b.d.m.Atoms))
	}
	b.d.held[i] = true
}

func (b *block) applyGroup(g *group) error {
	switch g.field {
	case "MRV_COORDINATE_BOND_TYPE":
		return b.coordinateBond(g)
	case "MRV_IMPLICIT_H":
		return b.implicitHs(g)
	case "ZBO":
		for _, k := range g.bonds {
			b.d.m.Bonds[k].Type = molecule.ZeroBond
		}
		return nil
	case "ZCH":
		return b.listed(g, func(i int32, n int) { b.d.m.Atoms[i].Charge = int8(n) })
	case "HYD":
		return b.listed(g, func(i int32, n int) { b.d.m.Atoms[i].ExplicitHs = uint8(n) })
	}
	if g.operand != "" && g.operand != "=" || len(g.data) == 0 || g.data[0] == "" || len(g.atoms) == 0 {
		return nil
	}
	return atLine(b.d.first, molecule.CodeUnsupported, "the SMARTS of data group %d is a query; draw the atoms and bonds that are meant", g.number)
}

// coordinateBond makes the bond dative whose number is the group's value.
func (b *block) coordinateBond(g *group) error {
	if len(g.data) == 0 {
		return nil
	}
	k, ok := unsigned(g.data[0])
	if !ok {
		return b.badGroup(g, g.data[0])
	}
	if k < 1 || k > len(b.d.m.Bonds) || b.d.m.Bonds[k-1].Type != molecule.BondUnspecified {
		return nil
	}
	bond := &b.d.m.Bonds[k-1]
	bond.Type, bond.Dir, bond.Stereo = molecule.Dative, molecule.DirNone, molecule.StereoNone
	b.d.anyBond[k-1] = false
	return nil
}

// implicitHs counts the hydrogens of aromatic atoms: IMPL_H1. The last value counts.
func (b *block) implicitHs(g *group) error {
	count := -1
	for _, value := range g.data {
		if !strings.HasPrefix(value, "IMPL_H") {
			continue
		}
		n, ok := integer(value[6:])
		if !ok {
			return b.badGroup(g, value)
		}
		count = n
	}
	if count < 0 {
		return nil
	}
	for _, i := range g.atoms {
		if slices.ContainsFunc(b.d.m.Incident(int(i)), func(k int32) bool { return b.d.m.Bonds[k].Aromatic }) {
			b.d.m.Atoms[i].ExplicitHs = uint8(count)
		}
	}
	return nil
}

// listed gives each atom of a group its number of a list: 1;0;2.
func (b *block) listed(g *group, set func(i int32, n int)) error {
	for _, value := range g.data {
		parts := strings.Split(strings.TrimSpace(value), ";")
		if len(parts) < len(g.atoms) {
			continue
		}
		for at, i := range g.atoms {
			n, ok := integer(parts[at])
			if !ok {
				return b.badGroup(g, value)
			}
			set(i, n)
		}
	}
	return nil
}

func (b *block) badGroup(g *group, value string) error {
	return atLine(b.d.first, molecule.CodeFormat, "data group %d (%s) has the value %q, which is no number", g.number, g.field, value)
}
