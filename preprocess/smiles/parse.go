package smiles

import (
	"strings"
	"sync"

	"molserve/preprocess/molecule"
)

// Options limit and steer reading. The zero value is MolFromSmiles with molserve's limits.
type Options struct {
	MaxBytes  int                // longest text, 0 = 100,000
	MaxAtoms  int                // most atoms, 0 = 1,000
	Hydrogens molecule.Hydrogens // which H are atoms of the graph, default as in RDKit
	Budget    molecule.Budget    // of the work on a molecule, 0 = molecule.DefaultBudget
}

func (o Options) maxBytes() int {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return 100_000
}

func (o Options) maxAtoms() int {
	if o.MaxAtoms > 0 {
		return o.MaxAtoms
	}
	return 1_000
}

// Parse reads one SMILES without a title, blanks around it allowed, and perceives it. What it refuses
// is a *molecule.Error with a byte offset in text.
func Parse(text string, opt Options) (*molecule.Molecule, error) {
	m, err := Read(text, opt)
	if err != nil {
		return nil, err
	}
	return perceived(m, text, opt)
}

// perceived perceives m, which was read from text.
func perceived(m *molecule.Molecule, text string, opt Options) (*molecule.Molecule, error) {
	if err := molecule.Perceive(m, opt.Hydrogens); err != nil {
		return nil, err
	}
	if len(m.Atoms) > opt.maxAtoms() {
		return nil, molecule.Refuse(molecule.CodeTooLarge, len(text), "more than %d atoms with all hydrogens", opt.maxAtoms())
	}
	return m, nil
}

// Reader reads one SMILES after another in the same memory. The zero value is ready; it serves one
// goroutine at a time.
type Reader struct {
	state reader
	m     molecule.Molecule
}

// Parse is the function Parse; the molecule is good until the next call.
func (r *Reader) Parse(text string, opt Options) (*molecule.Molecule, error) {
	if cap(r.m.Atoms) > maxKept {
		*r = Reader{}
	}
	r.m.Reset()
	if err := r.state.read(&r.m, text, opt); err != nil {
		return nil, err
	}
	return perceived(&r.m, text, opt)
}

// maxKept is the number of atoms from which on a reader does not keep its memory.
const maxKept = 10_000

// SplitLine splits a line into its SMILES and its title: blanks and tabs before the SMILES are skipped,
// it ends at the next one, and the trimmed rest is the title. The SMILES starts at offset.
func SplitLine(line string) (smiles, title string, offset int) {
	rest := strings.TrimLeft(line, " \t")
	offset = len(line) - len(rest)
	end := strings.IndexAny(rest, " \t")
	if end < 0 {
		return rest, "", offset
	}
	return rest[:end], strings.Trim(rest[end:], " \t"), offset
}

// Read makes the molecule as it stands in the text, before perception: Parse is Read and molecule.Perceive.
func Read(text string, opt Options) (*molecule.Molecule, error) {
	r := readers.Get().(*reader)
	m := molecule.New(min(atomsIn(text), opt.maxAtoms()))
	err := r.read(m, text, opt)
	if cap(r.ends)+cap(r.branches) <= maxKept {
		readers.Put(r)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// atomsIn bounds the atoms of a text from above.
func atomsIn(text string) int {
	if len(text) < 1000 {
		return len(text)
	}
	n := 0
	for x := range len(text) {
		if k := kinds[text[x]]; k == bareAtom || k == bracket {
			n++
		}
	}
	return n
}

// read reads text into m, which is empty.
func (r *reader) read(m *molecule.Molecule, text string, opt Options) error {
	if len(text) > opt.maxBytes() {
		return molecule.Refuse(molecule.CodeTooLong, opt.maxBytes(), "the SMILES is %d bytes long; at most %d are read", len(text), opt.maxBytes())
	}
	start, end := trimmed(text)
	if start == end {
		return molecule.Refuse(molecule.CodeEmpty, 0, "the SMILES is empty")
	}
	*r = reader{text: text[:end], pos: start, maxAtoms: opt.maxAtoms(), last: none, m: m,
		branches: r.branches[:0], ends: r.ends[:0], marks: r.marks[:0], order: r.order[:0], bonds: r.bonds[:0]}
	defer r.forget()
	m.Budget = opt.Budget
	if err := r.readAll(); err != nil {
		return err
	}
	if err := r.closeRings(); err != nil {
		return err
	}
	if len(r.marks) == 0 {
		return nil
	}
	r.orderMarks()
	return resolveChirality(m, r.marks)
}

// forget lets go of what was read.
func (r *reader) forget() { r.text, r.m = "", nil }

// trimmed is where text without the blanks around it begins and ends; an empty one lies at 0.
func trimmed(text string) (start, end int) {
	for end = len(text); end > 0 && isBlank(text[end-1]); end-- {
	}
	for start < end && isBlank(text[start]) {
		start++
	}
	return start, end
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
