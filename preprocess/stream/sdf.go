package stream

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
)

// molfiles reads the records of an SD file; the title of each is its name.
type molfiles struct{ r *molfile.Reader }

func newSDF(r io.Reader, o Options) *molfiles {
	return &molfiles{molfile.NewReader(r, molfile.Options{MaxBytes: o.MaxBytes})}
}

func (*molfiles) Columns() []string { return []string{"line", "name"} }

func (m *molfiles) Next() (Item, error) {
	text, before, err := m.r.NextText()
	cells := []string{strconv.Itoa(before + 1), ""}
	var refusal *molecule.Error
	switch {
	case errors.As(err, &refusal):
		return Item{Err: refusal, Cells: cells}, nil
	case err != nil:
		return Item{}, err
	}
	title, _, _ := strings.Cut(text, "\n")
	cells[1] = strings.TrimSpace(title)
	return Item{Record: preprocess.Record{ID: cells[1], Kind: preprocess.SDF, Text: text, Line: before + 1}, Cells: cells}, nil
}
