package smiles

import (
	"strings"

	"molserve/preprocess/molecule"
)

// Options limit and steer reading. The zero value is MolFromSmiles with molserve's limits.
type Options struct {
	MaxBytes  int                // longest text, 0 = 100,000
	MaxAtoms  int                // most atoms, 0 = 1,000
	Hydrogens molecule.Hydrogens // which H are atoms of the graph, default as in RDKit
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
	if err := molecule.Perceive(m, opt.Hydrogens); err != nil {
		return nil, err
	}
	if len(m.Atoms) > opt.maxAtoms() {
		return nil, molecule.Refuse(molecule.CodeTooLarge, len(text), "more than %d atoms with all hydrogens", opt.maxAtoms())
	}
	return m, nil
}

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
	if len(text) > opt.maxBytes() {
		return nil, molecule.Refuse(molecule.CodeTooLong, opt.maxBytes(), "the SMILES is %d bytes long; at most %d are read", len(text), opt.maxBytes())
	}
	end := len(strings.TrimRight(text, " \t\r\n"))
	start := end - len(strings.TrimLeft(text[:end], " \t\r\n"))
	if start == end {
		return nil, molecule.Refuse(molecule.CodeEmpty, 0, "the SMILES is empty")
	}
	r := &reader{text: text[:end], pos: start, maxAtoms: opt.maxAtoms(), last: none,
		m: molecule.New(min(end-start, opt.maxAtoms()))}
	if err := r.readAll(); err != nil {
		return nil, err
	}
	if err := r.closeRings(); err != nil {
		return nil, err
	}
	r.orderMarks()
	if err := resolveChirality(r.m, r.marks); err != nil {
		return nil, err
	}
	return r.m, nil
}
