package stream

import (
	"io"

	"molserve/preprocess"
	"molserve/preprocess/smiles"
)

// smi reads a SMILES a line; what follows white space is the record's name.
type smi struct{ lines *Lines }

func newSMI(r io.Reader, o Options) *smi { return &smi{NewLines(r, o.MaxBytes)} }

func (*smi) Columns() []string { return []string{"smiles", "name"} }

func (s *smi) Next() (Item, error) {
	line, err := s.lines.Next()
	if err != nil {
		return Item{}, err
	}
	text, title, _ := smiles.SplitLine(string(line))
	return Item{Record: preprocess.Record{ID: title, Kind: preprocess.SMILES, Text: text}, Cells: []string{text, title}}, nil
}
