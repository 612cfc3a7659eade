package molfile

import (
	"errors"
	"fmt"
	"strings"

	"molserve/preprocess/molecule"
)

// BlockOptions says how a molfile is written. The zero value is V2000 where that can say all.
type BlockOptions struct {
	Dim   int  // 2 for a drawing, 3 for positions in space; 0 = 3 where a z is not 0
	V3000 bool // V3000 even where V2000 can say all
}

// What a molfile cannot say.
var (
	ErrNoCoordinates = errors.New("molfile: the molecule has stereo, which only coordinates can say, and there are none")
	ErrStereo        = errors.New("molfile: the coordinates do not go with the stereo")
	ErrUnwritable    = errors.New("molfile: a molfile cannot say it")
)

// AppendBlock appends the molfile of a perceived molecule to dst, from its title to M  END. coordinates are
// [n] Å; nil stands for none, and all atoms are written at the origin. Aromatic bonds are written as single
// and double ones. It holds what it wrote against m as a reader sees it: Parse with hydrogens kept gives m
// back, atom by atom, but that a double bond whose stereo m does not know may come back as StereoAny. Each
// error but that of a wrong number of coordinates wraps one of those above.
func AppendBlock(dst []byte, m *molecule.Molecule, coordinates [][3]float64, o BlockOptions) ([]byte, error) {
	w, err := newBlockWriter(m, coordinates, o)
	if err != nil {
		return dst, err
	}
	if err := w.mark(); err != nil {
		return dst, err
	}
	for {
		text := w.block()
		r, err := Parse(string(text), Options{Hydrogens: molecule.Keep, MaxAtoms: len(m.Atoms), MaxBytes: len(text), Budget: m.Budget})
		if err != nil {
			return dst, fmt.Errorf("%w: it would be refused: %w", ErrUnwritable, err)
		}
		again, err := w.correct(r.Mol)
		if err != nil {
			return dst, err
		}
		if !again {
			return append(dst, text...), nil
		}
	}
}

// blockWriter writes one molecule. Its draft is the connection table that is written: bonds of a Kekulé
// form with their marks in Dir, Begin at the narrow end of a wedge.
type blockWriter struct {
	m     *molecule.Molecule // that the reader must give back
	d     *draft
	v3000 bool

	bonded []int   // [n] valence of the bonds that are written
	stated []bool  // [n] the valence field says how many hydrogens there are
	zero   []int32 // bonds of order zero

	turns map[int32][]wedgeChoice // of an atropisomer's bond: the wedge at hand and those not tried yet
	out   []byte
}

func newBlockWriter(m *molecule.Molecule, coordinates [][3]float64, o BlockOptions) (*blockWriter, error) {
	n := len(m.Atoms)
	switch {
	case n == 0:
		return nil, fmt.Errorf("%w: no atoms", ErrUnwritable)
	case coordinates == nil && hasStereo(m):
		return nil, ErrNoCoordinates
	case coordinates != nil && len(coordinates) != n:
		return nil, fmt.Errorf("molfile: %d places of %d atoms", len(coordinates), n)
	}
	w := &blockWriter{m: m, d: &draft{m: m.Copy(), xyz: make([][3]float64, n)}, v3000: o.V3000, stated: make([]bool, n)}
	copy(w.d.xyz, coordinates)
	if err := w.d.m.Kekulize(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	if err := w.place(o); err != nil {
		return nil, err
	}
	return w, w.settle()
}

// hasStereo tells whether m has what a reader finds in coordinates only.
func hasStereo(m *molecule.Molecule) bool {
	for i := range m.Atoms {
		if m.Atoms[i].Chiral != molecule.ChiralNone {
			return true
		}
	}
	for k := range m.Bonds {
		if m.Bonds[k].Stereo > molecule.StereoAny {
			return true
		}
	}
	return false
}

// settle makes the bonds of the draft those that are written, and counts what they take of each atom's valence.
func (w *blockWriter) settle() error {
	for k := range w.d.m.Bonds {
		b := &w.d.m.Bonds[k]
		b.Dir, b.Stereo = molecule.DirNone, molecule.StereoNone
		if b.Type == molecule.ZeroBond {
			w.zero = append(w.zero, int32(k))
			if w.v3000 {
				b.Type = molecule.Single
			}
		}
		if _, ok := bondCodes[b.Type]; !ok {
			return fmt.Errorf("%w: bond %d is %s", ErrUnwritable, k, b.Type)
		}
	}
	w.bonded = make([]int, len(w.d.m.Atoms))
	for i := range w.d.m.Atoms {
		a := &w.d.m.Atoms[i]
		a.ExplicitHs, a.ImplicitHs = 0, 0
		w.bonded[i] = w.d.m.ExplicitValence(i)
		w.stated[i] = a.NoImplicit && a.Z != 0
	}
	return nil
}

// bondCodes are the numbers of bond types; that of order zero stands in for what another line says.
var bondCodes = map[molecule.BondType]int{molecule.Single: 1, molecule.Double: 2, molecule.Triple: 3, molecule.AromaticBond: 4,
	molecule.BondUnspecified: 8, molecule.Dative: 9, molecule.HydrogenBond: 10, molecule.ZeroBond: 1}

// block writes the molfile.
func (w *blockWriter) block() []byte {
	dim := "2D"
	if w.d.threeD {
		dim = "3D"
	}
	w.out = append(w.out[:0], oneLine(w.m.Title)...)
	w.out = append(append(append(w.out, "\n  molserve          "...), dim...), "\n\n"...)
	if w.v3000 {
		w.writeV3000()
	} else {
		w.writeV2000()
	}
	w.out = append(w.out, "M  END\n"...)
	return w.out
}

// oneLine makes a text one that stands on a line: ends of lines become blanks, and a blank stands before
// what would end the record.
func oneLine(text string) string {
	text = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
	if strings.HasPrefix(text, recordEnd) {
		return " " + text
	}
	return text
}

// symbol is how atom i is written: a dummy with a label is an R group.
func (w *blockWriter) symbol(i int) string {
	a := &w.m.Atoms[i]
	if a.Z == 0 && (w.rgroup(i) || w.v3000 && (a.Charge != 0 || a.Isotope != 0)) {
		return "R#"
	}
	return molecule.Symbol(a.Z)
}

// rgroup tells whether the isotope label of atom i is written as the number of an R group.
func (w *blockWriter) rgroup(i int) bool {
	a := &w.m.Atoms[i]
	return a.Z == 0 && a.Isotope > 0 && a.Isotope < 999
}

// valence is the total valence that the line of atom i states, 0 = nothing, none where there is no bond and
// no hydrogen.
func (w *blockWriter) valence(i, none int) int {
	if !w.stated[i] {
		return 0
	}
	if total := w.bonded[i] + w.m.TotalHs(i); total > 0 {
		return total
	}
	return none
}

// radical is the number of a radical: 2 doublet, 3 triplet; more electrons have none, and the valence says them.
func (w *blockWriter) radical(i int) int {
	switch w.m.Atoms[i].Radicals {
	case 1:
		return 2
	case 2:
		return 3
	}
	return 0
}
