package smiles

import (
	"slices"
	"strings"

	"molserve/preprocess/molecule"
)

// WriteOptions steer writing. The zero value keeps the order of the atoms.
type WriteOptions struct {
	// Canonical makes the text a function of the molecule alone, whatever the order of its atoms and bonds.
	Canonical bool
}

// Write returns a perceived molecule as SMILES: aromatic atoms in lower case, brackets where they are
// needed, tetrahedral and polyhedral marks, / and \ for double bonds, -> for dative bonds, atom maps. Reading
// the text gives the molecule again, up to the order of its atoms and to whether hydrogens stood in brackets.
//
// Canonical text comes from a search for the least labelling of each fragment (see labelling); two molecules
// have the same text when they are the same, stereo included. It is the project's own, not RDKit's. A molecule
// so large and symmetric that the search ends early has text that is right but may depend on its order.
//
// What SMILES has no words for is refused with the code unsupported: bond types such as zero or ionic, rings
// of ~ alone, more than 99,999 rings open at once. Double bonds whose stereo is ANY are written as plain.
func Write(m *molecule.Molecule, opt WriteOptions) (string, error) {
	text, _, err := write(m, opt)
	return text, err
}

// write also returns the atoms in the order of the text, [n].
func write(m *molecule.Molecule, opt WriteOptions) (string, []int32, error) {
	if err := checkWritable(m); err != nil {
		return "", nil, err
	}
	w := newWriter(m)
	fragments := splitFragments(m)
	parts := make([]part, len(fragments))
	for f, atoms := range fragments {
		if opt.Canonical {
			w.rankCanonically(atoms)
		} else {
			w.rankAsRead(atoms)
		}
		if err := w.fragment(atoms, opt.Canonical); err != nil {
			return "", nil, err
		}
		parts[f] = part{string(w.text), slices.Clone(w.tree.order)}
	}
	if opt.Canonical {
		slices.SortStableFunc(parts, func(a, b part) int { return strings.Compare(a.text, b.text) })
	}
	return join(parts, len(m.Atoms))
}

// part is a fragment that was written.
type part struct {
	text  string
	order []int32
}

// join puts dots between the parts.
func join(parts []part, n int) (string, []int32, error) {
	texts, order := make([]string, len(parts)), make([]int32, 0, n)
	for p := range parts {
		texts[p] = parts[p].text
		order = append(order, parts[p].order...)
	}
	return strings.Join(texts, "."), order, nil
}

// splitFragments lists the atoms of each fragment, ascending.
func splitFragments(m *molecule.Molecule) [][]int32 {
	of, count := m.Fragments()
	fragments := make([][]int32, count)
	for i, f := range of {
		fragments[f] = append(fragments[f], int32(i))
	}
	return fragments
}

// writer holds what is known of the molecule while its fragments are written.
type writer struct {
	m      *molecule.Molecule
	bare   []int16 // [n] hydrogens outside brackets
	rank   []int32 // [n] place of each atom in the order by which choices are made
	local  []int32 // [n] place of each atom in its fragment
	stereo []bool  // [n] atom is an end of a double bond with stereo
	tree   tree
	text   []byte

	arrangements map[uint64]int32 // see arrangement
	labelled     int              // work of labelling the fragments so far
}

func newWriter(m *molecule.Molecule) *writer {
	n := len(m.Atoms)
	w := &writer{m: m, rank: make([]int32, n), local: make([]int32, n), stereo: make([]bool, n), tree: newTree(m), arrangements: map[uint64]int32{}}
	for k := range m.Bonds {
		if b := &m.Bonds[k]; hasSides(b) {
			w.stereo[b.Begin], w.stereo[b.End] = true, true
		}
	}
	w.bare = m.BareHs(m.Bonds)
	for i, hs := range m.BareHs(w.bondsAsRead()) {
		if hs != w.bare[i] {
			w.bare[i] = -1
		}
	}
	return w
}

// bondsAsRead are the bonds as the reader makes them: one to an aromatic dummy, for which there is no symbol
// of its own, is read as single.
func (w *writer) bondsAsRead() []molecule.Bond {
	bonds := slices.Clone(w.m.Bonds)
	for k := range bonds {
		b := &bonds[k]
		if b.Type == molecule.AromaticBond && w.impliedType(b.Begin, b.End) == b.Type && !(w.lowerCase(b.Begin) && w.lowerCase(b.End)) {
			b.Type, b.Aromatic = molecule.Single, false
		}
	}
	return bonds
}

// hasSides tells whether a bond has stereo that / and \ can say.
func hasSides(b *molecule.Bond) bool {
	return b.Stereo > molecule.StereoAny && b.Stereo <= molecule.StereoTrans
}

// isCis tells whether the stereo atoms of a bond lie on one side.
func isCis(b *molecule.Bond) bool {
	return b.Stereo == molecule.StereoZ || b.Stereo == molecule.StereoCis
}

func (w *writer) rankAsRead(atoms []int32) {
	for _, i := range atoms {
		w.rank[i] = i
	}
}

// fragment writes one fragment, whose atoms are ranked, into text.
func (w *writer) fragment(atoms []int32, canonical bool) error {
	t := &w.tree
	root := atoms[0]
	for _, i := range atoms {
		if w.rank[i] < w.rank[root] {
			root = i
		}
	}
	if err := t.grow(root, w.rank, canonical); err != nil {
		return err
	}
	if err := t.numberRings(); err != nil {
		return err
	}
	w.text = w.text[:0]
	w.writeTree(root, w.directions())
	return nil
}

// writeTree writes the atoms in the order of the tree, a parenthesis around all branches but the last.
func (w *writer) writeTree(root int32, marks map[int32]molecule.BondDir) {
	type visit struct {
		atom  int32
		child int
	}
	t := &w.tree
	w.writeAtom(root, marks)
	for path := []visit{{atom: root}}; len(path) > 0; {
		top := &path[len(path)-1]
		children := t.children[top.atom]
		if top.child > 0 && top.child < len(children) {
			w.text = append(w.text, ')')
		}
		if top.child == len(children) {
			path = path[:len(path)-1]
			continue
		}
		child := children[top.child]
		top.child++
		if top.child < len(children) {
			w.text = append(w.text, '(')
		}
		w.writeBond(t.bond[child], top.atom, child, marks)
		w.writeAtom(child, marks)
		path = append(path, visit{atom: child})
	}
}

// writeAtom writes an atom and its ring digits.
func (w *writer) writeAtom(i int32, marks map[int32]molecule.BondDir) {
	w.atomText(i)
	for _, k := range w.tree.rings[i] {
		if w.tree.opening[k] == i {
			w.writeBond(k, i, int32(w.m.Other(int(k), int(i))), marks)
		}
		w.ringDigit(w.tree.digit[k])
	}
}
