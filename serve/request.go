package serve

import (
	"errors"
	"fmt"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/standardize"
)

// request is what a body asks for.
type request struct {
	records []preprocess.Record     // one an input
	refused map[int]*molecule.Error // of the inputs that could not be read; their records are empty
	outputs []string                // names; nil: all
	steps   []string                // of standardizing
	queried int                     // how many of the steps the query has; the others stand in the body

	max int // records
}

// add appends a record, up to the limit.
func (q *request) add(r preprocess.Record) error {
	if len(q.records) >= q.max {
		return refuse(codeTooMany, "more than %d molecules in a request; send them in parts", q.max)
	}
	q.records = append(q.records, r)
	return nil
}

// refuse appends an input that could not be read.
func (q *request) refuse(why *molecule.Error) error {
	if err := q.add(preprocess.Record{}); err != nil {
		return err
	}
	if q.refused == nil {
		q.refused = map[int]*molecule.Error{}
	}
	q.refused[len(q.records)-1] = why
	return nil
}

// standardize gives the steps that were asked for to every record.
func (q *request) standardize() error {
	steps, err := standardize.Parse(q.steps)
	if err != nil {
		return q.refuseStep(err)
	}
	for i := range q.records {
		q.records[i].Standardize = steps
	}
	return nil
}

// refuseStep refuses a step at its place in the body, if it stands there.
func (q *request) refuseStep(err error) error {
	var word *standardize.WordError
	if errors.As(err, &word) && word.At >= q.queried {
		return refuseAt(fmt.Sprintf("/standardize/%d", word.At-q.queried), codeBadRequest, "%v", err)
	}
	return refuse(codeBadRequest, "standardize: %v", err)
}

// readable are the records that could be read.
func (q *request) readable() []preprocess.Record {
	if len(q.refused) == 0 {
		return q.records
	}
	var out []preprocess.Record
	for i := range q.records {
		if q.refused[i] == nil {
			out = append(out, q.records[i])
		}
	}
	return out
}

// rows puts the rows of the readable records and the refusals in the order of the inputs.
func (q *request) rows(done []onnx.Row) []onnx.Row {
	if len(q.refused) == 0 {
		return done
	}
	out := make([]onnx.Row, len(q.records))
	for i := range out {
		if why := q.refused[i]; why != nil {
			out[i].Err = why
		} else {
			out[i], done = done[0], done[1:]
		}
		out[i].Index = i
	}
	return out
}
