package molfile

import (
	"errors"

	"molserve/preprocess/molecule"
)

// Options limit and steer reading. The zero value is RDKit's default with molserve's limits.
type Options struct {
	MaxBytes  int                // longest record, 0 = 16 MiB
	MaxAtoms  int                // most atoms of a record, 0 = 1,000
	Hydrogens molecule.Hydrogens // which H are atoms of the graph, default as in RDKit
	Budget    molecule.Budget    // of the work on a record, 0 = molecule.DefaultBudget
	Line      int                // of Parse: where the text begins in its file, 0 = 1
}

func (o Options) maxBytes() int {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return 16 << 20
}

func (o Options) maxAtoms() int {
	if o.MaxAtoms > 0 {
		return o.MaxAtoms
	}
	return 1_000
}

// Record is one molfile with the data items that follow it.
type Record struct {
	Mol       *molecule.Molecule // perceived
	Positions [][3]float64       // [n] Å; zero for hydrogens that were added
	Dim       int                // 2 or 3
	Props     []Prop             // data items, in the order of the file
	Line      int                // of its first line in the file, from 1
}

// Prop is a data item of an SD file. The lines of its value are joined by \n.
type Prop struct{ Name, Value string }

// Parse reads one molfile, with or without data items behind it. What it refuses is a
// *molecule.Error with a line.
func Parse(text string, o Options) (*Record, error) { return parse(text, max(o.Line-1, 0), o) }

// parse reads a record that stands behind so many lines of its file.
func parse(text string, before int, o Options) (*Record, error) {
	if len(text) > o.maxBytes() {
		return nil, atLine(before+1, molecule.CodeTooLong, "the record is longer than %d bytes", o.maxBytes())
	}
	b := block{lines: lines{text: text, line: before}, o: o}
	d, err := b.read()
	if err != nil {
		return nil, err
	}
	if err := d.finish(o.Hydrogens); err != nil {
		return nil, placed(err, d.first)
	}
	if len(d.m.Atoms) > o.maxAtoms() {
		return nil, atLine(d.first, molecule.CodeTooLarge, "more than %d atoms with all hydrogens", o.maxAtoms())
	}
	for len(d.xyz) < len(d.m.Atoms) {
		d.xyz = append(d.xyz, [3]float64{}) // AddHs without coordinates
	}
	r := &Record{Mol: d.m, Positions: d.xyz, Dim: 2, Props: b.readProps(), Line: d.first}
	if d.threeD {
		r.Dim = 3
	}
	return r, nil
}

// placed gives the refusal of a later step the line of the atom that it names, else the first one.
func placed(err error, first int) error {
	var refusal *molecule.Error
	if !errors.As(err, &refusal) {
		return err
	}
	if refusal.Line == 0 {
		refusal.Line = max(refusal.Offset, first)
	}
	refusal.Offset = -1
	return refusal
}

// longestQuote is how much of a line a refusal quotes, bytes.
const longestQuote = 200

// atLine refuses at a line of the file.
func atLine(line int, code molecule.Code, format string, args ...any) *molecule.Error {
	for x, arg := range args {
		if text, ok := arg.(string); ok && len(text) > longestQuote {
			args[x] = text[:longestQuote] + "…"
		}
	}
	refusal := molecule.Refuse(code, -1, format, args...)
	refusal.Line = line
	return refusal
}
