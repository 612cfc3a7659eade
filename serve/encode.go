package serve

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
	"molserve/preprocess/molfile"
	"molserve/preprocess/xyz"
)

// encoder writes a reply in one media type: its head, its rows, some at a time, and its tail.
type encoder struct {
	media      string
	head, tail func(b []byte, r *reply) []byte
	rows       func(b []byte, r *reply) []byte
	atoms      bool // it needs the atoms of every row, and so a model of structures
	records    bool // it writes into the records of an SD file, which the request's body must be
	tells      bool // a last line can say that an answer has ended too early
}

// encoders by the media types that a client may accept; the first is the default.
var encoders = []encoder{
	{media: mediaJSON, head: appendHead, rows: appendJSON, tail: appendTail},
	{media: mediaNDJSON, head: appendNothing, rows: appendNDJSON, tail: appendNothing, tells: true},
	{media: mediaCSV, head: appendCSVHeader, rows: appendCSV, tail: appendNothing},
	{media: mediaXYZ, head: appendNothing, rows: appendXYZ, tail: appendNothing, atoms: true},
	{media: mediaSDF, head: appendNothing, rows: appendSDF, tail: appendNothing, records: true},
}

func appendNothing(b []byte, _ *reply) []byte { return b }

// append writes a whole reply.
func (e *encoder) append(b []byte, r *reply) []byte {
	return e.tail(e.rows(e.head(b, r), r), r)
}

// encoderFor chooses by the Accept header: the known type of highest q, JSON when none is known. A
// client that cannot be pleased still gets its numbers, as RFC 9110 §12.4.1 allows. The media type of the
// body is given.
func encoderFor(h http.Header, given string, m *onnx.Manifest) encoder {
	best, bestQ := encoders[0], 0.0
	for part := range strings.SplitSeq(h.Get("Accept"), ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		if err != nil {
			q = 1
		}
		for _, e := range encoders {
			if e.atoms && !takesStructures(m) || e.records && given != mediaSDF {
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

// appendHead begins the one object of JSON; its keys stand in the order of the contract.
func appendHead(b []byte, r *reply) []byte {
	b = rows.AppendString(append(b, `{"model":`...), r.name)
	b = rows.AppendString(append(b, `,"version":`...), strconv.Itoa(r.version))
	b = append(b, `,"outputs":[`...)
	for i := range r.Outputs {
		b = rows.AppendOutput(rows.Comma(b, i), &r.Outputs[i])
	}
	return append(b, `],"predictions":[`...)
}

// appendJSON writes the elements of predictions.
func appendJSON(b []byte, r *reply) []byte {
	for i := range r.rows {
		b = rows.Comma(b, r.rows[i].Index)
		b = rows.AppendJSON(b, &r.Selection, &r.rows[i])
	}
	return b
}

func appendTail(b []byte, _ *reply) []byte { return append(b, "]}\n"...) }

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
		if rows.WriteFrame(w, &r.Selection, &r.records[i], &r.rows[i]) != nil {
			break // an appender does not fail
		}
	}
	w.Flush()
	return to.b
}

// appendSDF writes a record a prediction.
func appendSDF(b []byte, r *reply) []byte {
	to := appender{b}
	w := molfile.NewWriter(&to)
	for i := range r.rows {
		if rows.WriteRecord(w, &r.Selection, &r.records[i], &r.rows[i]) != nil {
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
