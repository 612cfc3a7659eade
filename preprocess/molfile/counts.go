package molfile

import (
	"math"

	"molserve/preprocess/molecule"
)

// block reads one record.
type block struct {
	lines
	o Options
	d *draft

	tagged3D  bool           // the second line says 3D
	valences  map[int32]int  // total valence that an atom's line asks for, by atom
	counted   map[int32]bool // atoms whose hydrogens an M  HYD line counts
	groups    []*group       // substance groups, in the order of the text
	groupOf   map[int]*group // by their numbers
	marks     map[int]int32  // atoms of a V3000 block by their numbers
	bondMarks map[int]int32  // its bonds
}

// refuse refuses at the line that was read last.
func (b *block) refuse(code molecule.Code, format string, args ...any) error {
	return atLine(b.line, code, format, args...)
}

// refuseWork refuses there what would take longer than the work budget allows.
func (b *block) refuseWork(code molecule.Code, format string, args ...any) error {
	refusal := molecule.RefuseWork(code, format, args...)
	refusal.Line = b.line
	return refusal
}

// bad refuses a malformed line.
func (b *block) bad(format string, args ...any) error {
	return b.refuse(molecule.CodeFormat, format, args...)
}

// query refuses what only a query can say.
func (b *block) query(what string, args ...any) error {
	return b.refuse(molecule.CodeUnsupported, what+" is a query; draw the atoms and bonds that are meant", args...)
}

// read reads the three lines of the header, the counts line and the table.
func (b *block) read() (*draft, error) {
	b.d = &draft{first: b.line + 1}
	if b.text == "" {
		return nil, atLine(b.line+1, molecule.CodeEmpty, "no text; a molfile has a title, two more lines, a counts line, atoms, bonds and M  END")
	}
	title := b.next()
	if info := b.next(); len(info) >= 22 {
		b.tagged3D = info[20:22] == "3D" || info[20:22] == "3d"
	}
	b.next()
	atoms, bonds, v3000, err := b.counts()
	if err != nil {
		return nil, err
	}
	if v3000 {
		if atoms != 0 || bonds != 0 {
			return nil, b.bad("the counts line of a V3000 block must say 0 atoms and 0 bonds, this one says %d and %d", atoms, bonds)
		}
		err = b.readV3000()
	} else {
		err = b.readV2000(atoms, bonds)
	}
	if err != nil {
		return nil, err
	}
	b.d.m.Title = title
	return b.d, b.settle()
}

// counts reads the counts line: atoms, bonds, chiral flag and version.
func (b *block) counts() (atoms, bonds int, v3000 bool, err error) {
	text := b.next()
	if len(text) < 6 {
		return 0, 0, false, b.bad("the counts line is too short: %q; it is the fourth line of a molfile, and numbers of atoms and bonds take three columns each", text)
	}
	atoms, ok := unsigned(text[:3])
	if !ok {
		return 0, 0, false, b.bad("the counts line begins with %q, which is no number of atoms", text[:3])
	}
	bonds, ok = unsigned(text[3:6])
	if !ok {
		return 0, 0, false, b.bad("columns 4 to 6 of the counts line are %q, which is no number of bonds", text[3:6])
	}
	if len(text) >= 15 {
		flag, _ := unsigned(text[12:15])
		b.d.chiral = flag != 0
	}
	if len(text) <= 35 {
		return atoms, bonds, false, nil
	}
	version, _ := cut(text, 34, 5)
	switch version {
	case "V2000":
	case "V3000":
		v3000 = true
	default:
		return 0, 0, false, b.bad("the counts line names version %q; V2000 and V3000 are read", version)
	}
	return atoms, bonds, v3000, nil
}

// shortestAtom is the least number of bytes of an atom line.
const shortestAtom = 16

// begin makes room for the atoms and bonds that the block announces.
func (b *block) begin(atoms int) error {
	if atoms == 0 {
		return b.refuse(molecule.CodeEmpty, "the counts line says 0 atoms")
	}
	if atoms > b.o.maxAtoms() {
		return b.refuse(molecule.CodeTooLarge, "%d atoms, more than the %d that are allowed", atoms, b.o.maxAtoms())
	}
	b.d.m = molecule.New(min(atoms, (len(b.text)-b.at)/shortestAtom))
	b.d.m.Budget = b.o.Budget
	return nil
}

// addAtom takes an atom whose line was just read.
func (b *block) addAtom(a molecule.Atom, at [3]float64, any bool) (int, error) {
	for _, x := range at {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return 0, b.bad("coordinate %g; coordinates must be finite", x)
		}
	}
	a.Offset = int32(min(b.line, math.MaxInt32))
	b.d.xyz = append(b.d.xyz, at)
	b.d.atomLine = append(b.d.atomLine, a.Offset)
	b.d.anyAtom = append(b.d.anyAtom, any)
	return b.d.m.AddAtom(a), nil
}

// addBond takes a bond between atoms that are counted from 1.
func (b *block) addBond(bond molecule.Bond, begin, end int, any bool) error {
	n := len(b.d.m.Atoms)
	for _, i := range []int{begin, end} {
		if i < 1 || i > n {
			return b.refuse(molecule.CodeBond, "the bond names atom %d; there are atoms 1 to %d", i, n)
		}
	}
	if begin == end {
		return b.refuse(molecule.CodeBond, "atom %d is bonded to itself", begin)
	}
	if b.d.m.BondBetween(begin-1, end-1) >= 0 {
		return b.refuse(molecule.CodeBond, "a second bond between atoms %d and %d", begin, end)
	}
	bond.Begin, bond.End = int32(begin-1), int32(end-1)
	bond.Aromatic = bond.Type == molecule.AromaticBond
	bond.StereoAtoms = [2]int32{-1, -1}
	b.d.m.AddBond(bond)
	b.d.anyBond = append(b.d.anyBond, any)
	return nil
}

// decideDimension holds the coordinates against what the second line says: z coordinates make a block
// 3D; a block without any that says 3D stays so unless bonds are marked as on paper.
func (b *block) decideDimension() {
	flat := true
	for _, at := range b.d.xyz {
		flat = flat && math.Abs(at[2]) <= flatZ
	}
	b.d.threeD = !flat || b.tagged3D && !b.d.marked
}

// flatZ is the largest z, Å, of a flat drawing (RDKit's hasNonZeroZCoords).
const flatZ = 1e-3
