package stream

import (
	"encoding/json"
	"io"

	"molserve/preprocess/molecule"
)

// ndjson reads an item of a request's molecules a line.
type ndjson struct {
	lines *Lines
	limit int
	line  int
}

func newNDJSON(r io.Reader, o Options) *ndjson {
	return &ndjson{lines: NewLines(r, o.MaxBytes), limit: o.MaxBytes}
}

func (*ndjson) Columns() []string { return []string{"id"} }

func (n *ndjson) Next() (Item, error) {
	line, err := n.lines.Next()
	if err != nil {
		return Item{}, err
	}
	n.line++
	var item Item
	switch {
	case len(line) > n.limit:
		item.Err = n.refuse(molecule.CodeTooLong, "line of more bytes than the limit")
	default:
		if err := json.Unmarshal(line, &item.Record); err != nil {
			item.Err = n.refuse(molecule.CodeFormat, "line "+err.Error())
		}
	}
	item.Cells = []string{item.Record.ID}
	return item, nil
}

func (n *ndjson) refuse(code molecule.Code, why string) *molecule.Error {
	return &molecule.Error{Code: code, Message: why, Offset: -1, Line: n.line}
}
