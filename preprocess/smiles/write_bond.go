package smiles

import (
	"strconv"

	"molserve/preprocess/molecule"
)

// bondTexts are the symbols of bond types; dative bonds depend on where they begin.
var bondTexts = map[molecule.BondType]string{molecule.Single: "-", molecule.Double: "=", molecule.Triple: "#",
	molecule.Quadruple: "$", molecule.AromaticBond: ":", molecule.BondUnspecified: "~"}

// checkWritable refuses bond types without a symbol.
func checkWritable(m *molecule.Molecule) error {
	for k := range m.Bonds {
		if t := m.Bonds[k].Type; t != molecule.Dative && bondTexts[t] == "" {
			return molecule.Refuse(molecule.CodeUnsupported, none, "a bond of type %s has no SMILES", t)
		}
	}
	return nil
}

// writeBond writes the symbol of bond k from one atom to the next, nothing where the reader needs none.
func (w *writer) writeBond(k, from, to int32, marks map[int32]molecule.BondDir) {
	switch marks[k] {
	case molecule.DirUp:
		w.text = append(w.text, '/')
		return
	case molecule.DirDown:
		w.text = append(w.text, '\\')
		return
	}
	b := &w.m.Bonds[k]
	switch {
	case b.Type == molecule.Dative && b.Begin == from:
		w.text = append(w.text, "->"...)
	case b.Type == molecule.Dative:
		w.text = append(w.text, "<-"...)
	case b.Type != w.impliedType(from, to):
		w.text = append(w.text, bondTexts[b.Type]...)
	}
}

// impliedType is the type for which no symbol is written between two atoms: aromatic where both are. An
// aromatic dummy has no lower case and its bonds are read as single, but it takes its part in an aromatic
// ring all the same, and with : it might not.
func (w *writer) impliedType(i, j int32) molecule.BondType {
	if w.aromaticInText(i) && w.aromaticInText(j) {
		return molecule.AromaticBond
	}
	return molecule.Single
}

func (w *writer) aromaticInText(i int32) bool {
	return w.lowerCase(i) || w.m.Atoms[i].Aromatic && w.m.Atoms[i].Z == 0
}

func (w *writer) ringDigit(number int32) {
	switch {
	case number < 10:
		w.text = append(w.text, byte('0'+number))
	case number < 100:
		w.text = strconv.AppendInt(append(w.text, '%'), int64(number), 10)
	default:
		w.text = append(strconv.AppendInt(append(w.text, "%("...), int64(number), 10), ')')
	}
}
