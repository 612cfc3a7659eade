package serve

import (
	"errors"
	"io"
	"net/url"
	"strings"

	"molserve/preprocess/molecule"
	"molserve/preprocess/stream"
)

// parseFile reads a frame of XYZ, or a record of an SD file, a molecule. What cannot be read is a row
// with its line. Where no next frame can be found the last row says so.
func parseFile(f stream.Format) parser {
	return func(text string, _ url.Values, q *request) error {
		in, err := stream.Open(strings.NewReader(text), f, stream.Options{MaxAtoms: q.maxAtoms})
		if err != nil {
			return err
		}
		for {
			item, err := in.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err == nil && item.Err == nil {
				err = q.add(item.Record)
			} else if err == nil {
				err = q.refuse(item.Err)
			}
			if err != nil {
				return err
			}
		}
	}
}

// parseNDJSON reads an object of a request's molecules a line. A line that is none is a row with its
// number, so that rows and lines keep step; only what follows the last line feed is no line when empty.
func parseNDJSON(text string, _ url.Values, q *request) error {
	if text == "" {
		return nil
	}
	n := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		n++
		r := &reader{text: line}
		rec, err := parseMolecule(r)
		if err == nil {
			err = r.end()
		}
		if err != nil {
			err = q.refuse(lineError(err, n))
		} else {
			err = q.add(rec)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lineError is the refusal of line n, which the reader refused.
func lineError(err error, n int) *molecule.Error {
	f := explain(err)
	message := f.message
	if f.pointer != "" {
		message = f.pointer + ": " + message
	}
	return &molecule.Error{Code: molecule.CodeFormat, Message: message, Offset: -1, Line: n}
}
