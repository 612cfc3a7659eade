package serve

import (
	"mime"
	"slices"
	"strconv"
	"strings"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
	"molserve/preprocess/xyz"
)

// encoder writes a reply in one media type.
type encoder struct {
	media  string
	append func(b []byte, r *reply) []byte
	atoms  bool // it needs the atoms of every row, and so a model of structures
}

// encoders by the media types that a client may accept; the first is the default.
var encoders = []encoder{
	{media: mediaJSON, append: appendJSON},
	{media: mediaNDJSON, append: appendNDJSON},
	{media: mediaCSV, append: appendCSV},
	{media: mediaXYZ, append: appendXYZ, atoms: true},
}

// encoderFor chooses by the Accept header: the known type of highest q, JSON when none is known. A
// client that cannot be pleased still gets its numbers, as RFC 9110 §12.4.1 allows.
func encoderFor(accept string, m *onnx.Manifest) encoder {
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
			if e.atoms && !takesStructures(m) {
				continue
			}
			if q > bestQ && (media == e.media || media == "*/*" && e.media == mediaJSON) {
				best, bestQ = e, q
			}
		}
	}
	return best
}

func takesStructures(m *onnx.Manifest) bool {
	return slices.Contains(m.Accepts, string(preprocess.XYZ)) || slices.Contains(m.Accepts, string(preprocess.Atoms))
}

// appendJSON writes one object; its keys stand in the order of the contract.
func appendJSON(b []byte, r *reply) []byte {
	b = rows.AppendString(append(b, `{"model":`...), r.name)
	b = rows.AppendString(append(b, `,"version":`...), strconv.Itoa(r.version))
	b = append(b, `,"outputs":[`...)
	for i := range r.Outputs {
		b = rows.AppendOutput(rows.Comma(b, i), &r.Outputs[i])
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

// appendXYZ writes a frame a prediction.
func appendXYZ(b []byte, r *reply) []byte {
	to := appender{b}
	w := xyz.NewWriter(&to)
	for i := range r.rows {
		if rows.WriteFrame(w, &r.Selection, &r.request.records[i], &r.rows[i]) != nil {
			break // an appender does not fail
		}
	}
	w.Flush()
	return to.b
}

// appender is a writer to memory.
type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}
