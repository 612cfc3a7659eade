package inspect

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"molserve/preprocess"
	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// BatchOptions say what Batch makes of all records.
type BatchOptions struct {
	Options              // what edges and features a record has
	Input   string       // smiles, sdf, mol or xyz
	Layout  graph.Layout // default: packed
	Fields  []graph.Field
	Keys    []string // of the fields in the record; nil: their names
	PadTo   *Sizes   // nil: no padding
}

// Sizes are what a batch is padded to.
type Sizes struct {
	Atoms  int // node slots of each graph when padded
	Edges  int // when packed
	Graphs int
	Lines  int // of the line graph, when packed; 0: as many as there are
}

// ErrBatch is the error of a batch that the records cannot make, whatever is wrong with one of them: a
// field that needs what they have not, sizes that are too small.
var ErrBatch = errors.New("batch")

// BatchRecord is the record of --batch.
type BatchRecord struct {
	Layout  graph.Layout `json:"layout"`
	Rows    []int        `json:"rows"` // record of each graph
	Refused []RefusedRow `json:"refused"`
	Fields  fieldList    `json:"fields"`

	lines []int // of Rows: where each stands in its file, as sited
}

// refuse notes a record that stands at a line of its file, 0 of SMILES.
func (b *BatchRecord) refuse(row int, err error, line int) {
	var refusal *molecule.Error
	r := RefusedRow{Row: row, refusal: newRefusal(err)}
	if line > 0 || errors.As(err, &refusal) && refusal.Line > 0 {
		r.refusal = newLineRefusal(err, line)
	}
	b.Refused = append(b.Refused, r)
}

// RefusedRow is a record that is not in the batch.
type RefusedRow struct {
	Row     int
	refusal any // the record that it is printed as alone
}

// MarshalJSON writes {"row", "error"}.
func (r RefusedRow) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(r.refusal)
	return fmt.Appendf(nil, `{"row":%d,%s`, r.Row, b[1:]), err
}

// Batch reads every record of r and writes one object to w: the fields of their batch.
func Batch(r io.Reader, w io.Writer, o BatchOptions) error {
	record := &BatchRecord{Layout: o.Layout, Rows: []int{}, Refused: []RefusedRow{}}
	if record.Layout == "" {
		record.Layout = graph.Packed
	}
	o.Fields = o.typedFields()
	graphs, err := o.readGraphs(r, record)
	if err != nil {
		return err
	}
	pad, err := o.padding(graphs, record.Layout)
	if err != nil {
		return err
	}
	record.Fields, err = o.fill(graph.Collate(graphs, record.Layout, pad))
	var refusal *molecule.Error
	if errors.As(err, &refusal) {
		graphs = o.sift(graphs, record)
		record.Fields, err = o.fill(graph.Collate(graphs, record.Layout, pad))
	}
	if err != nil {
		return err
	}
	out := newPrinter(w)
	return errors.Join(out.print(record), out.Flush())
}

// typedFields gives features that are integers their type where none is asked for.
func (o BatchOptions) typedFields() []graph.Field {
	f, err := featurize.Named(o.Features)
	if err != nil || !f.Integer {
		return o.Fields
	}
	fields := slices.Clone(o.Fields)
	for i := range fields {
		if n := fields[i].Name; fields[i].DType == "" && (n == "node_features" || n == "edge_features") {
			fields[i].DType = graph.Int64
		}
	}
	return fields
}

// fill makes the fields of a batch.
func (o BatchOptions) fill(b *graph.Batch) (list fieldList, err error) {
	for i, f := range o.Fields {
		t := new(graph.Tensor)
		if err := b.FillField(f, t); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBatch, err)
		}
		key := f.Name
		if o.Keys != nil {
			key = o.Keys[i]
		}
		list = append(list, field{key, t})
	}
	return list, nil
}

// sift refuses the records of which a field cannot be made, such as distances in a periodic structure.
func (o BatchOptions) sift(graphs []*graph.Graph, record *BatchRecord) (good []*graph.Graph) {
	rows := record.Rows
	record.Rows = []int{}
	for i, g := range graphs {
		_, err := o.fill(graph.Collate([]*graph.Graph{g}, record.Layout, graph.Padding{}))
		var refusal *molecule.Error
		if errors.As(err, &refusal) {
			record.refuse(rows[i], err, record.lines[i])
			continue
		}
		good, record.Rows = append(good, g), append(record.Rows, rows[i])
	}
	slices.SortFunc(record.Refused, func(a, b RefusedRow) int { return a.Row - b.Row })
	return good
}

// padding wants sizes that the graphs, and packed a ghost behind them, fit into.
func (o BatchOptions) padding(graphs []*graph.Graph, l graph.Layout) (graph.Padding, error) {
	if o.PadTo == nil {
		return graph.Padding{}, nil
	}
	need, to := Sizes{Graphs: len(graphs)}, *o.PadTo
	for _, g := range graphs {
		if l == graph.Padded {
			need.Atoms = max(need.Atoms, g.N)
			continue
		}
		need.Atoms, need.Edges = need.Atoms+g.N, need.Edges+g.E
	}
	if l == graph.Packed { // the least ghost
		need.Atoms, need.Edges, need.Graphs = need.Atoms+2, need.Edges+2, need.Graphs+1
	}
	if to.Atoms < need.Atoms || to.Edges < need.Edges || to.Graphs < need.Graphs {
		return graph.Padding{}, fmt.Errorf("%w: the records, with a ghost where they are packed, need room for %d atoms, %d edges, %d graphs",
			ErrBatch, need.Atoms, need.Edges, need.Graphs)
	}
	if l == graph.Padded {
		return graph.Padding{Slots: to.Atoms, Graphs: to.Graphs}, nil
	}
	return graph.Padding{Atoms: to.Atoms, Edges: to.Edges, Graphs: to.Graphs, Lines: to.Lines, Cutoff: o.Cutoff}, o.checkLines(graphs)
}

// checkLines wants room for the line graphs, where room was asked for.
func (o BatchOptions) checkLines(graphs []*graph.Graph) error {
	lines := 0
	for _, g := range graphs {
		lines += g.Lines()
	}
	if o.PadTo.Lines > 0 && o.PadTo.Lines < lines {
		return fmt.Errorf("%w: the records need room for %d edges of the line graph", ErrBatch, lines)
	}
	return nil
}

// wants is what the fields are made of besides atoms and edges.
func (o BatchOptions) wants() (w preprocess.Wants) {
	for _, f := range o.Fields {
		w.Field(f.Name)
	}
	w.Pairs = false // files of molecules and structures have no place for them
	return w
}

// readGraphs makes the graphs of all records and notes those that are none.
func (o BatchOptions) readGraphs(r io.Reader, record *BatchRecord) (graphs []*graph.Graph, err error) {
	next, err := o.source(r)
	if err != nil {
		return nil, err
	}
	for row := 0; ; row++ {
		g, err := next()
		var refusal *molecule.Error
		switch {
		case err == io.EOF:
			return graphs, nil
		case err == nil:
			graphs, record.Rows, record.lines = append(graphs, g.Graph), append(record.Rows, row), append(record.lines, g.line)
		case errors.As(err, &refusal):
			record.refuse(row, err, g.line)
		default:
			return nil, err
		}
	}
}
