// Package inspect prints what the preprocessing makes of each record, one JSON object a line
// (docs/inspect.md), so that perception, features and geometry can be compared with those of RDKit,
// chemprop, ASE and e3nn.
package inspect

import (
	"errors"
	"io"

	"molserve/preprocess/featurize"
	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
	"molserve/preprocess/standardize"
	"molserve/preprocess/stream"
)

// Options of a run. The zero value prints molecule records.
type Options struct {
	Features  string             // name of a featurizer: print feature records instead
	Hydrogens molecule.Hydrogens // default: implicit
	MaxBytes  int                // longest record, default 100,000 of SMILES, 16 MiB of a molfile
	Budget    molecule.Budget    // of the work on a molecule, default molecule.DefaultBudget
	MaxAtoms  int                // largest record, default 1,000 of a molecule, 100,000 of a structure

	Standardize []standardize.Step // what to change in molecules; none: nothing

	Cutoff   float64  // of structures, Å: print neighbour lists instead
	PBC      *[3]bool // of neighbour lists; nil: as the frame says
	MaxEdges int      // of a neighbour list, default geometry.DefaultMaxEdges
}

// longestLine leaves room for a title behind the longest SMILES.
const longestLine = 1 << 20

// SMILES reads a record a line from r and writes an object a line to w, in order, until r ends.
// Memory does not grow with the number of records. It fails only when r, w or the options do.
func SMILES(r io.Reader, w io.Writer, o Options) error {
	form, err := o.printer()
	if err != nil {
		return err
	}
	out := newPrinter(w)
	lines := stream.NewLines(r, max(longestLine, 2*o.MaxBytes))
	for {
		line, err := lines.Next()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
		if err := out.print(o.line(string(line), form)); err != nil {
			return err
		}
	}
}

// printer chooses what a perceived molecule is printed as.
func (o Options) printer() (func(*molecule.Molecule) (any, error), error) {
	if o.Features == "" {
		return func(m *molecule.Molecule) (any, error) { return molecule.NewRecord(m), nil }, nil
	}
	f, err := featurize.Named(o.Features)
	if err != nil {
		return nil, err
	}
	return func(m *molecule.Molecule) (any, error) { return newFeatures(f, m) }, nil
}

// line makes the object of one line.
func (o Options) line(line string, form func(*molecule.Molecule) (any, error)) any {
	m, err := o.molecule(line)
	if err != nil {
		return newRefusal(err)
	}
	record, err := form(m)
	if err != nil {
		return newRefusal(err)
	}
	return record
}

// molecule reads a line of SMILES and changes what is asked.
func (o Options) molecule(line string) (*molecule.Molecule, error) {
	text, title, _ := smiles.SplitLine(line)
	m, err := smiles.Parse(text, smiles.Options{MaxBytes: o.MaxBytes, MaxAtoms: o.MaxAtoms, Hydrogens: o.Hydrogens, Budget: o.Budget})
	if err != nil {
		return nil, err
	}
	m.Title = title
	if len(o.Standardize) == 0 {
		return m, nil
	}
	return standardize.Apply(m, o.Standardize)
}
