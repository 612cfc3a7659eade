package serve

import (
	"encoding/csv"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"

	"molserve/preprocess"
)

// parseSMILES reads a molecule a line, its name after white space. An empty line is a molecule that is
// empty, so that rows and lines keep step; only what follows the last line feed is no line when empty.
func parseSMILES(text string, _ url.Values, q *request) error {
	if text == "" {
		return nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if err := q.add(smilesLine(line)); err != nil {
			return err
		}
	}
	return nil
}

func smilesLine(line string) preprocess.Record {
	line = strings.TrimSpace(line)
	smiles, name := line, ""
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		smiles, name = line[:i], strings.TrimSpace(line[i:])
	}
	return preprocess.Record{Kind: preprocess.SMILES, Text: smiles, ID: name}
}

// parseCSV reads a header and a molecule a row: the column that ?smiles_column= names, or the one
// named smiles in any case, and the column id if there is one. Blank lines are no rows (RFC 4180 has none).
func parseCSV(text string, query url.Values, q *request) error {
	in := csv.NewReader(strings.NewReader(text))
	in.ReuseRecord = true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return refuse(codeBadCSV, "the body is empty; the first line names the columns")
	}
	if err != nil {
		return badCSV(err)
	}
	smiles, id, err := columns(header, query)
	if err != nil {
		return err
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badCSV(err)
		}
		rec := preprocess.Record{Kind: preprocess.SMILES, Text: strings.TrimSpace(row[smiles])}
		if id >= 0 {
			rec.ID = row[id]
		}
		if err := q.add(rec); err != nil {
			return err
		}
	}
}

// columns finds the columns of the SMILES and of the id; id is -1 when there is none.
func columns(header []string, query url.Values) (smiles, id int, err error) {
	named := func(name string) int {
		return slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
	}
	want := "smiles"
	if query.Has("smiles_column") {
		want = query.Get("smiles_column")
	}
	if smiles = named(want); smiles < 0 {
		return 0, 0, refuse(codeBadCSV, "no column is named %q; name the right one with ?smiles_column=", want)
	}
	return smiles, named("id"), nil
}

func badCSV(err error) error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return refuse(codeBadCSV, "the body is not CSV")
	}
	return refuse(codeBadCSV, "line %d: %s", at.Line, at.Err)
}
