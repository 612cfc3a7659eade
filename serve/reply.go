package serve

import (
	"mime"
	"strconv"
	"strings"
	"sync"

	"molserve/onnx"
	"molserve/preprocess/molecule"
)

// reply is what a predict request is answered with.
type reply struct {
	name    string
	version int
	outputs []onnx.Output // that were asked for
	columns []int         // their places in a row's values
	rows    []onnx.Row
}

// encoder writes a reply in one media type.
type encoder struct {
	media  string
	append func(b []byte, r *reply) []byte
}

// encoders by the media types that a client may accept; the first is the default.
var encoders = []encoder{
	{mediaJSON, appendJSON},
	{mediaNDJSON, appendNDJSON},
	{mediaCSV, appendCSV},
}

// encoderFor chooses by the Accept header: the known type of highest q, JSON when none is known. A
// client that cannot be pleased still gets its numbers, as RFC 9110 §12.4.1 allows.
func encoderFor(accept string) encoder {
	best, bestQ := encoders[0], 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		if err != nil {
			q = 1
		}
		for _, e := range encoders {
			if q > bestQ && (media == e.media || media == "*/*" && e.media == mediaJSON) {
				best, bestQ = e, q
			}
		}
	}
	return best
}

// buffers are the bodies of replies. A huge one is left to the collector.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const largestKept = 1 << 20

func keepBuffer(b *[]byte) {
	if cap(*b) <= largestKept {
		buffers.Put(b)
	}
}

// appendJSON writes one object; its keys stand in the order of the contract.
func appendJSON(b []byte, r *reply) []byte {
	b = appendString(append(b, `{"model":`...), r.name)
	b = appendString(append(b, `,"version":`...), strconv.Itoa(r.version))
	b = append(b, `,"outputs":[`...)
	for i, o := range r.outputs {
		b = comma(b, i)
		b = appendString(append(b, `{"name":`...), o.Name)
		b = appendString(append(b, `,"unit":`...), o.Unit)
		b = appendString(append(b, `,"per":`...), o.Per)
		b = append(b, '}')
	}
	b = append(b, `],"predictions":[`...)
	for i := range r.rows {
		b = comma(b, i)
		b = appendRow(b, r, &r.rows[i])
	}
	return append(b, "]}\n"...)
}

// appendNDJSON writes a prediction a line.
func appendNDJSON(b []byte, r *reply) []byte {
	for i := range r.rows {
		b = append(appendRow(b, r, &r.rows[i]), '\n')
	}
	return b
}

func appendRow(b []byte, r *reply, row *onnx.Row) []byte {
	b = strconv.AppendInt(append(b, `{"index":`...), int64(row.Index), 10)
	if row.ID != "" {
		b = appendString(append(b, `,"id":`...), row.ID)
	}
	if row.Err != nil {
		return append(appendRowError(b, row.Err), '}')
	}
	b = append(b, `,"status":"ok","values":{`...)
	for i, c := range r.columns {
		b = comma(b, i)
		b = appendString(b, r.outputs[i].Name)
		b = appendArray(append(b, ':'), row.Values[c].Shape, row.Values[c].Data)
	}
	return append(b, "}}"...)
}

// appendRowError writes a place only where there is one.
func appendRowError(b []byte, e *molecule.Error) []byte {
	b = appendString(append(b, `,"status":"error","error":{"code":`...), string(e.Code))
	b = appendString(append(b, `,"message":`...), e.Message)
	if e.Offset >= 0 {
		b = strconv.AppendInt(append(b, `,"offset":`...), int64(e.Offset), 10)
	}
	if e.Line > 0 {
		b = strconv.AppendInt(append(b, `,"line":`...), int64(e.Line), 10)
	}
	return append(b, '}')
}

// comma separates element i from the one before.
func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
