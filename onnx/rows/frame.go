package rows

import (
	"errors"
	"slices"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// WriteFrame writes a prediction as one frame of extended XYZ, which ASE reads back: the atoms as they
// were sent, values per atom as columns, the others as keys. A frame that was read from a file keeps its
// own keys and columns; those that ASE would take for the prediction's are called input_….
//
// A failed row has the keys error_code, error_message and error_line. Where its atoms are not known it
// is one atom X, so that frames and rows keep step.
func WriteFrame(w *xyz.Writer, s *Selection, rec *preprocess.Record, row *onnx.Row) error {
	f := atomsOf(rec, row)
	f.renameInput(s)
	if row.Err == nil {
		f.addValues(s, row)
	} else {
		f.addError(row.Err)
	}
	err := w.Write(&f.Frame)
	var refusal *molecule.Error
	if !errors.As(err, &refusal) {
		return err
	}
	unwritable := noAtoms(row.ID) // such as an output whose name no column can have
	unwritable.addError(molecule.Refuse(molecule.CodeUnsupported, -1, "the frame cannot be written: %s", refusal.Message))
	return w.Write(&unwritable.Frame)
}

// answer is a frame that is being made.
type answer struct{ xyz.Frame }

// atomsOf is the structure of a record.
func atomsOf(rec *preprocess.Record, row *onnx.Row) *answer {
	switch g := row.Graph; {
	case rec.Frame != nil:
		in := rec.Frame
		return &answer{xyz.Frame{Numbers: in.Numbers, Positions: in.Positions, Cell: in.Cell, PBC: in.PBC,
			Info: slices.Clone(in.Info), Columns: slices.Clone(in.Columns)}}
	case g != nil && len(g.Positions) > 0:
		f := &answer{xyz.Frame{Numbers: g.Numbers, Positions: g.Positions, Cell: g.Cell, PBC: g.Periodic}}
		f.addText("id", row.ID)
		return f
	}
	return noAtoms(row.ID)
}

// noAtoms is a frame for what is no structure: XYZ has none without atoms.
func noAtoms(id string) *answer {
	f := &answer{xyz.Frame{Numbers: make([]uint8, 1), Positions: make([][3]float64, 1)}}
	f.addText("id", id)
	return f
}

// results are the names that ASE reads as a calculator's. A label of the input must not stand among
// predictions.
var results = []string{"energy", "forces", "stress", "stresses", "dipole", "charges", "magmom", "magmoms",
	"free_energy", "energies", "dielectric_tensor", "born_effective_charges", "polarization"}

const inputPrefix = "input_"

var errorKeys = []string{"error_code", "error_message", "error_line"}

// renameInput makes room for the prediction.
func (f *answer) renameInput(s *Selection) {
	taken := slices.Concat(results, errorKeys)
	for i := range s.Outputs {
		taken = append(taken, s.Outputs[i].Name)
	}
	for _, list := range [][]xyz.Named{f.Info, f.Columns} {
		for i := range list {
			for has(taken, list, i) {
				list[i].Name = inputPrefix + list[i].Name
			}
		}
	}
}

// has tells whether entry i of a list must have another name: a taken one, or, once it was renamed, that
// of another entry.
func has(taken []string, list []xyz.Named, i int) bool {
	name := list[i].Name
	same := func(n xyz.Named) bool { return n.Name == name }
	return slices.Contains(taken, name) || slices.ContainsFunc(list[:i], same) || slices.ContainsFunc(list[i+1:], same)
}

// addValues makes columns and keys of what the row has.
func (f *answer) addValues(s *Selection, row *onnx.Row) {
	for i, c := range s.Columns {
		o, v := &s.Outputs[i], &row.Values[c]
		switch {
		case v.Absent():
		case len(v.Shape) == 0:
			f.Info = append(f.Info, xyz.Named{Name: o.Name, Array: xyz.Of(v.Data[0])})
		case o.Per == graph.PerAtom && v.Shape[0] == f.N():
			f.Columns = append(f.Columns, xyz.Named{Name: o.Name, Array: perAtom(v)})
		default:
			f.Info = append(f.Info, xyz.Named{Name: o.Name, Array: xyz.Floats(v.Data, v.Shape...)})
		}
	}
}

// perAtom is an array [N] or [N,k]; more dimensions are laid out in a row.
func perAtom(v *onnx.Value) xyz.Array {
	if n := v.Shape[0]; len(v.Shape) > 1 {
		return xyz.Floats(v.Data, n, len(v.Data)/n)
	}
	return xyz.Floats(v.Data, v.Shape[0])
}

func (f *answer) addError(e *molecule.Error) {
	f.addText("error_code", string(e.Code))
	f.addText("error_message", e.Message)
	if e.Line > 0 {
		line := xyz.Array{Type: xyz.Int, Ints: []int64{int64(e.Line)}}
		f.Info = append(f.Info, xyz.Named{Name: "error_line", Array: line})
	}
}

// addText adds a key, unless its text is empty.
func (f *answer) addText(key, text string) {
	if text != "" {
		f.Info = append(f.Info, xyz.Named{Name: key, Array: xyz.Text(text)})
	}
}
