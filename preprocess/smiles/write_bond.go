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

// impliedType is the type that two neighbours in the text are read with where no symbol stands.
func (w *writer) impliedType(i, j int32) molecule.BondType {
	if w.lowerCase(i) && w.lowerCase(j) {
		return molecule.AromaticBond
	}
	return molecule.Single
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
