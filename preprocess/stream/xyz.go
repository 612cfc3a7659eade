package stream

import (
	"errors"
	"io"
	"strconv"

	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// frames reads a structure after the other. What follows a place where no next frame can be found is
// not read; the last item says so.
type frames struct{ r *xyz.Reader }

func newXYZ(r io.Reader, o Options) *frames {
	return &frames{xyz.NewReader(r, xyz.Options{MaxAtoms: o.MaxAtoms, MaxLine: o.MaxBytes})}
}

func (*frames) Columns() []string { return []string{"line", "atoms"} }

func (x *frames) Next() (Item, error) {
	f, err := x.r.Next()
	var refusal *molecule.Error
	switch {
	case errors.As(err, &refusal):
		return Item{Err: refusal, Cells: []string{strconv.Itoa(refusal.Line), ""}}, nil
	case err != nil:
		return Item{}, err
	}
	return Item{Record: preprocess.Record{ID: idOf(f), Kind: preprocess.XYZ, Frame: f},
		Cells: []string{strconv.Itoa(f.Line), strconv.Itoa(f.N())}}, nil
}

// idOf is the key id of the comment line.
func idOf(f *xyz.Frame) string {
	a := f.Key("id")
	switch {
	case a == nil || a.Shape != nil:
		return ""
	case a.Type == xyz.String:
		return a.Strings[0]
	case a.Type == xyz.Int:
		return strconv.FormatInt(a.Ints[0], 10)
	}
	return ""
}
