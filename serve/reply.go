package serve

import (
	"mime"
	"strconv"
	"strings"
	"sync"

	"molserve/onnx"
	"molserve/onnx/rows"
)

// reply is what a predict request is answered with.
type reply struct {
	name           string
	version        int
	rows.Selection // outputs that were asked for
	rows           []onnx.Row
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
	b = rows.AppendString(append(b, `{"model":`...), r.name)
	b = rows.AppendString(append(b, `,"version":`...), strconv.Itoa(r.version))
	b = append(b, `,"outputs":[`...)
	for i, o := range r.Outputs {
		b = rows.Comma(b, i)
		b = rows.AppendString(append(b, `{"name":`...), o.Name)
		b = rows.AppendString(append(b, `,"unit":`...), o.Unit)
		b = rows.AppendString(append(b, `,"per":`...), o.Per)
		b = append(b, '}')
	}
	b = append(b, `],"predictions":[`...)
	for i := range r.rows {
		b = rows.Comma(b, i)
		b = rows.AppendJSON(b, &r.Selection, &r.rows[i])
	}
	return append(b, "]}\n"...)
}

// appendNDJSON writes a prediction a line.
func appendNDJSON(b []byte, r *reply) []byte {
	for i := range r.rows {
		b = append(rows.AppendJSON(b, &r.Selection, &r.rows[i]), '\n')
	}
	return b
}
