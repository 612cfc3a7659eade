package serve

import (
	"slices"
	"strconv"
	"sync"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
)

// reply is what a predict request is answered with.
type reply struct {
	name           string
	version        int
	rows.Selection // outputs that were asked for
	records        []preprocess.Record
	rows           []onnx.Row // one a record
	encoder        encoder
}

// newReply chooses the outputs that were asked for and refuses kinds that the model does not take.
func newReply(s *snapshot, q *request) (*reply, error) {
	accepts := s.model.Manifest().Accepts
	for i, rec := range q.records {
		if q.refused[i] == nil && !slices.Contains(accepts, string(rec.Kind)) {
			err := &onnx.KindError{Index: i, Kind: rec.Kind, Accepts: accepts}
			return nil, refuseAt("/molecules/"+strconv.Itoa(i), codeKind, "%s", err)
		}
	}
	r := &reply{name: s.name, version: s.version, records: q.records}
	r.Changes = len(q.steps) > 0
	outputs := s.model.Outputs()
	if q.outputs == nil {
		all := rows.All(outputs)
		r.Outputs, r.Columns = all.Outputs, all.Columns
		return r, nil
	}
	for i, name := range q.outputs {
		pointer := "/outputs/" + strconv.Itoa(i)
		column := slices.IndexFunc(outputs, func(o onnx.Output) bool { return o.Name == name })
		if column < 0 {
			return nil, refuseAt(pointer, codeUnknownOutput, "the model has no output %q; it has %v", name, names(outputs))
		}
		if slices.Contains(r.Columns, column) {
			return nil, refuseAt(pointer, codeBadRequest, "output %q is asked for twice", name)
		}
		r.Outputs, r.Columns = append(r.Outputs, outputs[column]), append(r.Columns, column)
	}
	if len(r.Columns) == 0 {
		return nil, refuseAt("/outputs", codeBadRequest, "outputs names none; leave it out for all: %v", names(outputs))
	}
	return r, nil
}

func names(outputs []onnx.Output) (names []string) {
	for _, o := range outputs {
		names = append(names, o.Name)
	}
	return names
}

// buffers are the bodies of replies. A huge one is left to the collector.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const largestKept = 1 << 20

func keepBuffer(b *[]byte) {
	if cap(*b) <= largestKept {
		buffers.Put(b)
	}
}
