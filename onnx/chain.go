package onnx

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// Asked is a model of which a chain takes outputs.
type Asked struct {
	Accepts []string // kinds of records
	Outputs []Output // in the order of a row's values
	Pairs   bool     // it is asked about pairs of atoms
	// Predict returns a row a record, in order.
	Predict func(context.Context, []preprocess.Record) ([]Row, error)
	Done    func() // called once, when no more is asked
}

// AskedOf says what a chain must know of a model.
func AskedOf(m *Manifest, outputs []Output) Asked {
	pairs := slices.ContainsFunc(m.Inputs, func(in Input) bool { return in.Field == "pair_index" })
	return Asked{Accepts: m.Accepts, Outputs: outputs, Pairs: pairs, Done: func() {}}
}

// LongestChain bounds how many models answer one after the other: a chain of two versions that name each other has
// no end. Who finds sources refuses one more with ErrLongChain.
const LongestChain = 8

// ErrLongChain is a chain of more than LongestChain models.
var ErrLongChain = fmt.Errorf("the chain is longer than %d models, if it has an end", LongestChain)

// Find returns a version of a model that a chain takes outputs of.
type Find func(name, version string) (Asked, error)

// ChainError is a chain that cannot give its numbers, whatever the molecule.
type ChainError struct {
	Source Source
	Reason string
	Err    error // behind it; may be nil
}

func (e *ChainError) Error() string {
	return fmt.Sprintf("auxiliary comes from output %s of %s@%s: %s; send auxiliary with each molecule to do without",
		e.Source.Output, e.Source.Model, e.Source.Version, e.Reason)
}

func (e *ChainError) Unwrap() error { return e.Err }

// Chained is the input whose numbers other models give, nil when there is none.
func (m *Manifest) Chained() *Input {
	i := slices.IndexFunc(m.Inputs, func(in Input) bool { return in.From != nil })
	if i < 0 {
		return nil
	}
	return &m.Inputs[i]
}

// Chain predicts records, those without auxiliary numbers with the numbers of the manifest's sources: each source
// predicts such a record first, and its values in units, rounded to float32, one source behind the other, are
// what the record is predicted with. Numbers that are sent stand. A record that a source refuses is refused, with
// its code. Errors are those of predict and find, or a ChainError.
func (m *Manifest) Chain(ctx context.Context, recs []preprocess.Record, find Find, predict func(context.Context, []preprocess.Record) ([]Row, error)) ([]Row, error) {
	in := m.Chained()
	var open []int // records without numbers
	for i := range recs {
		if in != nil && recs[i].Auxiliary == "" {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return predict(ctx, recs)
	}
	l := &links{numbers: make([][]float32, len(recs)), failed: make([]*Row, len(recs)), rows: map[[2]string][]Row{}, open: open}
	if err := l.gather(ctx, in, recs, find); err != nil {
		return nil, err
	}
	return l.predict(ctx, recs, predict)
}

// links are the numbers of a chain on their way.
type links struct {
	open    []int               // records without numbers
	numbers [][]float32         // by record
	failed  []*Row              // by record: that of a source which refused it
	rows    map[[2]string][]Row // of each version that was asked, by place in open
}

// gather asks the sources, each version once.
func (l *links) gather(ctx context.Context, in *Input, recs []preprocess.Record, find Find) error {
	outputs := map[[2]string][]Output{}
	for _, s := range in.From {
		key := [2]string{s.Model, s.Version}
		if _, asked := l.rows[key]; !asked {
			a, err := find(s.Model, s.Version)
			if err != nil {
				return &ChainError{s, err.Error(), err}
			}
			l.rows[key], err = l.ask(ctx, s, a, recs)
			a.Done()
			if err != nil {
				return err
			}
			outputs[key] = a.Outputs
		}
		if err := l.take(s, outputs[key], l.rows[key]); err != nil {
			return err
		}
	}
	for _, i := range l.open {
		if n := len(l.numbers[i]); l.failed[i] == nil && n != in.auxiliaryWidth() {
			return &ChainError{in.From[len(in.From)-1], fmt.Sprintf("all sources give %d numbers, input %s takes %d", n, in.Tensor, in.auxiliaryWidth()), nil}
		}
	}
	return nil
}

// ask has a source predict the open records, without what is said beside the molecule to the chain's end.
func (l *links) ask(ctx context.Context, s Source, a Asked, recs []preprocess.Record) ([]Row, error) {
	part := make([]preprocess.Record, len(l.open))
	for k, i := range l.open {
		part[k] = recs[i]
		if !a.Pairs {
			part[k].Pairs = ""
		}
		if !slices.Contains(a.Accepts, string(recs[i].Kind)) {
			err := &KindError{Index: i, Kind: recs[i].Kind, Accepts: a.Accepts}
			return nil, &ChainError{s, err.Error(), err}
		}
	}
	return a.Predict(ctx, part)
}

// take puts the values of an output behind the numbers that there are.
func (l *links) take(s Source, outputs []Output, rows []Row) error {
	k := slices.IndexFunc(outputs, func(o Output) bool { return o.Name == s.Output })
	if k < 0 {
		return &ChainError{s, "there is no such output", nil}
	}
	if per := outputs[k].Per; per != graph.PerGraph && per != graph.PerBatch {
		return &ChainError{s, fmt.Sprintf("it is per %s; auxiliary is per graph", per), nil}
	}
	for at, i := range l.open {
		row := &rows[at]
		switch {
		case l.failed[i] != nil:
		case row.Err != nil:
			l.failed[i] = refusedBy(s, row)
		case row.Values[k].Absent():
			return &ChainError{s, "the molecule has none", nil}
		default:
			l.add(s, i, row.Values[k].Data)
		}
	}
	return nil
}

func (l *links) add(s Source, i int, values []float64) {
	for _, v := range values {
		x := float32(v)
		if math.IsInf(float64(x), 0) || x != x {
			l.failed[i] = refusedBy(s, &Row{Err: molecule.Refuse(CodeNotFinite, -1, "%v is no finite float32", v)})
			return
		}
		l.numbers[i] = append(l.numbers[i], x)
	}
}

// refusedBy is the row of a record that a source refused.
func refusedBy(s Source, row *Row) *Row {
	e := *row.Err
	e.Message = fmt.Sprintf("auxiliary comes from %s@%s, which refuses the molecule: %s", s.Model, s.Version, e.Message)
	return &Row{Err: &e, Cause: row.Cause}
}

// predict predicts the records that no source refused, and puts all rows in order.
func (l *links) predict(ctx context.Context, recs []preprocess.Record, predict func(context.Context, []preprocess.Record) ([]Row, error)) ([]Row, error) {
	var good []preprocess.Record
	var places []int
	rows := make([]Row, len(recs))
	for i, r := range recs {
		if l.failed[i] != nil {
			rows[i] = *l.failed[i]
			rows[i].Index, rows[i].ID = i, r.ID
			continue
		}
		if l.numbers[i] != nil {
			r.Auxiliary = string(AppendNumbers(nil, l.numbers[i]))
		}
		good, places = append(good, r), append(places, i)
	}
	done, err := predict(ctx, good)
	if err != nil {
		return nil, err
	}
	for k, i := range places {
		rows[i] = done[k]
		rows[i].Index, rows[i].Chained = i, l.numbers[i]
	}
	return rows, nil
}

// AppendNumbers writes a JSON list with as many digits as give each float32 back.
func AppendNumbers(b []byte, numbers []float32) []byte {
	b = append(b, '[')
	for i, x := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(x), 'g', -1, 32)
	}
	return append(b, ']')
}
