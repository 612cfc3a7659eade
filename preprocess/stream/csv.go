package stream

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"molserve/preprocess"
	"molserve/preprocess/molecule"
)

// table reads CSV with a header line (RFC 4180; LF or CRLF).
type table struct {
	r      *csv.Reader
	from   *bounded
	header []string
	smiles int // index of the column
	id     int // index of the column id, -1 = none
}

func newCSV(r io.Reader, o Options) (*table, error) {
	from := &bounded{r: r, limit: int64(o.MaxBytes)}
	c := csv.NewReader(from)
	c.FieldsPerRecord = -1 // a row of the wrong length is an error of that row alone
	header, err := c.Read()
	if err == io.EOF {
		return nil, errors.New("the CSV has no header line")
	}
	if err != nil {
		return nil, fmt.Errorf("CSV header: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	t := &table{r: c, from: from, header: header, id: -1}
	if ids := columnsOf(header, "id"); len(ids) > 0 {
		t.id = ids[0]
	}
	t.smiles, err = chooseSMILES(header, o.SMILESColumn)
	return t, err
}

func (t *table) Columns() []string { return t.header }

func (t *table) Next() (Item, error) {
	t.from.rowBegins()
	cells, err := t.r.Read()
	if err == io.EOF {
		return Item{}, err
	}
	item := Item{Cells: make([]string, len(t.header))}
	copy(item.Cells, cells)
	var malformed *csv.ParseError
	switch {
	case errors.As(err, &malformed):
		item.Err = &molecule.Error{Code: molecule.CodeFormat, Message: "CSV: " + malformed.Err.Error(), Offset: -1, Line: malformed.Line}
		return item, nil
	case err != nil:
		return Item{}, err
	case len(cells) != len(t.header):
		line, _ := t.r.FieldPos(0)
		item.Err = &molecule.Error{Code: molecule.CodeFormat, Offset: -1, Line: line,
			Message: fmt.Sprintf("CSV: %d cells under a header of %d", len(cells), len(t.header))}
		return item, nil
	}
	item.Record = preprocess.Record{Kind: preprocess.SMILES, Text: strings.TrimSpace(cells[t.smiles])}
	if t.id >= 0 {
		item.Record.ID = cells[t.id]
	}
	return item, nil
}

// bounded ends a table at a row that is longer than the limit: behind a quote that is never closed there
// is no next row to go on with. What the parser has read ahead does not count.
type bounded struct {
	r     io.Reader
	limit int64
	row   int64 // bytes that were read since the row began
	err   error
}

func (b *bounded) rowBegins() { b.row = 0 }

func (b *bounded) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	if b.row += int64(n); b.row > b.limit && err == nil {
		n, err = 0, fmt.Errorf("CSV: a row of more than %d bytes; a quote may never be closed", b.limit)
	}
	b.err = err
	return n, err
}
