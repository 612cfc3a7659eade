package smiles

import (
	"cmp"
	"slices"

	"molserve/preprocess/molecule"
)

// fragment is a connected part of a molecule as a graph with coloured atoms and bonds, for labelling. Its
// atoms are numbered 0 … n−1.
type fragment struct {
	w       *writer
	atoms   []int32   // [n] atom of the molecule
	start   []int32   // [n+1] where the neighbours of each atom begin
	to      []int32   // [2nb] neighbours, in the order of the bonds
	kind    []uint8   // [2nb] what the bond is, seen from the atom
	colour  []int32   // [n] rank by what the atoms are
	centres []int32   // atoms with a chiral tag
	doubles []twoEnds // double bonds with stereo
}

// twoEnds is a double bond with stereo: the ligands at each end, −1 = none, first the one that cis refers to.
type twoEnds struct {
	ends    [2]int32
	ligands [2][2]int32
	cis     bool
}

func (w *writer) newFragment(atoms []int32) *fragment {
	g := &fragment{w: w, atoms: atoms, start: make([]int32, len(atoms)+1), colour: make([]int32, len(atoms))}
	for x, i := range atoms {
		w.local[i] = int32(x)
	}
	for x, i := range atoms {
		for _, k := range w.m.Incident(int(i)) {
			j := int32(w.m.Other(int(k), int(i)))
			g.to = append(g.to, w.local[j])
			b := &w.m.Bonds[k]
			g.kind = append(g.kind, bondKind(b, i))
			if hasSides(b) && b.Begin == i {
				g.doubles = append(g.doubles, g.twoEnds(k))
			}
		}
		g.start[x+1] = int32(len(g.to))
		if w.m.Atoms[i].Chiral != molecule.ChiralNone {
			g.centres = append(g.centres, int32(x))
		}
	}
	g.paint()
	return g
}

// bondKind is the type of a bond, whether it has stereo, and for dative ones the direction seen from atom i.
func bondKind(b *molecule.Bond, i int32) uint8 {
	kind := uint8(b.Type) << 2
	if hasSides(b) {
		kind |= 1
	}
	if b.Type == molecule.Dative && b.Begin == i {
		kind |= 2
	}
	return kind
}

func (g *fragment) twoEnds(k int32) twoEnds {
	m := g.w.m
	b := &m.Bonds[k]
	d := twoEnds{cis: isCis(b), ends: [2]int32{g.w.local[b.Begin], g.w.local[b.End]}}
	for side, i := range [2]int32{b.Begin, b.End} {
		d.ligands[side] = [2]int32{g.w.local[b.StereoAtoms[side]], none}
		for _, l := range m.Incident(int(i)) {
			if j := int32(m.Other(int(l), int(i))); l != k && j != b.StereoAtoms[side] {
				d.ligands[side][1] = g.w.local[j]
			}
		}
	}
	return d
}

// paint ranks the atoms by what is written of each alone.
func (g *fragment) paint() {
	order := make([]int32, len(g.atoms))
	for x := range order {
		order[x] = int32(x)
	}
	slices.SortFunc(order, g.compareAtoms)
	for p := 1; p < len(order); p++ {
		g.colour[order[p]] = g.colour[order[p-1]]
		if g.compareAtoms(order[p-1], order[p]) != 0 {
			g.colour[order[p]] = int32(p)
		}
	}
}

func (g *fragment) compareAtoms(x, y int32) int {
	m := g.w.m
	i, j := int(g.atoms[x]), int(g.atoms[y])
	a, b := &m.Atoms[i], &m.Atoms[j]
	return cmp.Or(
		cmp.Compare(m.Degree(i), m.Degree(j)),
		cmp.Compare(a.Z, b.Z),
		cmp.Compare(a.Charge, b.Charge),
		cmp.Compare(m.TotalHs(i), m.TotalHs(j)),
		cmp.Compare(bit(a.Aromatic), bit(b.Aromatic)),
		cmp.Compare(a.Isotope, b.Isotope),
		cmp.Compare(a.Map, b.Map),
		cmp.Compare(bit(a.MapZero), bit(b.MapZero)),
		cmp.Compare(a.Radicals, b.Radicals),
		cmp.Compare(chiralClass(a), chiralClass(b)),
	)
}

// chiralClass is the tag without its handedness.
func chiralClass(a *molecule.Atom) int {
	switch a.Chiral {
	case molecule.ChiralCW, molecule.ChiralCCW:
		return int(molecule.ChiralCW)
	case molecule.ChiralAllene, molecule.ChiralTetrahedral:
		return int(a.Chiral)<<8 | int(a.Permutation)
	}
	return int(a.Chiral)
}
