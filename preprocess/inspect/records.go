package inspect

import (
	"errors"

	"molserve/preprocess/featurize"
	"molserve/preprocess/molecule"
)

// Features is the record of --features: rows of the featurizer and its edges.
type Features struct {
	Features  string      `json:"features"`
	N         int         `json:"n"`
	X         [][]float32 `json:"x"`          // [N][F]
	EdgeIndex [2][]int32  `json:"edge_index"` // [2][E] sending over receiving atoms
	EdgeAttr  [][]float32 `json:"edge_attr"`  // [E][D]
}

func newFeatures(f *featurize.Featurizer, m *molecule.Molecule) (*Features, error) {
	g, err := f.Graph(m)
	if err != nil {
		return nil, err
	}
	return &Features{Features: f.Name, N: g.N, X: rows(g.NodeFeatures, g.N), EdgeIndex: [2][]int32{g.Src, g.Dst},
		EdgeAttr: rows(g.EdgeFeatures, g.E)}, nil
}

// rows cuts a row-major array into n rows; never nil, so that JSON has [] and not null.
func rows(data []float32, n int) [][]float32 {
	out := make([][]float32, n)
	for i := range out {
		w := len(data) / n
		out[i] = data[i*w : (i+1)*w]
	}
	return out
}

// Refusal is the record of an input that was refused.
type Refusal struct {
	Error struct {
		Code    molecule.Code `json:"code"`
		Message string        `json:"message"`
		Offset  *int          `json:"offset"` // null: no place can be named
	} `json:"error"`
}

func newRefusal(err error) *Refusal {
	var e *molecule.Error
	if !errors.As(err, &e) {
		e = molecule.Refuse("internal", -1, "%v", err)
	}
	r := new(Refusal)
	r.Error.Code, r.Error.Message = e.Code, e.Message
	if e.Offset >= 0 {
		r.Error.Offset = &e.Offset
	}
	return r
}

// LineRefusal is the record of an input that was refused at a line of its file.
type LineRefusal struct {
	Error struct {
		Code    molecule.Code `json:"code"`
		Message string        `json:"message"`
		Line    int           `json:"line"` // 1-based
	} `json:"error"`
}

// newLineRefusal tells err, at the given line where err names none.
func newLineRefusal(err error, line int) *LineRefusal {
	var e *molecule.Error
	if !errors.As(err, &e) {
		e = molecule.Refuse("internal", -1, "%v", err)
	}
	r := new(LineRefusal)
	r.Error.Code, r.Error.Message, r.Error.Line = e.Code, e.Message, line
	if e.Line > 0 {
		r.Error.Line = e.Line
	}
	return r
}
