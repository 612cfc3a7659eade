package stream

import (
	"io"

	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// smi reads a SMILES a line; what follows white space is the record's name.
type smi struct {
	lines *Lines
	n     int // lines that were read
}

func newSMI(r io.Reader, o Options) *smi { return &smi{lines: NewLines(r, o.MaxBytes)} }

func (*smi) Columns() []string { return []string{"smiles", "name"} }

func (s *smi) Next() (Item, error) {
	line, err := s.lines.Next()
	if err != nil {
		return Item{}, err
	}
	s.n++
	text, title, _ := smiles.SplitLine(string(line))
	if len(line) > s.lines.limit { // it was cut, perhaps to another molecule
		refusal := molecule.Refuse(molecule.CodeTooLong, -1, "a line of more than %d bytes", s.lines.limit)
		refusal.Line = s.n
		return Item{Err: refusal, Cells: []string{text, title}}, nil
	}
	return Item{Record: preprocess.Record{ID: title, Kind: preprocess.SMILES, Text: text}, Cells: []string{text, title}}, nil
}
