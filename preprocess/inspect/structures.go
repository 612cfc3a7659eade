package inspect

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"

	"molserve/preprocess/geometry"
	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// Structures reads frames of plain or extended XYZ from r and writes an object a frame to w, in order,
// until r ends: its neighbour list when o has a cutoff, else what the frame says. Memory does not grow
// with the number of frames. It fails only when r or w does.
func Structures(r io.Reader, w io.Writer, o Options) error {
	out := newPrinter(w)
	in := o.frames(r)
	var list geometry.Neighbours
	for {
		f, err := in.Next()
		if err == io.EOF {
			return out.Flush()
		}
		var refusal *molecule.Error
		switch {
		case err == nil:
			err = out.print(o.structure(f, &list))
		case errors.As(err, &refusal):
			err = out.print(newLineRefusal(refusal, refusal.Line))
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
	}
}

// defaultMaxStructure is the most atoms of a frame: beyond it lists of neighbours are above their limit.
const defaultMaxStructure = 100_000

func (o Options) frames(r io.Reader) *xyz.Reader {
	limit := o.MaxAtoms
	if limit == 0 {
		limit = defaultMaxStructure
	}
	return xyz.NewReader(r, xyz.Options{MaxAtoms: limit})
}

// structure makes the object of one frame, in the memory of list.
func (o Options) structure(f *xyz.Frame, list *geometry.Neighbours) any {
	if o.Cutoff == 0 {
		record, err := xyz.NewRecord(f)
		if err != nil {
			return newLineRefusal(err, f.Line)
		}
		return record
	}
	s := geometry.Structure{Positions: f.Positions, Cell: (*geometry.Cell)(f.Cell), PBC: o.periodic(f)}
	if err := list.Build(s, geometry.Options{Cutoff: o.Cutoff, MaxEdges: o.MaxEdges}); err != nil {
		return newLineRefusal(err, f.Line)
	}
	return list.Record(o.Cutoff)
}

// periodic is along which cell vectors f repeats.
func (o Options) periodic(f *xyz.Frame) [3]bool {
	if o.PBC != nil {
		return *o.PBC
	}
	return f.PBC
}

// printer writes JSON lines.
type printer struct {
	*bufio.Writer
	enc *json.Encoder
}

func newPrinter(w io.Writer) *printer {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return &printer{out, enc}
}

func (p *printer) print(v any) error {
	if raw, ok := v.(json.RawMessage); ok { // valid, and long: the encoder would read it again
		if _, err := p.Write(raw); err != nil {
			return err
		}
		return p.WriteByte('\n')
	}
	return p.enc.Encode(v)
}
