package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
	"molserve/preprocess/standardize"
)

// MolfileRecord is what is printed of a molfile, or of a record of an SD file.
type MolfileRecord struct {
	molecule.Record
	XYZ   [][3]float64 `json:"xyz"` // [n] Å
	Dim   int          `json:"dim"` // 2 or 3
	Props items        `json:"props"`
}

// items are the data items of a record: an object in the order of the file.
type items []molfile.Prop

// MarshalJSON writes {"name": "text", …}.
func (p items) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for at, item := range p {
		if at > 0 {
			out.WriteByte(',')
		}
		for part, text := range []string{item.Name, item.Value} {
			quoted, err := json.Marshal(text)
			if err != nil {
				return nil, err
			}
			if part > 0 {
				out.WriteByte(':')
			}
			out.Write(quoted)
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func (o Options) molfileOptions() molfile.Options {
	return molfile.Options{MaxBytes: o.MaxBytes, MaxAtoms: o.MaxAtoms, Hydrogens: o.Hydrogens, Budget: o.Budget}
}

// SDF reads the records of an SD file from r and writes an object a line to w, in order, until r ends.
// Memory does not grow with the number of records. It fails only when r, w or the options do.
func SDF(r io.Reader, w io.Writer, o Options) error { return o.printMolfiles(o.sdf(r), w) }

// Molfile reads r as one molfile and writes its object to w.
func Molfile(r io.Reader, w io.Writer, o Options) error { return o.printMolfiles(o.molfile(r), w) }

// molfiles returns the next record, changed as is asked, or io.EOF behind the last. A *molecule.Error is the
// refusal of one record.
type molfiles func() (*molfile.Record, error)

func (o Options) sdf(r io.Reader) molfiles {
	in := molfile.NewReader(r, o.molfileOptions())
	return func() (*molfile.Record, error) { return o.changed(in.Next()) }
}

func (o Options) molfile(r io.Reader) molfiles {
	done := false
	return func() (*molfile.Record, error) {
		if done {
			return nil, io.EOF
		}
		done = true
		text, err := molfile.ReadText(r, o.molfileOptions())
		if err != nil {
			return nil, err
		}
		return o.changed(molfile.Parse(text, o.molfileOptions()))
	}
}

// changed standardizes what was read.
func (o Options) changed(r *molfile.Record, err error) (*molfile.Record, error) {
	if err != nil || len(o.Standardize) == 0 {
		return r, err
	}
	return standardize.Record(r, o.Standardize)
}

func (o Options) printMolfiles(next molfiles, w io.Writer) error {
	form, err := o.molfilePrinter()
	if err != nil {
		return err
	}
	out := newPrinter(w)
	for {
		record, err := next()
		var refusal *molecule.Error
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil && !errors.As(err, &refusal) {
			return errors.Join(err, out.Flush())
		}
		if err := out.print(printed(record, err, form)); err != nil {
			return err
		}
	}
}

// molfilePrinter chooses what a record is printed as.
func (o Options) molfilePrinter() (func(*molfile.Record) (any, error), error) {
	if o.Features == "" {
		return func(r *molfile.Record) (any, error) {
			return &MolfileRecord{Record: molecule.NewRecord(r.Mol), XYZ: append([][3]float64{}, r.Positions...), Dim: r.Dim, Props: r.Props}, nil
		}, nil
	}
	form, err := o.printer()
	if err != nil {
		return nil, err
	}
	return func(r *molfile.Record) (any, error) { return form(r.Mol) }, nil
}

// printed is the object of a record, or of its refusal.
func printed(r *molfile.Record, err error, form func(*molfile.Record) (any, error)) any {
	if err != nil {
		return newLineRefusal(err, 1)
	}
	object, err := form(r)
	if err != nil {
		return newLineRefusal(molfile.Place(err, r.Line), r.Line)
	}
	return object
}
